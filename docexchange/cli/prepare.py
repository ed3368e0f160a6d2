"""``docexchange prepare``: what is to be signed, for a key that is elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docexchange.cli._letters import about, opened
from docexchange.cli._options import json_option
from docexchange.cli._output import answer, answer_json, plain
from docexchange.cli._signing import (
    certificates_in,
    policy_of,
    policy_option,
    pss_option,
    role_option,
    signer_json,
)
from docexchange.cli._writing import Out, out_option, write_out

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

__all__ = ["command"]


@click.command("prepare")
@click.argument("file")
@click.option("--cert", required=True, help="Certificate of the signer in PEM, with its chain.")
@role_option
@pss_option
@policy_option
@click.option(
    "--octets",
    help="File to write the very bytes to that are to be signed, for tools that want them.",
)
@out_option("FILE with .prepared.json instead of .edxml")
@json_option
def command(
    *,
    file: str,
    cert: str,
    role: str | None,
    pss: bool,
    policy: str | None,
    octets: str | None,
    out: Out,
    as_json: bool,
) -> None:
    """Prepare a signature that somebody else computes.

    FILE is an edXML envelope. What is written says which bytes are to be signed, with which
    algorithm; a remote service or another machine signs them, and `docexchange complete` puts the
    value into the letter.

    Example: docexchange prepare letter.edxml --cert seal.pem --octets bytes.bin
    """
    from docexchange.clock import SystemClock
    from docexchange.signing import prepare
    from docexchange.signing.xmldsig.algorithms import Padding

    target = out.for_input(file, ".prepared.json", as_json=as_json)
    certificates = _certificates(cert)
    with opened(file) as envelope, about(file):
        prepared = prepare(
            envelope,
            certificates,
            at=SystemClock().now(),
            role=role or "",
            padding=Padding.PSS if pss else Padding.PKCS1,
            policy=policy_of(policy),
        )
    if octets is not None:
        write_out([prepared.octets], octets, force=out.force)
    write_out([prepared.to_json().encode()], target, force=out.force)
    if as_json:
        answer_json(
            {
                "file": target,
                "octets_file": octets,
                "algorithm": prepared.algorithm.value,
                "octets_digest": prepared.octets_digest.hex(),
                "signer": signer_json(prepared.certificate),
                "role": role,
            }
        )
    elif target != "-":
        answer(plain(target))


def _certificates(name: str) -> tuple[Certificate, ...]:
    found = certificates_in(name)
    return (found[0], *(item for item in found[1:] if item.issuer != item.subject))
