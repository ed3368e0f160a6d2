"""``docexchange conformance``: does an endpoint speak the HTTP protocol?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._conformance_lines import (
    list_cases,
    print_result,
    print_summary,
    results_json,
    word,
)
from docexchange.cli._exit import ExitCode, end
from docexchange.cli._options import FiniteRange, json_option, secret
from docexchange.cli._output import answer_json, progress
from docexchange.cli._words import language
from docexchange.cli._writing import check_free, write_out
from docexchange.clock import SystemClock
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.signing import SigningKey, Verifier
    from docexchange.testing.conformance import Case, Profile, Result

__all__ = ["command"]

_FILE = click.Path(path_type=Path)
_NEEDED = ("url", "agency", "recipient", "key", "trust")


@click.command("conformance")
@click.argument("url", required=False)
@click.option("--profile", type=_FILE, help="TOML file that says what the options below say.")
@click.option("--agency", help="Our code: the endpoint knows our certificate for this agency.")
@click.option("--recipient", help="Code of the agency whose endpoint it is.")
@click.option("--key", help="Our key: signs the letters, and is shown in TLS (pkcs12:FILE).")
@click.option("--password-file", type=_FILE, help="File with the password of all keys.")
@click.option("--trust", multiple=True, help="Roots and revocation lists; judge receipts and TLS.")
@click.option("--directory", help="Directory of agencies: ties receipts to the recipient.")
@click.option("--expired", help="Key with a certificate that has expired (pkcs12:FILE).")
@click.option("--revoked", help="Key with a certificate that was revoked.")
@click.option("--other", help="Key of another agency that the endpoint knows.")
@click.option("--use-mailbox", is_flag=True, help="Take one letter out of our mailbox for good.")
@click.option("--seconds", type=FiniteRange(0.1, 600), help="For one answer.  [default: 20]")
@click.option(
    "--patience",
    type=FiniteRange(0.1, 3600),
    help="Seconds in which a caller who has gone silent has to be cut off.  [default: 60]",
)
@click.option("--only", multiple=True, help="Only these cases: ids, groups, patterns (tus.c*).")
@click.option("--skip", multiple=True, help="All but these cases.")
@click.option("--list", "as_list", is_flag=True, help="List the cases, and try nothing.")
@click.option("--junit", type=_FILE, help="Write the results as JUnit XML to this file.")
@click.option("--html", type=_FILE, help="Write the results as an HTML page to this file.")
@json_option
def command(**options: Any) -> None:
    """Try named cases against an endpoint, and tell which promises it keeps.

    The letters that are brought are real, so use an endpoint that is there to be tried, and a key
    of a test agency. The exit code is 1 when a promise that must be kept is not, and 5 when nobody
    is there.

    Example: docexchange conformance https://localhost:8443/ --profile profile.toml --html a.html
    """
    from docexchange.testing.conformance import chosen

    cases = chosen(only=options.pop("only"), skip=options.pop("skip"))
    output = _Output(**{name: options.pop(name) for name in ("junit", "html", "as_json")})
    if options.pop("as_list"):
        list_cases(cases, as_json=output.as_json)
        return
    output.check()
    profile = _profile(_given(options))
    results = _run(profile, cases)
    output.tell(profile, results)
    bad = any(result.outcome == "failed" for result in results)
    end(ExitCode.NEGATIVE if bad else ExitCode.POSITIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Output:
    """Where the results go."""

    junit: Path | None
    html: Path | None
    as_json: bool

    def tell(self, profile: Profile, results: Sequence[Result]) -> None:
        """Write and print them."""
        from docexchange.testing.conformance import html_page, junit_xml

        if self.junit:
            self._write(self.junit, junit_xml(results, url=profile.url))
        if self.html:
            at, chosen = profile.clock.now(), language()
            self._write(self.html, html_page(results, url=profile.url, at=at, language=chosen))
        if self.as_json:
            answer_json(results_json(profile.url, results))
            return
        for result in results:
            print_result(result)
        print_summary(results)

    def check(self) -> None:
        """Refuse places that cannot be written to, before any work is done."""
        for option, path in (("--junit", self.junit), ("--html", self.html)):
            if path:
                check_free(str(path), force=True, option=option)

    def _write(self, path: Path, text: str) -> None:
        write_out([text.encode()], str(path), force=True)


def _run(profile: Profile, cases: Sequence[Case]) -> list[Result]:
    import secrets

    from docexchange.testing.conformance import Bench, run

    bench, results = Bench(profile, token=lambda: secrets.token_hex(8)), []
    with progress(len(cases), word("trying the cases")) as bar:
        for result in run(bench, cases):
            results.append(result)
            bar.update(1)
    return results


def _given(options: dict[str, Any]) -> dict[str, Any]:
    """What the profile says, and over it what the command line says."""
    from docexchange.testing.conformance import CERTIFICATES, profile_values

    file = options.pop("profile")
    values = profile_values(file) if file else {}
    held = {name: options.pop(name) for name in CERTIFICATES}
    told = {name: value for name, value in options.items() if value}
    certificates = values.pop("certificates", {}) | {name: v for name, v in held.items() if v}
    found = {**values, **told, "certificates": certificates}
    missing = [name for name in _NEEDED if not found.get(name)]
    if missing:
        raise UsageError(
            f"conformance: expected {', '.join(_NEEDED)}, found no {', '.join(missing)}",
            code="conformance.missing",
            advice="Give them as options, or in a --profile.",
        )
    return found


def _profile(values: dict[str, Any]) -> Profile:
    from docexchange.identifiers import OrganId
    from docexchange.signing import SigningKey
    from docexchange.testing.conformance import Profile

    file = values.get("password_file")
    password = secret(Path(file)) if file else secret(None)

    def key(uri: str) -> SigningKey:
        return SigningKey.from_uri(uri, password=password)

    numbers = {name: float(values[name]) for name in ("seconds", "patience") if name in values}
    return Profile(
        url=values["url"],
        agency=OrganId.parse(values["agency"]),
        recipient=OrganId.parse(values["recipient"]),
        key=key(values["key"]),
        verifier=_verifier(values),
        clock=SystemClock(),
        certificates={name: key(uri) for name, uri in values["certificates"].items()},
        use_mailbox=values.get("use_mailbox", False),
        **numbers,
    )


def _verifier(values: dict[str, Any]) -> Verifier:
    from docexchange.directory import Directory, binding_of
    from docexchange.signing import TrustStore, Verifier

    directory = values.get("directory")
    binding = binding_of(Directory.from_path(directory)) if directory else None
    return Verifier(TrustStore.from_path(*values["trust"]), binding=binding)
