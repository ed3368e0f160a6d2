"""What a folder holds besides files."""

from __future__ import annotations

import os

from docexchange._special import is_special


def test_only_files_are_found_in_folders(tmp_path):
    """Pipes, devices and folders are special, by their links too; what cannot be seen is not."""
    (tmp_path / "letter").write_bytes(b"<a/>")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "endless").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("letter")
    (tmp_path / "gone").symlink_to("nowhere")
    found = {path.name for path in tmp_path.iterdir() if is_special(path)}
    assert found == {"pipe", "endless", "folder"}
