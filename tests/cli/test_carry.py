"""``docexchange carry``: out with one disk, home with the next, told at both ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from network_help import COMMUNE, DISTRICT

if TYPE_CHECKING:
    from pathlib import Path

    from network_help import Cli, Network


@pytest.fixture
def parted(network: Network) -> Network:
    """A commune without a line: the district keeps its letters, and it keeps the district's."""
    path = network.folder / "pki" / "directory.toml"
    text = path.read_text(encoding="utf-8")
    for name in ("commune", "district"):
        text = text.replace(f'"folder:{name}/mailbox"', '"pull:"')
    path.write_text(text, encoding="utf-8")
    return network


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """An empty disk."""
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder


def test_a_letter_goes_out_and_its_receipt_comes_home(
    cli: Cli, parted: Network, disk: Path
) -> None:
    """Packed, unpacked, packed, unpacked: acknowledged and handed over."""
    letter = parted.letter(to=DISTRICT)
    assert cli("send", letter, "--node", parted["commune"]).code == 0
    parted.work("commune")
    ran = cli("carry", "pack", disk, "--to", DISTRICT, "--node", parted["commune"], "--json")
    packed = ran.answer("carry-pack")
    assert [item["kind"] for item in packed["parcels"]] == ["message"]
    ran = cli("carry", "unpack", disk, "--node", parted["district"], "--json")
    (found,) = ran.answer("carry-unpack")["shipments"]
    assert (ran.code, found["taken"], found["problems"]) == (0, 1, [])
    parted.work("district")
    assert cli("carry", "pack", disk, "--to", COMMUNE, "--node", parted["district"]).code == 0
    assert cli("carry", "unpack", disk, "--node", parted["commune"]).code == 0
    status = cli("status", "m-letter", "--node", parted["commune"], "--json").answer("status")
    assert [item["state"] for item in status["deliveries"]] == ["acknowledged"]
    assert (parted["district"] / "inbox" / "m-letter.edxml").is_file()


@pytest.mark.parametrize("language", ["en", "vi"])
def test_people_are_told_what_is_on_the_disk(
    cli: Cli, parted: Network, disk: Path, language: str
) -> None:
    """Parcels, problems, and when there is nothing."""

    def carry(*arguments: object) -> tuple[int, str]:
        ran = cli("--lang", language, "carry", *arguments)
        return ran.code, ran.out

    commune, district = ("--node", parted["commune"]), ("--node", parted["district"])
    words = {"en": "nothing waits", "vi": "không có gì chờ"}
    assert words[language] in carry("pack", disk, "--to", DISTRICT, *commune)[1]
    code, out = carry("unpack", disk, *district)
    assert (code, {"en": "nothing on it", "vi": "không có gì gửi"}[language] in out) == (3, True)
    cli("send", parted.letter(to=DISTRICT), *commune)
    parted.work("commune")
    code, out = carry("pack", disk, "--to", DISTRICT, *commune)
    assert {"en": "1 parcels packed", "vi": "1 gói đã đóng"}[language] in out
    (file,) = [path for path in disk.rglob("*") if len(path.name) == 64]
    file.write_bytes(b"")
    code, out = carry("unpack", disk, *district)
    assert code == 1
    assert {"en": "    ! message m-letter: ", "vi": "    ! thông điệp m-letter: "}[language] in out


def test_a_disk_that_is_not_there_is_said(cli: Cli, parted: Network, tmp_path: Path) -> None:
    """One line, exit code 5: trying again with the disk helps."""
    nowhere = tmp_path / "nowhere"
    ran = cli("carry", "unpack", nowhere, "--node", parted["commune"])
    ran.refused(5, "transport.folder-missing")
    told = cli("--lang", "vi", "carry", "unpack", nowhere, "--node", parted["commune"]).err
    assert "Kiểm tra ổ đĩa đã được gắn" in told


def test_that_a_neighbour_is_reached_by_line_is_said_and_what_to_do(
    cli: Cli, network: Network, disk: Path
) -> None:
    """Its letters are in no box: the endpoint that stands in their way is named."""
    cli("send", network.letter(to=DISTRICT), "--node", network["commune"])
    ran = cli("carry", "pack", disk, "--to", DISTRICT, "--node", network["commune"])
    ran.refused(2, "shipment.by-line")
    assert f"endpoint of {DISTRICT}" in ran.err
    assert "found folder:" in ran.err
    ran = cli("--lang", "vi", "carry", "pack", disk, "--to", DISTRICT, "--node", network["commune"])
    assert "Ghi pull: làm endpoint" in ran.err


def test_a_neighbour_that_nobody_knows_is_said(cli: Cli, network: Network, disk: Path) -> None:
    """A code with a mistake in it is not taken for one that nothing waits for."""
    ran = cli("carry", "pack", disk, "--to", "000.99.99.H53", "--node", network["commune"])
    ran.refused(2, "route.no-endpoint")
