"""Vectors of certificates and their paths, after cases of x509-limbo and PKITS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from signing_help import CENTRAL, NOW, certify
from vectors import signed_bases as base
from vectors.signed_vector import NO_CHAIN, WRONG_SENDER, fails

from docexchange.signing import SubIndication

if TYPE_CHECKING:
    from vectors.signed_vector import SignedVector

    from docexchange.testing import Credential

_S: Final = SubIndication
_DAY: Final = base.DAY
_RFC: Final = "RFC 5280, clause {}"
_CHAIN: Final = (_S.CERTIFICATE_CHAIN_GENERAL_FAILURE, "certificate.path")
_PERIOD: Final = (_S.OUT_OF_BOUNDS_NO_POE, "certificate.out-of-bounds")


def _leaf(**options: Any) -> bytes:
    """A letter under a certificate of the root."""
    return base.under(base.issued(**options))


def _below(issuer: Credential) -> bytes:
    """A letter under a certificate of another authority."""
    return base.under(certify("UBND xã An Thạnh", issuer=issuer, key=base.key("commune")))


_SERVER: Final = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
_COUNTRY: Final = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "VN")])
_NAMES: Final = x509.NameConstraints(
    permitted_subtrees=None, excluded_subtrees=[x509.DirectoryName(_COUNTRY)]
)
_LAST: Final = base.authority(path_length=0)
_ONE_MORE: Final = certify("Cấp dưới", issuer=_LAST, key=base.key("three"), ca=True)
PATHS: Final[tuple[SignedVector, ...]] = (
    fails(
        "paths/stranger",
        _below(base.false_root()),
        NO_CHAIN,
        "An authority that calls itself as the trusted one issued it.",
        "Tổ chức cấp mạo tên tổ chức được tin cậy.",
        _RFC.format("6.1.3"),
    ),
    fails(
        "paths/self-signed",
        base.under(certify("UBND xã An Thạnh", key=base.key("attacker"))),
        NO_CHAIN,
        "The signer vouches for itself.",
        "Người ký tự chứng thực.",
        _RFC.format("6.1"),
    ),
    fails(
        "paths/agency-as-authority",
        _below(base.commune()),
        NO_CHAIN,
        "An agency issued a certificate.",
        "Một cơ quan tự cấp chứng thư số.",
        "CVE-2002-0862; RFC 5280, clause 6.1.4 (k)",
    ),
    fails(
        "paths/too-long",
        _below(_ONE_MORE),
        _CHAIN,
        "One authority more than the path length allows.",
        "Nhiều hơn một cấp so với độ dài đường dẫn cho phép.",
        _RFC.format("6.1.4 (l)"),
    ),
    fails(
        "paths/authority-without-key-usage",
        _below(base.authority(usage=frozenset({"digital_signature"}))),
        _CHAIN,
        "The authority may not sign certificates.",
        "Tổ chức cấp không được phép ký chứng thư số.",
        _RFC.format("6.1.4 (n)"),
    ),
    fails(
        "paths/excluded-name",
        _below(base.authority(extensions=((_NAMES, True),))),
        _CHAIN,
        "The authority may not issue for names of this country.",
        "Tổ chức cấp không được cấp cho tên của nước này.",
        _RFC.format("4.2.1.10"),
    ),
    fails(
        "paths/unknown-critical-extension",
        _leaf(extensions=((base.UNKNOWN, True),)),
        _CHAIN,
        "A critical extension that nobody knows.",
        "Phần mở rộng bắt buộc không ai biết.",
        _RFC.format("4.2"),
    ),
    fails(
        "paths/expired",
        _leaf(end=NOW - _DAY),
        _PERIOD,
        "The certificate has expired; nothing proves that the signature is older.",
        "Chứng thư số hết hạn; không có gì chứng minh chữ ký có trước.",
        "EN 319 102-1, table 6",
    ),
    fails(
        "paths/not-yet-valid",
        _leaf(begin=NOW + _DAY),
        _PERIOD,
        "The certificate is not valid yet.",
        "Chứng thư số chưa có hiệu lực.",
        "EN 319 102-1, table 5",
    ),
    fails(
        "paths/revoked",
        base.under(base.revoked()),
        (_S.REVOKED_NO_POE, "certificate.revoked"),
        "The certificate was revoked; nothing proves that the signature is older.",
        "Chứng thư số đã bị thu hồi; không có gì chứng minh chữ ký có trước.",
        "EN 319 102-1, table 6",
    ),
    fails(
        "paths/no-revocation-information",
        base.small(),
        (_S.TRY_LATER, "certificate.no-revocation-information"),
        "A good letter, but nothing tells whether the certificate was revoked.",
        "Văn bản tốt, nhưng không rõ chứng thư số đã bị thu hồi chưa.",
        "EN 319 102-1, table 6",
        crls=False,
    ),
    fails(
        "paths/not-for-signing",
        _leaf(usage=frozenset({"key_encipherment"})),
        (_S.CHAIN_CONSTRAINTS_FAILURE, "certificate.key-usage"),
        "The certificate is for encryption.",
        "Chứng thư số dùng để mã hóa.",
        _RFC.format("4.2.1.3"),
    ),
    fails(
        "paths/of-a-server",
        _leaf(extensions=(_SERVER,)),
        (_S.CHAIN_CONSTRAINTS_FAILURE, "certificate.extended-key-usage"),
        "The certificate is for a web server.",
        "Chứng thư số dùng cho máy chủ web.",
        "RFC 9336, clause 3",
    ),
    fails(
        "paths/another-agency",
        _leaf(name="Văn phòng Chính phủ", by="attacker", code=str(CENTRAL)),
        WRONG_SENDER,
        "A trusted agency signs a letter in the name of another.",
        "Một cơ quan được tin cậy ký văn bản mang tên cơ quan khác.",
        "Decree 30/2020/NĐ-CP, article 5",
    ),
)
