"""Files that somebody has published: in a folder, or at an address of this machine."""

from __future__ import annotations

import os

import pytest

from docexchange.clock import SystemClock
from docexchange.errors import InputNotFound, LimitExceeded, TransportError
from docexchange.testing import Loopback, Page
from docexchange.transport import published_files

HERE = ("127.0.0.0/8", "::1/128")


@pytest.fixture
def server():
    """A server with one file."""
    with Loopback() as running:
        running.pages["/public/release.json"] = Page(b"octets")
        yield running


def at(place, base, *, allowed=HERE):
    """What a place has."""
    return published_files(place, base=base, clock=SystemClock(), allowed=allowed)


def test_a_folder_gives_its_files(tmp_path):
    """Relative to a base; one byte more than was asked for where there is more."""
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "release.json").write_bytes(b"octets")
    files = at("public", tmp_path)
    assert files.fetch("release.json", 100) == b"octets"
    assert files.fetch("release.json", 3) == b"octe"


@pytest.mark.parametrize("kind", ["missing", "link", "pipe", "folder"])
def test_what_is_no_plain_file_is_not_there(tmp_path, kind):
    """Links are not followed, and a pipe holds up nobody."""
    path = tmp_path / "release.json"
    if kind == "link":
        path.symlink_to("/etc/hostname")
    if kind == "pipe":
        os.mkfifo(path)
    if kind == "folder":
        path.mkdir()
    with pytest.raises(InputNotFound):
        at(".", tmp_path).fetch("release.json", 100)


@pytest.mark.parametrize("end", ["", "/"])
def test_an_address_gives_its_files(server, tmp_path, end):
    """With or without a slash at its end."""
    assert at(server.url("/public") + end, tmp_path).fetch("release.json", 6) == b"octets"


def test_what_an_address_does_not_have_is_not_there(server, tmp_path):
    """As in a folder."""
    with pytest.raises(InputNotFound):
        at(server.url("/public"), tmp_path).fetch("root-2.json", 100)


def test_an_address_that_sends_more_is_cut_off(server, tmp_path):
    """Endless data is not read."""
    with pytest.raises(LimitExceeded):
        at(server.url("/public"), tmp_path).fetch("release.json", 3)


def test_an_address_inside_is_asked_only_if_it_is_allowed(server, tmp_path):
    """The advice is about files, and not about revocation lists."""
    with pytest.raises(TransportError) as caught:
        at(server.url("/public"), tmp_path, allowed=()).fetch("release.json", 100)
    assert caught.value.code == "snapshot.unreachable"
    assert not caught.value.retryable
    assert "disk" in caught.value.advice
