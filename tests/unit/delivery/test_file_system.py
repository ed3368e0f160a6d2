"""Flushing all of a file system: where it is relied on, and what it says."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from docexchange.delivery._file_system import FileSystem, is_reliable, kind_of

MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
25 22 0:22 / /dev/shm rw,nosuid shared:3 master:1 - tmpfs tmpfs rw
31 22 8:17 /agency /srv/with\\040space rw - xfs /dev/sdb1 rw,attr2
40 22 0:51 / /mnt/- rw - fuse.mergerfs a:b rw
"""


@pytest.mark.parametrize(
    ("kind", "release", "reliable"),
    [
        ("ext4", "5.8.0", True),
        ("xfs", "6.1.0-18-amd64", True),
        ("ext4", "10.0-rc1", True),
        ("ext4", "5.7.19", False),
        ("xfs", "4.18.0-553.el8_10.x86_64", False),
        ("ext4", "unknown", False),
        ("fuse.mergerfs", "6.1.0", False),
        ("nfs4", "6.1.0", False),
        ("", "6.1.0", False),
    ],
)
def test_only_what_flushes_the_disk_and_tells_of_failures_is_relied_on(kind, release, reliable):
    """Older kernels say that all is well whatever happened; FUSE does not ask whom it hands to."""
    assert is_reliable(kind, release) is reliable


@pytest.mark.parametrize(
    ("major", "minor", "kind"),
    [(254, 0, "ext4"), (0, 22, "tmpfs"), (8, 17, "xfs"), (0, 51, "fuse.mergerfs"), (8, 1, "")],
)
def test_the_type_of_a_file_system_is_in_the_table_of_mounts(major, minor, kind):
    """Found by device, wherever it is mounted; one that is not there has no type."""
    assert kind_of(os.makedev(major, minor), MOUNTS) == kind


def test_a_file_system_is_flushed_or_said_not_to_be(tmp_path):
    """As its type and the kernel allow; nobody is told of a flush that was not made."""
    (tmp_path / "file").write_bytes(b"octets")
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    kind = kind_of(tmp_path.stat().st_dev, mounts)
    assert FileSystem(tmp_path).flush() is is_reliable(kind, os.uname().release)


def test_a_file_system_that_is_not_relied_on_is_not_flushed():
    """Where the table of mounts knows it as something else: here that of processes."""
    assert FileSystem(Path("/proc")).flush() is False


def test_a_flush_that_fails_says_so(tmp_path):
    """Here as if its folder were not open any more: nobody may believe that it was flushed."""
    file_system = FileSystem(tmp_path)
    if not file_system.flush():
        pytest.skip("files are flushed one by one here")
    file_system._descriptor = -1
    with pytest.raises(OSError) as caught:  # noqa: PT011  what matters is its number
        file_system.flush()
    assert caught.value.errno == errno.EBADF
