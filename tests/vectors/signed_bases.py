"""What the vectors of signatures start from: throw-away keys, certificates, genuine letters.

The keys are files, RSA signs with PKCS#1 v1.5, serial numbers come from names, and the clock stands
still: whoever runs the script gets the same octets. The keys guard nothing; everybody has them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from dsig_help import Ref, certificate_info, sign_into
from lxml import etree
from signing_help import (
    NOW,
    Forgery,
    attachments,
    certify,
    der,
    letter,
    revocation_list,
    sign,
    signing_key,
    status,
)
from timestamp_help import STAMPS, client

from docexchange.clock import VirtualClock
from docexchange.envelope import Envelope
from docexchange.identifiers import MessageId
from docexchange.signing import Signer, countersigned
from docexchange.signing.xmldsig.algorithms import ENVELOPED, Canonicalization, SignatureAlgorithm

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docexchange.envelope import Status
    from docexchange.testing import Credential

FOLDER: Final = Path(__file__).parent / "signatures"
DAY: Final = timedelta(days=1)


@cache
def key(name: str) -> Any:
    """A private key of the folder: ``root``, ``commune``, ``attacker``, ``weak``, ``three``."""
    return load_pem_private_key((FOLDER / f"keys/{name}.pem").read_bytes(), None)


@cache
def root() -> Credential:
    """The authority that is trusted."""
    return certify("Vector Root", key=key("root"), ca=True, end=NOW + 3000 * DAY)


@cache
def issued(name: str = "UBND xã An Thạnh", *, by: str = "commune", **options: Any) -> Credential:
    """A certificate of the root; of the commune when nothing else is said.

    Args:
        name: whose.
        by: name of its key.
        options: of ``certify``.
    """
    return certify(name, issuer=root(), key=key(by), **options)


@cache
def commune() -> Credential:
    """The sender of all letters."""
    return issued()


def false_root() -> Credential:
    """An attacker's authority that calls itself as the trusted one."""
    return certify("Vector Root", key=key("attacker"), ca=True, end=NOW + 3000 * DAY)


def revoked() -> Credential:
    """The commune's certificate that was withdrawn."""
    return issued("UBND xã An Thạnh (cũ)")


@cache
def authority(name: str = "Vector Issuing", **options: Any) -> Credential:
    """An authority below the root, as one likes it to be."""
    return issued(name, by="attacker", ca=True, **options)


@cache
def revocations() -> tuple[bytes, bytes]:
    """The lists of root and authority, as of an hour before the moment of judgement."""
    return revocation_list(root(), revoked()), revocation_list(authority())


def stated(scalar: int = 0x1F, curve: Any = None) -> Credential:
    """A certificate for a key on a curve; it never signs, for such values differ each time."""
    made = ec.derive_private_key(scalar, curve or ec.SECP256R1())
    return certify("UBND xã An Thạnh", issuer=root(), key=made.public_key())


@cache
def plain() -> bytes:
    """The commune's letter with two attachments, signed as an agency."""
    return sign(letter(*attachments()), commune())


@cache
def short(identity: str = "m-1", subject: str = "V/v báo cáo") -> bytes:
    """Its letter without attachments."""
    return sign(letter(identity=identity, subject=subject), commune())


def _status(identity: str) -> Status:
    return replace(status(), message_id=MessageId(identity))


@cache
def small(identity: str = "m-1") -> bytes:
    """Its status message: the smallest thing that is signed, one part and its properties."""
    return sign(_status(identity), commune())


@cache
def stamped(identity: str = "m-1") -> bytes:
    """The same with a timestamp by an authority below the root."""
    stamper = certify("Vector TSA", issuer=root(), key=key("commune"), extensions=(STAMPS,))
    once = client(stamper, nonce=lambda: 7)
    return sign(_status(identity), commune(), timestamps=once)


@cache
def confirmed(identity: str = "m-1") -> bytes:
    """The same, countersigned by its leader."""
    leader = issued("Chủ tịch UBND xã An Thạnh")
    signer = Signer(signing_key(leader), clock=VirtualClock(NOW), role="leader")
    signed = countersigned(Envelope.from_bytes(small(identity)), signer)
    return b"".join(signed.envelope.chunks())


def under(credential: Credential) -> bytes:
    """A status message in the commune's name, signed by anyone, whatever is wrong with the key.

    Args:
        credential: whose; with its own key.
    """
    chain = (der(item) for item in credential.chain)
    forgery = Forgery(small()).set_certificates(credential.der, *chain)
    return forgery.redigest().resign(credential.private_key).bytes()


def foreign(
    references: Sequence[Ref] = (Ref("", (ENVELOPED, Canonicalization.EXCLUSIVE.value)),),
    *,
    info: str = "",
    method: str = SignatureAlgorithm.RSA_SHA256.value,
    secret: Any = None,
    finish: Callable[[Any], None] | None = None,
) -> bytes:
    """A letter with an enveloped signature, as programs for any XML make it.

    Args:
        references: what is signed; by default all of it.
        info: ``KeyInfo``; the commune's certificate when left out.
        method: signature method.
        secret: signs in place of the commune's key.
        finish: changes the signature afterwards.
    """
    tree = etree.fromstring(b"".join(Envelope.of(letter()).chunks()))
    header = next(tree.iter("{*}edXMLHeader"))
    info = info or certificate_info(commune().der)
    made = sign_into(header, references, key=secret or key("commune"), info=info, method=method)
    if finish:
        finish(made)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8")


def forged(
    change: Callable[[Forgery], object], data: bytes | None = None, *, resign: bool = False
) -> bytes:
    """A genuine message with a change in its tree.

    Args:
        change: what is done.
        data: the letter; the small one when left out.
        resign: whether digests and value are made right afterwards, as the commune could.
    """
    forgery = Forgery(small() if data is None else data)
    change(forgery)
    if resign:
        forgery.redigest().resign(key("commune"))
    return forgery.bytes()


resigned: Final = partial(forged, resign=True)
UNKNOWN: Final = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.32473.5"), b"")
