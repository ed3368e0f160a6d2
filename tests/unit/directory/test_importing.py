"""Lists as they really are: what is mended is told, and the second time nothing is new."""

from __future__ import annotations

import json
from datetime import date

import pytest
from agency_trees import entries, four_tiers, trees
from hypothesis import given
from hypothesis import strategies as st

from docexchange.directory import Directory, shipped_directory, write_csv, write_toml
from docexchange.directory.importing import import_file, import_list
from docexchange.directory.importing.cleaning import clean_code, clean_name
from docexchange.errors import InputNotFound, LimitExceeded, MalformedDirectory
from docexchange.identifiers import OrganId

ROOT = OrganId("000.00.00.G22")
HEAD = "code,name\n000.00.00.G22,Văn phòng Chính phủ\n000.00.00.H53,UBND tỉnh Tây Ninh\n"


def imported(rows, *, head=HEAD, **options):
    """What comes of a list that begins with the root and a province."""
    return import_list((head + rows).encode(), **options)


def told(done):
    """The repairs, without what every list without superiors and tiers has."""
    expected = {"import.tiers-from-names", "import.attached-to-root"}
    return [repair for repair in done.repairs if repair.code not in expected]


@pytest.mark.parametrize(
    ("raw", "clean", "codes"),
    [
        ("UBND huyện\u200b Bến Cầu", "UBND huyện Bến Cầu", ["import.invisible-characters"]),
        ("UBND\u200bhuyện", "UBND huyện", ["import.invisible-characters"]),
        ("a\u202eb", "ab", ["import.invisible-characters"]),
        ("UBND\xa0tỉnh", "UBND tỉnh", ["import.odd-spaces"]),
        ("UBND tỉnh ", "UBND tỉnh", ["import.extra-spaces"]),
        ("UBND  tỉnh", "UBND tỉnh", ["import.extra-spaces"]),
        ("UBND ti\u0309nh", "UBND tỉnh", ["import.not-normalised"]),
        ("UBND tỉnh", "UBND tỉnh", []),
    ],
)
def test_names_are_cleaned_of_what_nobody_sees(raw, clean, codes):
    """Each kind of dirt by its own code."""
    assert clean_name(raw) == (clean, codes)


@given(st.text())
def test_a_clean_name_can_be_shown_and_stays_as_it_is(raw):
    """Whatever text comes in, and cleaning it again changes nothing."""
    clean, _ = clean_name(raw)
    assert clean == "" or clean.isprintable()
    assert clean_name(clean) == (clean, [])


@pytest.mark.parametrize(
    ("raw", "clean", "codes"),
    [
        ("000.00.31.H53", "000.00.31.H53", []),
        ("H53.31", "H53.31", []),
        (
            "000.00.31.\u200bH53 ",
            "000.00.31.H53",
            ["import.invisible-characters", "import.extra-spaces"],
        ),
        ("000.00. 31.H53", "000.00.31.H53", ["import.extra-spaces"]),
        ("000.00.31.h53", "000.00.31.H53", ["import.letter-case"]),
        ("000.1137.H53", "000.11.37.H53", ["import.malformed-code"]),
        ("000,00,31,H53", "000.00.31.H53", ["import.malformed-code"]),
        ("31.H53", "000.00.31.H53", ["import.short-code"]),
        ("vxp.saas.03", "vxp.saas.03", ["import.odd-code"]),
    ],
)
def test_codes_are_brought_to_their_form(raw, clean, codes):
    """What cannot be brought there stays as it is."""
    assert clean_code(raw) == (clean, codes)


@given(st.text(max_size=40))
def test_a_clean_code_stays_as_it_is(raw):
    """Whatever text comes in; only that a code is odd is said again."""
    clean, _ = clean_code(raw)
    again, codes = clean_code(clean)
    assert again == clean
    assert set(codes) <= {"import.odd-code"}


def test_every_repair_tells_its_place_and_what_was_made():
    """Line, column, what was found with its invisible characters, and the result."""
    done = imported("000.1137.H53,Phòng Y tế huyện\u200b Tân Châu\n")
    code, name, parent = told(done)
    assert str(code) == "[import.malformed-code] line 4, code: 000.1137.H53 -> 000.11.37.H53"
    assert (name.line, name.column) == (4, "name")
    assert "\\u200b" in name.found
    assert name.made == "Phòng Y tế huyện Tân Châu"
    assert (parent.code, parent.found, parent.made) == (
        "import.missing-parent",
        "H53.37",
        "000.00.00.H53",
    )


