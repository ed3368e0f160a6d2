"""Signatures as others make them: corpora, and documents around them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from lxml import etree

from docexchange.signing.xmldsig.documents import SignedDocument

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docexchange.envelope import Attachment

CORPORA: Final = Path(__file__).parents[2] / "shared" / "corpora"
"""The shared corpora beside the checkout."""


def lenient(file: Path) -> Any:
    """The top element of a file of a corpus; some of them have a DTD, which ``parse`` refuses."""
    parser = etree.XMLParser(load_dtd=True, attribute_defaults=True, no_network=True)
    return etree.parse(str(file), parser).getroot()


def document_of(
    file: Path, *, detached: Callable[[Any], Mapping[str, Attachment]]
) -> tuple[Any, SignedDocument]:
    """A file of a corpus as a signed document."""
    if not file.exists():
        pytest.skip(f"the corpora are not beside the checkout: {file}")
    root = lenient(file)
    return root, SignedDocument(root, detached=detached(root))
