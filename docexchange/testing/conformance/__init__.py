"""Does an endpoint speak our HTTP protocol? Named cases, tried over the network.

::

    bench = Bench(profile, token=lambda: secrets.token_hex(8))
    results = list(run(bench, chosen(only=["push", "refuse"])))
    Path("report.xml").write_text(junit_xml(results, url=profile.url))

Each case names the clause of the protocol it checks. The letters that the cases bring are real:
run them against an endpoint that is there to be tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange._facade import lazily

if TYPE_CHECKING:
    from docexchange.testing.conformance.bench import Bench
    from docexchange.testing.conformance.case import Case, Level, Outcome, Result
    from docexchange.testing.conformance.junit import junit_xml
    from docexchange.testing.conformance.page import html_page
    from docexchange.testing.conformance.profile import CERTIFICATES, Profile, profile_values
    from docexchange.testing.conformance.running import CASES, chosen, run

__all__ = [
    "CASES",
    "CERTIFICATES",
    "Bench",
    "Case",
    "Level",
    "Outcome",
    "Profile",
    "Result",
    "chosen",
    "html_page",
    "junit_xml",
    "profile_values",
    "run",
]

__getattr__ = lazily(
    __name__,
    {
        "bench": ("Bench",),
        "case": (
            "Case",
            "Level",
            "Outcome",
            "Result",
        ),
        "junit": ("junit_xml",),
        "page": ("html_page",),
        "profile": (
            "CERTIFICATES",
            "Profile",
            "profile_values",
        ),
        "running": (
            "CASES",
            "chosen",
            "run",
        ),
    },
)
