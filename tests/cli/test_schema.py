"""``docexchange schema``: every schema we ship, as other programs need it."""

from __future__ import annotations

import json
import os
import re
from functools import reduce
from operator import getitem
from typing import TYPE_CHECKING

import pytest
from lxml import etree
from network_help import apart

from docexchange.cli._schemas import answers
from docexchange.envelope import schema_path
from docexchange.envelope.schemas import SCHEMAS

if TYPE_CHECKING:
    from cli_help import Desk
    from network_help import Cli


def test_they_are_listed_in_both_languages(cli: Cli) -> None:
    """Without a name each schema stands on a line, with what it is for."""
    for options, words in (
        ((), "letters and status messages, as XSD 1.0"),
        (("--lang", "vi"), "văn bản và trạng thái, dạng XSD 1.0"),
    ):
        lines = cli(*options, "schema").out.splitlines()
        assert [line.split()[0] for line in lines] == [*SCHEMAS, *answers()]
        assert lines[0] == f"edxml      {words}"
        assert all(len(line.split()) > 2 for line in lines)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_printed_as_it_lies_in_the_package(name: str) -> None:
    """Byte for byte, also where the terminal knows no Vietnamese."""
    ran = apart(["schema", name], env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (ran.code, ran.out) == (0, schema_path(name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", answers())
def test_the_schema_of_an_answer_is_complete(cli: Cli, name: str) -> None:
    """Every reference in it leads to something in the same text; no other file is needed."""
    text = cli("schema", name).out
    message = json.loads(text).get("$defs", {}).get("message", {})
    references = re.findall(r'"\$ref": "(urn:[^"]*)"', text)
    assert bool(references) == (name in {"compose", "inspect"})
    for reference in references:
        whole, _, pointer = reference.partition("#")
        assert whole == message["$id"]
        assert reduce(getitem, pointer.split("/")[1:], message)


def test_a_letter_signed_twice_and_passed_on_fits_the_printed_xsd(cli: Cli, desk: Desk) -> None:
    """Signatures of leader and agency and the entry of a hub are part of what is accepted."""
    schema = etree.XMLSchema(etree.fromstring(cli("schema", "edxml").out.encode()))
    letter = etree.parse(desk["both"])
    schema.assertValid(letter)
    assert len(letter.findall(".//{http://www.w3.org/2000/09/xmldsig#}Signature")) == 2
    letter.find(".//{*}Subject").getparent().remove(letter.find(".//{*}Subject"))
    assert not schema.validate(letter)


def test_an_unknown_name_is_refused(cli: Cli) -> None:
    """It is told which there are, in one line."""
    ran = cli("schema", "../edxml")
    ran.refused(2, "schema.unknown")
