"""How letters are to be signed, as options: shared by ``sign``, ``prepare`` and ``complete``."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import click

from docexchange.cli._letters import read_small
from docexchange.cli._writing import size_of
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from docexchange.envelope import Envelope
    from docexchange.signing import SignaturePolicy, TsaClient

__all__ = [
    "certificates_in",
    "policy_of",
    "policy_option",
    "pss_option",
    "role_option",
    "signed_json",
    "signer_json",
    "timestamp_option",
    "timestamps_of",
]

_MAX_POLICY: Final = 16 * 1024 * 1024
_MAX_CERTIFICATES: Final = 1024 * 1024

role_option = click.option(
    "--role",
    type=click.Choice(["leader", "agency"]),
    help="Role to sign in: the person who signs, or the agency's seal.",
)
pss_option = click.option(
    "--pss", is_flag=True, help="RSA keys sign with RSA-PSS instead of PKCS#1 v1.5."
)
policy_option = click.option(
    "--policy", metavar="OID=FILE", help="Signature policy to sign under, and its text."
)
timestamp_option = click.option(
    "--timestamp",
    "timestamp_urls",
    multiple=True,
    metavar="URL",
    help="Timestamp authority; the next one named is asked when it does not answer.",
)


def timestamps_of(urls: tuple[str, ...]) -> TsaClient | None:
    """What gets timestamps; None where none are wanted."""
    if not urls:
        return None
    from docexchange.signing import TsaClient
    from docexchange.transport import HttpPoster

    return TsaClient(urls, poster=HttpPoster())


def policy_of(text: str | None) -> SignaturePolicy | None:
    """The policy that ``OID=FILE`` names; None for none.

    Raises:
        UsageError: it is of another form.
        InputNotFound: the file cannot be read.
    """
    if text is None:
        return None
    from docexchange.signing import SignaturePolicy

    oid, equals, name = text.partition("=")
    if not equals:
        raise UsageError(
            f"--policy: expected OID=FILE, found {text[:60]!r}",
            code="usage.policy",
            advice="Write --policy 1.3.6.1.4.1.32473.9=policy.pdf.",
        )
    policy = read_small(name, _MAX_POLICY, expected="the text of a signature policy")
    return SignaturePolicy(oid=oid, value=hashlib.sha256(policy).digest())


def certificates_in(name: str) -> tuple[Certificate, ...]:
    """The certificates in a file, the first one first.

    Raises:
        InputNotFound: it cannot be read.
        UnreadableInput: it is empty.
        UnusableKey: it holds none.
    """
    from docexchange.signing.certificates import load_pem_bundle
    from docexchange.signing.keys import no_certificate

    data = read_small(name, _MAX_CERTIFICATES, expected="a certificate in PEM or DER")
    try:
        return load_pem_bundle(data)
    except ValueError as error:
        raise no_certificate(name, data) from error


def signer_json(certificate: Certificate) -> dict[str, Any]:
    """Whom a certificate names, as plain values."""
    from docexchange.signing.certificates import signatory

    who = signatory(certificate)
    return {
        "name": who.name,
        "organization": who.organization,
        "organ_id": str(who.organ_id) if who.organ_id else None,
        "certificate_sha256": who.sha256,
    }


def signed_json(
    target: str, signed: Envelope, certificate: Certificate, *, role: str | None, stamped: bool
) -> dict[str, Any]:
    """What was signed, as plain values.

    Args:
        target: the file.
        signed: the letter.
        certificate: the signer's.
        role: role signed in.
        stamped: whether it has a timestamp.
    """
    return {
        "file": target,
        "message_id": str(signed.message.message_id or ""),
        "size": size_of(signed),
        "signer": signer_json(certificate),
        "role": role,
        "level": "XAdES-B-T" if stamped else "XAdES-B-B",
    }
