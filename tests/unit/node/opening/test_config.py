"""``node.toml``: what it may say, and that everything else is refused by name."""

from __future__ import annotations

import pytest

from docexchange.errors import ConfigurationError, InputNotFound
from docexchange.node import read_config

FULL = """
agency = "000.21.31.H53"
store = "s"
endpoint_base = ".."
mailbox = "folder:commune/mailbox"
inbox = "i"
directory = "../directory.toml"
poll_seconds = 0.5
[key]
uri = "pkcs12:agency.p12"
password_file = "password.txt"
[trust]
paths = ["trust", "more/root.pem"]
[retry]
first_seconds = 10
factor = 1.5
"""
LEAST = 'agency = "x"\ndirectory = "d"\n[key]\nuri = "k"\n[trust]\npaths = []\n'


def write(folder, text):
    """A configuration file."""
    path = folder / "node.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_field_is_read(tmp_path):
    """And the folder of the file is where relative paths begin."""
    config = read_config(write(tmp_path, FULL))
    assert (config.agency, config.store, config.inbox) == ("000.21.31.H53", "s", "i")
    assert (config.mailbox, config.endpoint_base) == ("folder:commune/mailbox", "..")
    assert config.directory == "../directory.toml"
    assert (config.key.uri, config.key.password_file) == ("pkcs12:agency.p12", "password.txt")
    assert config.trust.paths == ["trust", "more/root.pem"]
    assert config.retry == {"first_seconds": 10, "factor": 1.5}
    assert config.poll_seconds == 0.5
    assert config.base == tmp_path


def test_what_may_be_left_out_has_a_default(tmp_path):
    """Four fields are needed."""
    config = read_config(write(tmp_path, LEAST))
    assert (config.store, config.mailbox, config.inbox) == ("store", "folder:mailbox", "inbox")
    assert (config.endpoint_base, config.retry, config.poll_seconds) == (".", {}, 2.0)
    assert config.one_processor


def test_a_folder_means_the_file_in_it(tmp_path, monkeypatch):
    """As a path, as text, and as the present folder."""
    write(tmp_path, LEAST)
    monkeypatch.chdir(tmp_path)
    assert read_config(tmp_path) == read_config(str(tmp_path)) == read_config(".")
    assert read_config("node.toml").base == tmp_path


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (("agency = ", "agnecy = "), ["agency", "agnecy"]),
        (("[key]", 'inbx = "x"\n[key]'), ["inbx"]),
        (('uri = "k"', 'url = "k"'), ["key.uri", "key.url"]),
        (('uri = "k"', "uri = 3"), ["key.uri"]),
        (("paths = []", 'paths = "trust"'), ["trust.paths"]),
        (("[key]", "poll_seconds = 0\n[key]"), ["poll_seconds"]),
        (("[key]", 'poll_seconds = "2"\n[key]'), ["poll_seconds"]),
        (("[key]", 'retry = {attempts = "many"}\n[key]'), ["retry.attempts"]),
        (('[key]\nuri = "k"\n', ""), ["key"]),
    ],
)
def test_a_field_that_is_wrong_missing_or_unknown_is_named(tmp_path, change, names):
    """All of them, in one go, with the path of the file."""
    text = LEAST.replace(*change)
    assert text != LEAST
    path = write(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        read_config(path)
    assert str(path) in str(caught.value)
    assert [name for name in names if name not in str(caught.value)] == []
    assert caught.value.advice


@pytest.mark.parametrize("content", [b"", b"agency", b"\xff\xfe", b"[key", b'agency = "a"\n' * 2])
def test_what_is_no_toml_is_refused(tmp_path, content):
    """Also what is empty, not UTF-8, or says a thing twice."""
    path = tmp_path / "node.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"node\.toml"):
        read_config(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "found agency: missing; directory: missing"),
        (b"\xae", "no text in UTF-8, from byte 0"),
    ],
)
def test_faults_are_told_in_words(tmp_path, content, said):
    """And not in those of the libraries beneath."""
    (tmp_path / "node.toml").write_bytes(content)
    with pytest.raises(ConfigurationError, match=said):
        read_config(tmp_path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    """A folder without one, and a path to nowhere."""
    for path in (tmp_path, tmp_path / "nowhere.toml"):
        with pytest.raises(InputNotFound, match=r"node\.toml|nowhere\.toml"):
            read_config(path)