def test_of_two_rows_with_one_code_the_first_counts_and_the_other_is_told():
    """Once as the same agency again, once as another name; in either spelling of the code."""
    done = imported("000.00.01.H53,Văn phòng\nH53.01,Văn phòng\nH53.01,Phòng văn thư\n")
    assert [(repair.code, repair.line) for repair in told(done)] == [
        ("import.doubled-row", 5),
        ("import.two-names", 6),
    ]
    assert [entry.name for entry in done.entries][2:] == ["Văn phòng"]


def test_a_guessed_code_gives_way_to_an_agency_that_has_it():
    """Even where the guess comes first."""
    done = imported("000.1137.H53,Phòng Y tế\n000.11.37.H53,Phòng Nội vụ\n")
    assert (
        Directory(done.entries).find(OrganId("H53.37.11"), date(2025, 1, 1)).name == "Phòng Nội vụ"
    )
    assert "import.two-names" in {repair.code for repair in done.repairs}


def test_a_row_without_a_code_is_told_whole():
    """It cannot be kept, and nobody has to guess what it was."""
    (repair,) = told(imported(",Phòng không mã\n"))
    assert (repair.code, repair.line, repair.found, repair.made) == (
        "import.no-code",
        4,
        "Phòng không mã",
        "",
    )


def test_columns_and_cells_that_are_not_kept_are_named():
    """By the name that the list gives them."""
    text = "Mã định danh;Tên đơn vị;Số fax\nG22;Văn phòng Chính phủ;1;2\n"
    done = import_list(text.encode())
    assert [(repair.code, repair.found) for repair in told(done)] == [
        ("import.unknown-column", "Số fax"),
        ("import.surplus-cells", "2"),
    ]


@pytest.mark.parametrize(
    ("encoding", "told_of"),
    [("utf-8", []), ("utf-8-sig", []), ("utf-16", ["UTF-16"]), ("cp1258", ["windows-1258"])],
)
def test_a_list_may_come_in_the_encodings_of_office_programs(encoding, told_of):
    """Names are the same in all of them, composed; the encoding is told."""
    import unicodedata

    text = "code,name\nH53,UBND tỉnh Tây Ninh\n"
    if encoding == "cp1258":
        # windows-1258 has tone marks of their own, behind their letters.
        marks = {"ỉ": "i\u0309"}
        text = "".join(marks.get(character, character) for character in text)
    done = import_list(text.encode(encoding))
    assert done.entries[0].name == unicodedata.normalize("NFC", "UBND tỉnh Tây Ninh")
    assert [r.found for r in done.repairs if r.code == "import.encoding"] == told_of


def test_tiers_come_from_names_and_superiors_and_not_from_codes():
    """A district and a department have codes alike; a word inside a name means nothing."""
    done = imported(
        "000.00.31.H53,UBND huyện Bến Cầu\n"
        "000.00.13.H53,Sở Nội vụ\n"
        "000.21.31.H53,UBND Xã An Thạnh huyện Bến Cầu\n"
        "000.04.31.H53,Phòng Lao động Thương binh và UBND Xã hội huyện Bến Cầu\n"
        "000.00.30.H53,UBND Thành phố Tây Ninh\n"
        "000.00.80.G22,Cục Kiểm soát thủ tục\n"
    )
    assert [entry.tier for entry in done.entries] == [1, 2, 3, 2, 4, 3, 3, 1]
    (told_of,) = (repair for repair in done.repairs if repair.code == "import.tiers-from-names")
    assert (told_of.found, told_of.made) == ("8", "1: 2, 2: 2, 3: 3, 4: 1")


