"""Flushing: many files at once, where the system tells what it could not write."""

from __future__ import annotations

import errno
import os
import sys

import pytest

from docexchange.delivery._file_system import flush_file_system, tells_of_failures


@pytest.mark.parametrize(
    ("system", "release", "tells"),
    [
        ("linux", "5.8.0", True),
        ("linux", "6.1.0-18-amd64", True),
        ("linux", "10.0-rc1", True),
        ("linux", "5.7.19", False),
        ("linux", "4.18.0-553.el8_10.x86_64", False),
        ("linux", "unknown", False),
        ("darwin", "23.5.0", False),
    ],
)
def test_only_a_kernel_that_tells_of_failures_is_relied_on(system, release, tells):
    """Before Linux 5.8 the call says that all is well whatever happened."""
    assert tells_of_failures(system, release) is tells


def test_a_file_system_is_flushed_through_any_folder_in_it(tmp_path):
    """Where the call can be relied on it is made; elsewhere nobody is told that it was."""
    (tmp_path / "file").write_bytes(b"octets")
    folder = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        flushed = flush_file_system(folder)
    finally:
        os.close(folder)
    assert flushed is tells_of_failures(sys.platform, os.uname().release)


@pytest.mark.skipif(
    not tells_of_failures(sys.platform, os.uname().release), reason="the system has no such call"
)
def test_a_flush_that_fails_says_so():
    """Here of a descriptor that is none: nothing was flushed, and nobody may believe it."""
    with pytest.raises(OSError) as caught:  # noqa: PT011  what matters is its number
        flush_file_system(-1)
    assert caught.value.errno == errno.EBADF
