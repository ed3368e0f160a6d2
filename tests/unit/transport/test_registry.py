"""A URL finds its transport, late and by name."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest
from contract.killing import ROOT

from docexchange.errors import ConfigurationError, TransportError
from docexchange.transport import (
    FolderTransport,
    MemoryNetwork,
    MemoryTransport,
    known_schemes,
    open_transport,
    scheme_of,
)
from docexchange.transport.registry import GROUP, SCHEMES

FOLDER = "docexchange.transport.folder:FolderTransport"


def outsider(name, value):
    """An entry point as an installed package would register it."""
    return EntryPoint(name, value, GROUP)


def test_a_folder_url_opens_a_mailbox(tmp_path):
    """The URL of our own end makes the mailbox, relative to the base."""
    with open_transport("folder:box", base=tmp_path) as transport:
        assert isinstance(transport, FolderTransport)
    assert (tmp_path / "box" / "new").is_dir()
    with pytest.raises(TransportError, match=r"without '..'"):
        open_transport("folder:../box", base=tmp_path)


def test_a_memory_url_needs_its_network(tmp_path):
    """Without a network the error says how to give one; with it the mailbox is opened."""
    with pytest.raises(ConfigurationError) as caught:
        open_transport("memory:me", base=tmp_path)
    assert "openers" in caught.value.advice
    openers = {"memory": MemoryNetwork().open}
    transport = open_transport("memory:me", base=tmp_path, openers=openers)
    assert isinstance(transport, MemoryTransport)


@pytest.mark.parametrize(("scheme", "near"), [("foldr", "folder"), ("memmory", "memory")])
def test_a_misspelt_scheme_is_guessed(tmp_path, scheme, near):
    """The error lists all schemes and suggests the nearest."""
    with pytest.raises(ConfigurationError, match=r"folder, memory") as caught:
        open_transport(f"{scheme}:x", base=tmp_path, outsiders=[])
    assert caught.value.code == "transport.unknown-scheme"
    assert caught.value.advice == f"Did you mean {near}?"


def test_an_unknown_scheme_is_not_guessed_wildly(tmp_path):
    """Where nothing is near, nothing is suggested."""
    with pytest.raises(ConfigurationError) as caught:
        open_transport("carrier-pigeon:home", base=tmp_path, outsiders=[])
    assert "Did you mean" not in caught.value.advice


@pytest.mark.parametrize(
    "url", ["", "folder", "folder:", ":x", "9p:x", "FOLDER:x", "/srv/box", " f:x"]
)
def test_what_is_no_url_is_refused(url):
    """A path, an upper-case or an empty scheme is no URL."""
    with pytest.raises(ConfigurationError) as caught:
        scheme_of(url)
    assert caught.value.code == "transport.bad-url"


def test_the_scheme_is_all_before_the_first_colon():
    """Colons in paths and odd but legal schemes do not matter."""
    assert scheme_of("folder:/srv/a:b") == "folder"
    assert scheme_of("x-my+kind.2:rest") == "x-my+kind.2"


def test_outsiders_are_found_by_their_entry_point(tmp_path):
    """A package that registers a class under a scheme is loaded for it."""
    points = [outsider("courier", FOLDER)]
    transport = open_transport("folder:box", base=tmp_path, outsiders=points)
    assert isinstance(transport, FolderTransport)
    with pytest.raises(TransportError, match="expected folder:"):
        open_transport("courier:box", base=tmp_path, outsiders=points)
    assert known_schemes(points) == ["courier", "folder", "memory", "pull"]


def test_outsiders_do_not_take_over_what_is_in_the_box(tmp_path):
    """An installed package cannot quietly become the folder transport; the program itself can."""
    points = [outsider("folder", "docexchange.transport.memory:MemoryTransport")]
    assert isinstance(open_transport("folder:b", base=tmp_path, outsiders=points), FolderTransport)
    network = MemoryNetwork()
    openers = {"folder": lambda url, *, base: network.transport(f"{base}/{url}")}
    assert isinstance(open_transport("folder:b", base=tmp_path, openers=openers), MemoryTransport)


@pytest.mark.parametrize(
    "value", ["no.such.module:X", "docexchange.transport:NoSuch", "docexchange.transport:Parcel"]
)
def test_a_broken_outsider_is_named(tmp_path, value):
    """A registration that leads nowhere, or not to a transport, says which package to mend."""
    with pytest.raises(ConfigurationError, match=value) as caught:
        open_transport("courier:x", base=tmp_path, outsiders=[outsider("courier", value)])
    assert caught.value.code == "transport.not-loadable"


def test_every_scheme_in_the_box_can_be_loaded():
    """The table has no dead ends, and installed packages are looked at without being asked."""
    for scheme, value in SCHEMES.items():
        assert outsider(scheme, value).load().from_url
    assert set(SCHEMES) <= set(known_schemes())


def test_the_registry_alone_loads_no_network_package():
    """Importing the room does not import requests, urllib3 or a server."""
    code = (
        "import sys, docexchange.transport;"
        "print([m for m in ('requests', 'urllib3', 'http.client', 'lxml') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