def test_what_the_list_gives_is_taken():
    """Tier, superior, old codes and endpoint, also where they are dirty."""
    head = "code,name,cấp,pcode,oldCode,endpoint\nG22,VPCP,1,,,\n"
    done = imported(
        "H53,UBND tỉnh,2,g22,000.00.99.H53 ?,folder:m\nH54,UBND tỉnh,hai,X99,,\n", head=head
    )
    assert done.entries[1].aliases == (OrganId("000.00.99.H53"),)
    assert (done.entries[1].parent, done.entries[1].endpoint) == (OrganId("G22"), "folder:m")
    assert [(repair.line, repair.code, repair.found) for repair in told(done)] == [
        (3, "import.letter-case", "g22"),
        (3, "import.no-code", "?"),
        (4, "import.tier", "hai"),
        (4, "import.missing-parent", "X99"),
    ]


def test_the_root_that_is_named_is_made():
    """With its name, where it is well known."""
    done = imported("H53,UBND tỉnh A\nH54,UBND tỉnh B\n", head="code,name\n", root=ROOT)
    assert Directory(done.entries).find(ROOT, date(2025, 1, 1)).name == "Văn phòng Chính phủ"
    assert [repair.code for repair in told(done)] == ["import.made-root"]
    with pytest.raises(MalformedDirectory) as caught:
        imported("H53,UBND tỉnh A\nH54,UBND tỉnh B\n", head="code,name\n")
    assert caught.value.code == "directory.no-root"


AXIS = [
    {"id": 1, "pid": "0", "code": "G22", "name": "Văn phòng Chính phủ", "mail": "a@b"},
    {"id": 2, "pid": 1, "code": "H53", "name": "UBND tỉnh", "code102": "000.00.00.H53"},
    {"id": 3, "pid": 2, "code": "H53.31", "name": "UBND huyện", "oldCode": "000.00.99.H53"},
    {"id": 4, "pid": 9, "code": "H53.32", "name": "Sở", "deleted": "false"},
    {"id": 5, "pid": 1, "code": "H54", "name": "Cũ", "deleted": True},
]


@pytest.mark.parametrize("answer", [AXIS, {"status": "OK", "ErrorCode": "0", "data": AXIS}])
def test_the_agency_list_of_the_axis_is_read(answer):
    """Superiors by the id of their record, both codes, and what is deleted is told."""
    done = import_list(json.dumps(answer).encode(), kind=".json")
    directory, at = Directory(done.entries), date(2025, 1, 1)
    assert [str(e.organ_id) for e in directory.path_to_root(OrganId("H53.31"), at)] == [
        "H53.31",
        "H53",
        "G22",
    ]
    assert directory.find(OrganId("000.00.99.H53"), at).name == "UBND huyện"
    assert [(repair.line, repair.code, repair.found) for repair in told(done)] == [
        (0, "import.unknown-column", "mail"),
        (4, "import.unknown-pid", "pid 9"),
        (5, "import.deleted", "H54 Cũ"),
    ]


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        (".json", b"[", "directory.axis-list"),
        (".json", b"[" * 100_000, "directory.axis-list"),
        (".json", b"[]", "directory.axis-list"),
        (".json", b'{"data": [1]}', "directory.axis-list"),
        (".json", b'{"status": "FAIL", "ErrorDesc": "x", "data": []}', "directory.axis-list"),
        (".toml", b"agency = 1", "directory.axis-list"),
        (".toml", b"[[agency]", "directory.syntax"),
        (".csv", b"", "directory.fields"),
        (".csv", b"ten,ma so\n", "directory.fields"),
        (".csv", b"code,name\n", "directory.empty"),
        (".csv", b'code,name\n"a', "directory.syntax"),
        (".csv", b"\xff\xfe\x00", "directory.encoding"),
        (".txt", b"code,name\nH53,x", "directory.suffix"),
    ],
)
def test_what_is_no_list_is_refused(kind, content, code):
    """With a code, and never by a fault of ours."""
    with pytest.raises(MalformedDirectory) as caught:
        import_list(content, kind=kind)
    assert caught.value.code == code


@given(st.binary(max_size=200), st.sampled_from([".csv", ".json", ".toml"]))
def test_any_bytes_become_a_directory_or_are_refused(content, kind):
    """Nothing else happens, however damaged the list is."""
    try:
        done = import_list(content, kind=kind)
    except MalformedDirectory:
        return
    assert done.entries


