"""``docexchange complete``: the value that came back, put into the letter."""

from __future__ import annotations

import click

from docexchange.cli._letters import about, opened, read_small
from docexchange.cli._options import json_option
from docexchange.cli._output import answer, answer_json, plain
from docexchange.cli._signing import signed_json, timestamp_option, timestamps_of
from docexchange.cli._writing import Out, out_option, size_of, write_out
from docexchange.errors import UnreadableInput

__all__ = ["command"]

_MAX_PREPARED = 4 * 1024 * 1024
_MAX_VALUE = 64 * 1024


@click.command("complete")
@click.argument("file")
@click.option("--prepared", "prepared_file", required=True, help="What `prepare` wrote.")
@click.option("--value", "value_file", required=True, help="File with the signature value, binary.")
@timestamp_option
@out_option("FILE with .signed.edxml instead of .edxml")
@json_option
def command(
    *,
    file: str,
    prepared_file: str,
    value_file: str,
    timestamp_urls: tuple[str, ...],
    out: Out,
    as_json: bool,
) -> None:
    """Put a signature value into the letter that was prepared for it.

    FILE is the letter that was prepared. A value that the signer's key did not make over this very
    letter is refused. ECDSA values may come in DER, as most tools write them.

    Example: docexchange complete letter.edxml --prepared letter.prepared.json --value value.bin
    """
    from docexchange.clock import SystemClock
    from docexchange.signing import PreparedSignature, complete

    target = out.for_input(file, ".signed.edxml", as_json=as_json)
    data = read_small(prepared_file, _MAX_PREPARED, expected="a prepared signature")
    with about(prepared_file):
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise UnreadableInput(
                "expected a prepared signature, found no text", code="prepared.malformed"
            ) from error
        prepared = PreparedSignature.from_json(text)
    value = read_small(value_file, _MAX_VALUE, expected="a signature value")
    with opened(file) as envelope:
        with about(file):
            signed = complete(
                prepared,
                value,
                envelope=envelope,
                at=SystemClock().now(),
                timestamps=timestamps_of(timestamp_urls),
            ).envelope
        write_out(signed.chunks(), target, force=out.force, length=size_of(signed))
    if as_json:
        role = prepared.terms.role or None
        stamped = bool(timestamp_urls)
        certificate = prepared.certificate
        answer_json(signed_json(target, signed, certificate, role=role, stamped=stamped))
    elif target != "-":
        answer(plain(target))
