"""``docexchange sign``: letters, and a key that vouches for them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docexchange._special import is_special
from docexchange.cli._exit import ExitCode, code_of_error, end, error_json, tell, worst
from docexchange.cli._letters import about, opened
from docexchange.cli._options import json_option, password_option, secret
from docexchange.cli._output import answer, answer_json, note, plain, progress
from docexchange.cli._signing import (
    policy_of,
    policy_option,
    pss_option,
    role_option,
    signed_json,
    timestamp_option,
    timestamps_of,
)
from docexchange.cli._words import say
from docexchange.cli._writing import Out, make_folder, out_option, size_of, write_out
from docexchange.errors import (
    DocExchangeError,
    InputNotFound,
    UnreadableInput,
    UnusableKey,
    UsageError,
)

if TYPE_CHECKING:
    from docexchange.envelope import Envelope
    from docexchange.signing import Signer, SigningKey

__all__ = ["command"]


@click.command("sign")
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--key",
    "key_file",
    required=True,
    help="PKCS#12 file, private key in PEM, or pkcs11: URI of a token.",
)
@click.option("--cert", help="Certificate in PEM, with its chain, where the key file has none.")
@password_option
@role_option
@pss_option
@policy_option
@timestamp_option
@click.option(
    "--counter-sign",
    "number",
    type=click.IntRange(min=1),
    help="Sign signature NUMBER of the letter instead of the letter itself.",
)
@click.option("--again", is_flag=True, help="Sign even if this certificate has signed already.")
@out_option("FILE with .signed.edxml instead of .edxml; with several files, a folder is needed")
@json_option
def command(
    *,
    files: tuple[str, ...],
    key_file: str,
    cert: str | None,
    password_file: Path | None,
    role: str | None,
    out: Out,
    as_json: bool,
    **options: Any,
) -> None:
    """Sign letters.

    FILES are edXML envelopes or folders of them; - reads standard input. Signatures that a letter
    carries already stay. A key that does not belong to its certificate, or whose certificate is not
    valid now, is refused. With several files the key is loaded once, one bad file does not stop the
    others, and letters that this certificate has signed already are left out.

    Example: docexchange sign letter.edxml --key agency.p12 --password-file pw.txt --role agency
    """
    several = len(files) > 1 or Path(files[0]).is_dir()
    targets = (
        _targets(files, out)
        if several
        else {files[0]: out.for_input(files[0], ".signed.edxml", as_json=as_json)}
    )
    desk = _Desk(
        number=options.pop("number"),
        again=options.pop("again"),
        role=role,
        stamped=bool(options["timestamp_urls"]),
        force=out.force,
        resumed=several and not out.force,
        signer=_signer(_key(key_file, cert, password_file), role or "", **options),
    )
    if several:
        make_folder(Path(str(out.path)), option="-o")
        end(_sign_all(desk, targets, as_json=as_json))
    [(name, target)] = targets.items()
    result = desk.sign(name, target)
    if as_json:
        answer_json(result)
    elif target != "-":
        answer(plain(target))


def _targets(files: tuple[str, ...], out: Out) -> dict[str, str]:
    """Where each letter of a batch goes: under its own name, into the folder."""
    if out.path in (None, "-"):
        raise UsageError(
            "-o: expected a folder for the signed letters, found none",
            code="usage.out-folder",
            advice="Name one with -o; it is made where there is none.",
        )
    folder = Path(str(out.path))
    targets: dict[str, str] = {}
    for name in _letters(files):
        target = str(folder / Path(name).name)
        if name == "-" or target in targets.values():
            raise UsageError(
                f"{name}: expected letters of different names, found this one twice or unnamed",
                code="usage.same-name",
                advice="Sign them one by one.",
            )
        targets[name] = target
    return targets


def _letters(files: tuple[str, ...]) -> list[str]:
    found = []
    for name in files:
        path = Path(name)
        inside = [name]
        if path.is_dir():
            inside = sorted(str(file) for file in path.glob("*.edxml") if not is_special(file))
        if not inside:
            raise InputNotFound(f"{name}: expected letters (*.edxml) in the folder, found none")
        found += inside
    return found


def _key(key_file: str, cert: str | None, password_file: Path | None) -> SigningKey:
    from docexchange.signing import SigningKey

    password = secret(password_file)
    try:
        if cert is None:
            return SigningKey.from_uri(key_file, password=password)
        return SigningKey.from_pem(key_file, cert, password=password)
    except UnusableKey as error:
        if error.code == "key.not-opened" and password_file is None:
            error.advice = "If it has a password, give it with --password-file."
        elif error.code == "key.not-opened" and not password():
            error.add_note(f"--password-file {password_file}")
        raise


def _signer(
    key: SigningKey, role: str, *, pss: bool, policy: str | None, timestamp_urls: tuple[str, ...]
) -> Signer:
    from docexchange.signing import Signer
    from docexchange.signing.xmldsig.algorithms import Padding

    return Signer(
        key,
        role=role,
        padding=Padding.PSS if pss else Padding.PKCS1,
        policy=policy_of(policy),
        timestamps=timestamps_of(timestamp_urls),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """Where letters are signed, one after the other, with one key."""

    signer: Signer
    role: str | None
    stamped: bool
    number: int | None
    again: bool
    force: bool
    resumed: bool
    """Whether letters may lie there signed, of a batch that was broken off."""

    def sign(self, name: str, target: str) -> dict[str, Any]:
        """Sign a letter and write it, whole or not at all; what was done as plain values."""
        with opened(name) as envelope:
            with about(name):
                signed = self._signed(envelope, target)
            write_out(signed.chunks(), target, force=self.force, length=size_of(signed))
        certificate = self.signer.key.certificate
        return signed_json(target, signed, certificate, role=self.role, stamped=self.stamped)

    def _signed(self, envelope: Envelope, target: str) -> Envelope:
        from docexchange.signing import countersigned

        if not self.again:
            _check_first(envelope, self.signer.key)
            if self.resumed:
                _check_result(envelope, target, self.signer.key)
        if self.number is not None:
            signed = countersigned(envelope, self.signer, number=self.number).envelope
        else:
            signed = self.signer.sign(envelope).envelope
        if envelope.findings:
            note(
                f"{say('Note')}: {len(envelope.findings)} "
                f"{say('findings about the form of the letter; `docexchange validate` lists them')}"
            )
        return signed


def _sign_all(desk: _Desk, targets: dict[str, str], *, as_json: bool) -> ExitCode:
    codes, results = [], []
    with progress(len(targets), "sign") as bar:
        for name, target in targets.items():
            code, result = _sign_one(desk, name, target, quiet=as_json)
            codes.append(code)
            results.append(result)
            bar.update(1)
    if as_json:
        answer_json(results)
    return worst(codes)


def _sign_one(
    desk: _Desk, name: str, target: str, *, quiet: bool
) -> tuple[ExitCode, dict[str, Any]]:
    try:
        result = desk.sign(name, target)
    except DocExchangeError as error:
        if error.code == "sign.already":
            if not quiet:
                note(f"{plain(name)}: {say('left out: signed already')}")
            return ExitCode.POSITIVE, {"file": name, "skipped": error.code}
        if not quiet:
            tell(error)
        return code_of_error(error), {"file": name, "error": error_json(error)}
    if not quiet:
        answer(plain(target))
    return ExitCode.POSITIVE, result


def _check_first(envelope: Envelope, key: SigningKey) -> None:
    """Somebody who signs twice has usually lost track of which file is which."""
    name = _signed_by(key, envelope)
    if name is not None:
        raise UsageError(
            f"expected a letter that {name} has not signed yet, found that signature",
            code="sign.already",
            advice="There is no need to; if you mean it, say --again.",
        )


def _check_result(envelope: Envelope, target: str, key: SigningKey) -> None:
    """What was signed before a batch was broken off is left out when it is run again."""
    from docexchange.envelope import differences

    if target == "-" or not Path(target).is_file():
        return
    try:
        with opened(target) as done:
            changes = {change.code for change in differences(envelope, done)}
            if changes == {"signature.added"}:
                _check_first(done, key)
    except UnreadableInput:
        return  # no letter, and not to be replaced either


def _signed_by(key: SigningKey, envelope: Envelope) -> str | None:
    """Whom the certificate of this key names, if the letter carries a signature by it."""
    from docexchange.cli._signatures import signatures_in
    from docexchange.signing.certificates import signatory

    own = signatory(key.certificate).sha256
    names = (found.name for found in signatures_in(envelope) if found.sha256 == own)
    return next(names, None)