@given(
    rows=st.lists(
        st.tuples(
            st.from_regex(
                r"(000\.0[0-3]\.0[0-3]|H0[0-3]|0[0-3]|[a-z]{0,3})[. ]?H0[0-3]", fullmatch=True
            ),
            st.text("ab \u200b\xa0", max_size=6),
        ),
        max_size=12,
    )
)
def test_every_row_is_in_the_directory_or_told(rows):
    """No row goes missing without a line that says so."""
    lines = "".join(f"{code},{name}\n" for code, name in rows)
    done = imported(lines, root=ROOT)
    gone = {"import.no-code", "import.doubled-row", "import.two-names"}
    assert done.rows == len(done.added) + sum(
        repair.code in gone and repair.column != "parent" for repair in done.repairs
    )
    Directory(done.entries)


@given(tree=trees())
def test_the_same_list_twice_changes_nothing(tree):
    """Whatever the tree, in all forms, and with or without a date."""
    for kind, text in ((".csv", write_csv(tree)), (".toml", write_toml(tree))):
        first = import_list(text.encode(), kind=kind)
        assert set(first.entries) == set(tree)
        assert told(first) == []
        for on in (None, date(2026, 1, 1)):
            again = import_list(text.encode(), kind=kind, into=first.entries, on=on)
            assert again.entries == first.entries
            assert (again.added, again.changed, again.unchanged) == ((), (), len(tree))


def test_what_comes_with_the_library_survives_being_written_and_imported():
    """History, aliases and successors included."""
    done = import_list(write_csv(shipped_directory()).encode())
    assert done.entries == tuple(shipped_directory())
    again = import_list(write_csv(shipped_directory()).encode(), into=done.entries)
    assert (again.entries, again.repairs) == (done.entries, ())


def test_what_the_list_does_not_speak_of_stays():
    """Endpoint, certificates and the other agencies, while the name changes."""
    from dataclasses import replace

    before = [
        replace(entry, endpoint="folder:m", certificates=("ab" * 32,)) for entry in four_tiers()
    ]
    done = imported("000.00.31.H53,UBND huyện mới\n", into=before)
    after = {str(entry.organ_id): entry for entry in done.entries}
    assert after["000.00.31.H53"] == replace(before[2], name="UBND huyện mới")
    assert done.changed == (OrganId("000.00.31.H53"),)
    assert [entry for entry in done.entries if entry not in before] == [after["000.00.31.H53"]]


def test_with_a_date_the_old_name_ends_the_day_before():
    """And new agencies begin on it."""
    on = date(2026, 1, 1)
    done = imported("H53.31,UBND huyện mới\nH53.33,Sở mới\n", into=four_tiers(), on=on)
    directory = Directory(done.entries)
    names = [directory.find(OrganId("H53.31"), day).name for day in (date(2025, 12, 31), on)]
    assert names == ["UBND huyện Bến Cầu", "UBND huyện mới"]
    assert directory.find(OrganId("H53.33"), date(2025, 12, 31)) is None
    assert directory.find(OrganId("H53.33"), on).name == "Sở mới"


def test_an_agency_that_is_closed_stays_closed_and_is_told():
    """A stale list does not bring a merged province back."""
    done = imported("H22,UBND tỉnh Hà Giang\n", into=shipped_directory())
    assert [entry for entry in done.entries if not entry.valid_on(date.max)] == [
        entry for entry in shipped_directory() if not entry.valid_on(date.max)
    ]
    assert "import.closed-agency" in {repair.code for repair in done.repairs}


def test_files_are_read_by_their_suffix_and_bounded(tmp_path):
    """As the other files of a directory are."""
    path = tmp_path / "list.CSV"
    path.write_text(HEAD, encoding="utf-8")
    assert len(import_file(path).entries) == 2
    with pytest.raises(LimitExceeded):
        import_file(path, max_bytes=5)
    with pytest.raises(InputNotFound):
        import_file(tmp_path / "none.csv")


@given(st.lists(entries(), min_size=1, max_size=3))
def test_entries_that_are_written_are_read_without_a_repair_of_their_text(listed):
    """What we write is clean."""
    done = import_list(write_csv(listed).encode(), root=listed[0].organ_id)
    codes = {repair.code for repair in done.repairs}
    assert not codes & {
        "import.unknown-column",
        "import.surplus-cells",
        "import.date",
        "import.tier",
    }
