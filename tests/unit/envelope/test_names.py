"""Names of the wire format."""

from __future__ import annotations

from docexchange.envelope.names import CONTENT_ELEMENT, EDXML, edxml, local_name


def test_names_go_there_and_back():
    """A name with its namespace gives the name again."""
    assert edxml("Bussiness") == f"{{{EDXML}}}Bussiness"
    assert local_name(edxml(CONTENT_ELEMENT)) == "ContentTransferEncoded"
    assert local_name("plain") == "plain"
