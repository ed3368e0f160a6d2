"""``docexchange sign``: a letter, and a key that vouches for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._letters import about, opened
from docexchange.cli._options import json_option, password_option, secret
from docexchange.cli._output import answer, answer_json, note, plain
from docexchange.cli._words import say
from docexchange.cli._writing import Out, out_option, size_of, write_out
from docexchange.errors import UnusableKey, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.envelope import Envelope
    from docexchange.signing import SigningKey

__all__ = ["command"]


@click.command("sign")
@click.argument("file")
@click.option("--key", "key_file", required=True, help="PKCS#12 file, or private key in PEM.")
@click.option("--cert", help="Certificate in PEM, with its chain, where the key file has none.")
@password_option
@click.option(
    "--role",
    type=click.Choice(["leader", "agency"]),
    help="Role to sign in: the person who signs, or the agency's seal.",
)
@click.option("--again", is_flag=True, help="Sign even if this certificate has signed already.")
@out_option("FILE with .signed.edxml instead of .edxml")
@json_option
def command(
    *,
    file: str,
    key_file: str,
    cert: str | None,
    password_file: Path | None,
    role: str | None,
    again: bool,
    out: Out,
    as_json: bool,
) -> None:
    """Sign a letter.

    FILE is an edXML envelope; - reads standard input. Signatures that it carries already stay. A
    key that does not belong to its certificate, or whose certificate is not valid now, is refused.

    Example: docexchange sign letter.edxml --key agency.p12 --password-file pw.txt --role agency
    """
    target = out.for_input(file, ".signed.edxml", as_json=as_json)
    key = _key(key_file, cert, password_file)
    with opened(file) as envelope:
        with about(file):
            signed = _sign(envelope, key, role=role or "", again=again)
        write_out(signed.chunks(), target, force=out.force, length=size_of(signed))
    if as_json:
        answer_json(_result(target, signed, key, role))
    elif target != "-":
        answer(plain(target))


def _key(key_file: str, cert: str | None, password_file: Path | None) -> SigningKey:
    from docexchange.signing import SigningKey

    password = secret(password_file)
    try:
        if cert is None:
            return SigningKey.from_uri(key_file, password=password)
        return SigningKey.from_pem(key_file, cert, password=password)
    except UnusableKey as error:
        if password_file is None and error.code == "key.not-opened":
            error.advice = "If it has a password, give it with --password-file."
        raise


def _sign(envelope: Envelope, key: SigningKey, *, role: str, again: bool) -> Envelope:
    from docexchange.signing import Signer

    if not again:
        _check_first(envelope, key)
    signed = Signer(key, role=role).sign(envelope).envelope
    if envelope.findings:
        note(
            f"{say('Note')}: {len(envelope.findings)} "
            f"{say('findings about the form of the letter; `docexchange validate` lists them')}"
        )
    return signed


def _check_first(envelope: Envelope, key: SigningKey) -> None:
    """Somebody who signs twice has usually lost track of which file is which."""
    from docexchange.cli._signatures import signatures_in
    from docexchange.signing.certificates import signatory

    own = signatory(key.certificate).sha256
    for found in signatures_in(envelope):
        if found.sha256 == own:
            raise UsageError(
                f"expected a letter that {found.name} has not signed yet, found that signature",
                code="sign.already",
                advice="There is no need to; if you mean it, say --again.",
            )


def _result(target: str, signed: Envelope, key: SigningKey, role: str | None) -> dict[str, Any]:
    from docexchange.signing.certificates import signatory

    who = signatory(key.certificate)
    return {
        "file": target,
        "message_id": str(signed.message.message_id or ""),
        "size": size_of(signed),
        "signer": {
            "name": who.name,
            "organization": who.organization,
            "organ_id": str(who.organ_id) if who.organ_id else None,
            "certificate_sha256": who.sha256,
        },
        "role": role,
    }
