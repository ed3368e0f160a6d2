"""``docexchange schema``: every schema we ship, as other programs need it."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest
from lxml import etree
from network_help import apart
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from docexchange.cli._schemas import answers
from docexchange.envelope import schema_path
from docexchange.envelope.schemas import SCHEMAS

if TYPE_CHECKING:
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


def test_the_xsd_is_a_schema_on_its_own() -> None:
    """It refers to no other file."""
    printed = apart(["schema", "edxml"]).out
    tree = etree.fromstring(printed.encode())
    assert etree.XMLSchema(tree) is not None
    assert "schemaLocation" not in printed


@pytest.mark.parametrize("name", answers())
def test_the_schema_of_an_answer_is_complete(cli: Cli, name: str) -> None:
    """Every reference in it leads to something in the same text; no other file is needed."""
    text = cli("schema", name).out
    schema = Resource.from_contents(json.loads(text), default_specification=DRAFT202012)
    resolver = Registry().with_resource("", schema).crawl().resolver()
    references = re.findall(r'"\$ref": "(urn:[^"]*)"', text)
    assert bool(references) == (name in {"compose", "inspect"})
    for reference in references:
        assert resolver.lookup(reference).contents


def test_an_unknown_name_is_refused(cli: Cli) -> None:
    """It is told which there are, in one line."""
    ran = cli("schema", "../edxml")
    ran.refused(2, "schema.unknown")
