"""Write the pages that are drawn from the code; with ``--check``, fail when one is out of date."""

from __future__ import annotations

import sys
from pathlib import Path

from docexchange.delivery import INBOUND, OUTBOUND, diagram
from docexchange.testing.conformance import CASES

_PAGE = """\
# Delivery states

Drawn from the tables in `docexchange/delivery/table.py` by `docs/generate.py`; do not edit.

## Outbound: one message to one recipient

```mermaid
{outbound}```

## Inbound: one message that came for one recipient

```mermaid
{inbound}```
"""
_CASES = """\
# Conformance cases

What `docexchange conformance` tries against an endpoint, and which part of [the protocol](http.md)
says so. How to use it: [How to check an endpoint](../how-to/check-an-endpoint.md).
Written from `docexchange/testing/conformance/` by `docs/generate.py`; do not edit.

| case | level | promise | clause |
|---|---|---|---|
{cases}
"""


def _cases() -> str:
    rows = (f"| `{item.id}` | {item.level} | {item.title} | {item.clause} |" for item in CASES)
    return _CASES.format(cases="\n".join(rows))


def main() -> int:
    """Write or check; the number of pages out of date."""
    states = _PAGE.format(outbound=diagram(OUTBOUND), inbound=diagram(INBOUND))
    pages = {"delivery-states.md": states, "conformance.md": _cases()}
    folder = Path(__file__).parent / "reference"
    return sum(_settle(folder / name, text) for name, text in pages.items())


def _settle(page: Path, text: str) -> int:
    if "--check" not in sys.argv:
        page.write_text(text, encoding="utf-8")
        return 0
    if page.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{page}: out of date; run python docs/generate.py\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
