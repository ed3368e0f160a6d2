"""What the two text files of a throw-away PKI say: the agency directory and the README."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.directory import DirectoryEntry, write_toml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docexchange.testing.agencies import DemoAgency
    from docexchange.testing.pki import DemoPki

__all__ = ["README", "directory_toml"]

README: Final = """\
CHỈ DÙNG ĐỂ THỬ NGHIỆM - FOR TESTS AND DEMONSTRATIONS ONLY

Các khóa trong thư mục này không bảo vệ điều gì: không dùng để ký văn bản thật.
The keys in this folder protect nothing: never sign a real document with them.

trust/root.pem          chứng thư gốc, điểm tin cậy
                        the root certificate, the one trust anchor
trust/root.crl.pem      danh sách thu hồi của CA gốc (rỗng)
                        the root's revocation list (empty)
trust/sub-ca.crl.pem    danh sách thu hồi của CA cấp dưới (có bad/revoked)
                        the sub-CA's revocation list (holds bad/revoked)
ca/                     chứng thư CA cấp dưới và khóa của hai CA
                        the sub-CA's certificate, and the keys of both authorities
agencies/<...>/agency   chứng thư của cơ quan (con dấu)
                        the agency's certificate (its seal)
agencies/<...>/leader   chứng thư của người đứng đầu
                        the leader's certificate
bad/expired             đã hết hạn - has expired
bad/revoked             đã bị thu hồi - has been revoked
bad/stranger            do một CA không tin cậy cấp - issued by a root nobody trusts
directory.toml          danh bạ cơ quan - the agency directory
password.txt            mật khẩu của các tệp .p12 - the password of the .p12 files

.p12      chứng thư, khóa và chuỗi, có mật khẩu - certificate, key and chain, with password
.pem      chứng thư rồi đến chuỗi - the certificate, then its chain
.key.pem  khóa bí mật, không mật khẩu - the private key, without password
"""


def directory_toml(
    pki: DemoPki, endpoints: Mapping[str, str], certificates: Mapping[str, Sequence[str]]
) -> str:
    """Write the agencies as a directory file.

    Args:
        pki: the agencies and their certificates.
        endpoints: where agencies are reached, by folder or code.
        certificates: digests of more certificates that are theirs, by folder or code.

    Raises:
        UsageError: an agency that does not take part, or an endpoint that is no text.
    """
    reached = {pki.find(name): uri for name, uri in endpoints.items()}
    more = {pki.find(name): tuple(digests) for name, digests in certificates.items()}
    return write_toml(
        _entry(pki, agency, reached.get(agency, ""), more.get(agency, ()))
        for agency in pki.agencies
    )


def _entry(
    pki: DemoPki, agency: DemoAgency, endpoint: str, more: tuple[str, ...]
) -> DirectoryEntry:
    signers = (pki.agency(agency.organ_id), pki.leader(agency.organ_id))
    return DirectoryEntry(
        organ_id=agency.organ_id,
        name=agency.name,
        tier=agency.tier,
        parent=agency.parent,
        endpoint=endpoint,
        certificates=(*(signer.sha256 for signer in signers), *more),
    )
