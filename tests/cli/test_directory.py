"""``docexchange directory``: lists come in, and agencies are checked, shown, drawn and compared."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from agency_trees import agency, four_tiers

from docexchange.cli._directory_words import REPAIRS
from docexchange.directory import read_directory, read_entries, shipped_directory, write_toml

if TYPE_CHECKING:
    from pathlib import Path

    from network_help import Cli, Network

LIST = (
    "code,name,fax\n"
    "000.00.00.G22,Văn phòng Chính phủ,1\n"
    "000.00.00.H53,UBND tỉnh\u200b Tây Ninh,\n"
    "000.0131.H53,Phòng Nội vụ,\n"
    "000.00.00.H53,UBND tỉnh TN,\n"
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a list in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    return tmp_path


@pytest.fixture
def directory(here: Path) -> Path:
    """A directory of four tiers in the current folder."""
    path = here / "directory.toml"
    path.write_text(write_toml(four_tiers()), encoding="utf-8")
    return path


def test_a_list_becomes_the_directory_of_the_current_folder(cli: Cli, here: Path) -> None:
    """Every repair is a line with its place and code; the file can be read."""
    ran = cli("directory", "import", "list.csv")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "tiers told by names (tier): 3 → 1: 1, 2: 2 [import.tiers-from-names]",
        "line 1: column not kept (fax): fax → left out [import.unknown-column]",
        (
            "line 3: invisible characters (name): UBND tỉnh\\u200b Tây Ninh → "
            "UBND tỉnh Tây Ninh [import.invisible-characters]"
        ),
        (
            "line 3: no superior, put below the root (parent): 000.00.00.H53 UBND tỉnh Tây Ninh → "
            "000.00.00.G22 [import.attached-to-root]"
        ),
        "line 4: malformed code (code): 000.0131.H53 → 000.01.31.H53 [import.malformed-code]",
        "line 4: superior not in the list (parent): H53.31 → 000.00.00.H53 [import.missing-parent]",
        (
            "line 5: another name for the same code (name): 000.00.00.H53 UBND tỉnh TN → "
            "000.00.00.H53 UBND tỉnh Tây Ninh (line 3) [import.two-names]"
        ),
        "rows: 4, added: 3, changed: 0, unchanged: 0, repairs: 7",
        "directory.toml: written",
    ]
    assert len(read_directory(here / "directory.toml")) == 3


def test_a_dry_run_writes_nothing(cli: Cli, here: Path) -> None:
    """It answers as the real one would."""
    answer = cli("directory", "import", "list.csv", "--dry-run", "--json").answer(
        "directory-import"
    )
    assert (answer["written"], len(answer["added"]), answer["entries"]) == (False, 3, 3)
    assert not (here / "directory.toml").exists()


def test_the_second_import_leaves_the_file_alone(cli: Cli, here: Path) -> None:
    """Not a byte of it is written again."""
    cli("directory", "import", "list.csv")
    path = here / "directory.toml"
    path.write_text("# mine\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    answer = cli("directory", "import", "list.csv", "--json").answer("directory-import")
    assert (answer["written"], answer["unchanged"]) == (False, 3)
    assert path.read_text(encoding="utf-8").startswith("# mine")


def test_a_row_that_comes_twice_is_told_in_vietnamese(cli: Cli, here: Path) -> None:
    """With the line of the first one."""
    (here / "twice.csv").write_text("code,name\nG22,a\nH01,b\nH01,b\n", encoding="utf-8")
    ran = cli("--lang", "vi", "directory", "import", "twice.csv", "--dry-run")
    assert "dòng 4: trùng cơ quan: " in ran.out
    assert "(dòng 3) [import.doubled-row]" in ran.out


def test_a_directory_in_csv_stays_one(cli: Cli, here: Path) -> None:
    """And a new name begins on the day that is given."""
    cli("directory", "import", "list.csv", "--directory", "d.csv")
    (here / "new.csv").write_text("code,name\nH53,UBND tỉnh mới\n", encoding="utf-8")
    ran = cli("directory", "import", "new.csv", "--directory", "d.csv", "--from", "2026-01-01")
    assert ran.code == 0
    names = [(entry.name, entry.validity) for entry in read_entries(here / "d.csv")]
    assert names[1:3] == [
        ("UBND tỉnh Tây Ninh", "until 2025-12-31"),
        ("UBND tỉnh mới", "since 2026-01-01"),
    ]


def test_contradictions_are_refused_and_nothing_is_written(cli: Cli, here: Path) -> None:
    """Two agencies above each other."""
    (here / "bad.csv").write_text(
        "code,name,tier,parent\nG22,a,1,\nH01,a,2,H02\nH02,b,2,H01\n", encoding="utf-8"
    )
    cli("directory", "import", "bad.csv").refused(4, "directory.cycle")
    assert not (here / "directory.toml").exists()


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_every_repair_has_words(lang: str) -> None:
    """Each code that the importer gives, in both languages."""
    import ast
    from pathlib import Path

    import docexchange.directory.importing as room

    texts = {
        node.value
        for path in Path(room.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    codes = {text for text in texts if text.startswith("import.") and " " not in text}
    assert codes == set(REPAIRS)
    assert all(words[lang == "vi"] for words in REPAIRS.values())


def test_a_tree_is_proved_and_counted(cli: Cli, directory: Path) -> None:
    """Root, levels and tiers of a day; exit code 0."""
    ran = cli("directory", "check", "--at", "2026-01-01")
    assert (ran.code, ran.out.splitlines()) == (
        0,
        [
            "directory.toml: a tree",
            "    on 2026-01-01: 7 agencies",
            "    root: 000.00.00.G22  Văn phòng Chính phủ",
            "    levels: 4",
            "    tiers: 1: 1, 2: 2, 3: 2, 4: 2",
        ],
    )
    answer = cli("directory", "check", "--json").answer("directory-check")
    assert (answer["tree"], answer["on_day"]["reached"], answer["findings"]) == (True, 7, [])
    assert directory.exists()


def test_what_is_no_tree_is_told_with_exit_code_1(cli: Cli, here: Path) -> None:
    """In both languages, each contradiction with what to do."""
    entries = [agency("A00"), agency("A01", "A09"), agency("B00")]
    (here / "directory.toml").write_text(write_toml(entries), encoding="utf-8")
    ran = cli("directory", "check")
    assert ran.code == 1
    assert "[directory.unknown-parent]" in ran.out
    assert ran.out.endswith("directory.toml: not a tree\n")
    answer = cli("directory", "check", "--json").answer("directory-check")
    assert (answer["tree"], answer["on_day"]) == (False, None)
    vietnamese = cli("--lang", "vi", "directory", "check").out
    assert "expected" not in vietnamese
    assert vietnamese.endswith("directory.toml: không phải một cây\n")


def test_nobody_in_force_is_no_tree(cli: Cli, here: Path) -> None:
    """On a day before the first agency."""
    entries = [agency("A00", valid_from=date(2026, 1, 1))]
    (here / "directory.toml").write_text(write_toml(entries), encoding="utf-8")
    assert cli("directory", "check", "--at", "2025-12-31").code == 1
    assert cli("directory", "check", "--at", "2026-01-01").code == 0


def test_tiers_are_compared_with_the_law_when_asked(cli: Cli, directory: Path) -> None:
    """Districts do not exist since July 2025; that hinders no letter."""
    found = cli("directory", "check", "--tiers", "vietnam", "--json").answer("directory-check")
    assert [finding["code"] for finding in found["findings"]] == ["directory.tier-not-in-force"] * 2
    assert found["tree"]
    assert (
        cli("directory", "check", "--tiers", "four", "--json").answer("directory-check")["findings"]
        == []
    )
    assert cli("directory", "check", "--shipped", "--tiers", "vietnam").code == 0
    assert directory.exists()


def test_an_agency_is_shown_with_its_history(cli: Cli) -> None:
    """What it took over, its codes and superiors."""
    ran = cli("directory", "show", "h60", "--shipped", "--at", "2025-07-01")
    assert ran.out.splitlines() == [
        "000.00.00.H60  UBND tỉnh Tuyên Quang",
        "    in force: 2025-07-01 – …",
        "    tier: 2",
        "    codes: 000.00.00.H60, H60, 000.00.00.H22",
        "    superior: 000.00.00.G22  Văn phòng Chính phủ",
        "    took over from: 000.00.00.H22  UBND tỉnh Hà Giang",
        "    history:",
        "        2025-07-01  changed  aliases",
    ]


def test_a_closed_agency_is_shown_with_its_successor(cli: Cli) -> None:
    """As it was last; in Vietnamese, too, and in JSON."""
    ran = cli("--lang", "vi", "directory", "show", "H22", "--shipped", "--at", "2025-07-01")
    assert "    kế thừa bởi: 000.00.00.H60  UBND tỉnh Tuyên Quang" in ran.out.splitlines()
    answer = cli("directory", "show", "G34", "--shipped", "--at", "2025-07-01", "--json").answer(
        "directory-show"
    )
    assert not answer["in_force"]
    assert [heir["code"] for heir in answer["successors"]] == ["000.00.00.G12", "000.00.00.G19"]
    assert [change["kind"] for change in answer["history"]] == ["closed"]


def test_ways_and_certificates_are_shown(cli: Cli, here: Path) -> None:
    """Where letters go, and who takes them in for whom."""
    entries = [
        agency("A00", endpoint="https://a", certificates=("ab" * 32,)),
        agency("A01", "A00", representative=agency("A00").organ_id),
    ]
    (here / "directory.toml").write_text(write_toml(entries), encoding="utf-8")
    shown = cli("directory", "show", "A00").out
    assert "    reached at: https://a\n" in shown
    assert f"    certificate: sha256:{'ab' * 32}\n" in shown
    assert "    below: 1 agencies\n" in shown
    assert "    served by: A00  Agency A00\n" in cli("directory", "show", "A01").out
    answer = cli("directory", "show", "A01", "--json").answer("directory-show")
    assert (answer["served_by"]["code"], answer["path"][0]["code"]) == ("A00", "A00")


def test_an_unknown_agency_is_refused(cli: Cli, directory: Path) -> None:
    """With exit code 2."""
    assert directory.exists()
    cli("directory", "show", "X99").refused(2, "directory.unknown-agency")
    cli("directory", "tree", "X99").refused(2, "directory.unknown-agency")
    cli("directory", "show", "H53", "--at", "yesterday").refused(2, "usage.day")
    cli("directory", "show", "H53", "--shipped", "--directory", "x").refused(2, "usage.directory")


def test_the_tree_is_drawn(cli: Cli, directory: Path) -> None:
    """From the root, down to a level, with how many are not shown."""
    assert cli("directory", "tree", "--depth", "2").out.splitlines() == [
        "000.00.00.G22  Văn phòng Chính phủ",
        "├── 000.00.00.H53  UBND tỉnh Tây Ninh",
        "│   └── 000.00.31.H53  UBND huyện Bến Cầu  (+2)",
        "└── 000.00.00.H17  UBND TP Đà Nẵng",
        "    └── 000.00.28.H17  UBND quận Hải Châu",
    ]
    answer = cli("directory", "tree", "H53", "--json").answer("directory-tree")
    (branch,) = answer["trees"]
    assert [len(branch["children"]), len(branch["children"][0]["children"])] == [1, 2]
    assert directory.exists()


def test_two_directories_are_compared(cli: Cli, here: Path, directory: Path) -> None:
    """What came, what went, what is different; exit code 1, and 0 where nothing is."""
    entries = list(four_tiers())[:-1]
    new = [
        *entries[:1],
        agency("H53", "000.00.00.G22", name="Mới"),
        *entries[2:],
        agency("H01", "H53"),
    ]
    (here / "new.toml").write_text(write_toml(new), encoding="utf-8")
    ran = cli("directory", "diff", directory, here / "new.toml")
    assert (ran.code, ran.out.splitlines()) == (
        1,
        [
            "+ H01  Agency H01",
            "- 000.00.28.H17  UBND quận Hải Châu",
            "~ H53  Mới",
            "    code: 000.00.00.H53 → H53",
            "    name: UBND tỉnh Tây Ninh → Mới",
        ],
    )
    answer = cli("directory", "diff", directory, here / "new.toml", "--json")
    assert [item["fields"] for item in answer.answer("directory-diff")["differences"]] == [
        [],
        [],
        ["code", "name"],
    ]
    same = cli("directory", "diff", directory, directory)
    assert (same.code, same.out) == (0, "no difference\n")


@pytest.mark.parametrize("form", ["toml", "csv", "json"])
def test_what_is_exported_can_be_imported(cli: Cli, here: Path, form: str) -> None:
    """The shipped list, with its history, through every form."""
    out = here / f"out.{form}"
    assert cli("directory", "export", "--shipped", "--format", form, "-o", out).code == 0
    assert cli("directory", "import", out).code == 0
    assert read_entries(here / "directory.toml") == tuple(shipped_directory())


def test_one_day_can_be_exported(cli: Cli) -> None:
    """34 provinces since July 2025."""
    ran = cli("directory", "export", "--shipped", "--at", "2025-07-01", "--format", "json")
    assert len([entry for entry in json.loads(ran.out) if entry["tier"] == 2]) == 34


def test_the_directory_is_that_of_the_node(
    cli: Cli, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the folder of a node, nothing has to be named."""
    monkeypatch.chdir(network["commune"])
    answer = cli("directory", "check", "--json").answer("directory-check")
    assert answer["on_day"]["roots"] == ["000.00.00.G22"]


def test_without_a_directory_it_is_told_how_to_make_one(cli: Cli) -> None:
    """One clear line, exit code 4."""
    ran = cli("directory", "check")
    assert (ran.code, ran.out) == (4, "")
    assert "docexchange directory import" in ran.err
