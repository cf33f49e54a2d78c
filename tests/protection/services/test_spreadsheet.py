from pathlib import Path

import pytest

from protection.services.spreadsheet import (
    Places,
    Row,
    UnreadableFile,
    note_duplicates,
    read_rows,
)

REQUIRED, KNOWN = ("code", "phone"), ("code", "phone", "name")


def read(path: Path, content: str | bytes) -> list[Row]:
    file = path / "people.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_rows(file, required=REQUIRED, known=KNOWN)


def refusal(path: Path, content: str | bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(path, content)
    return str(caught.value)


def cells(rows: list[Row]) -> list[dict[str, str]]:
    return [row.cells for row in rows]


ONE = [{"code": "P-1", "phone": "+520010000001", "name": "Tomás, «Tom»"}]


# --- Forms of a file ---------------------------------------------------------------
@pytest.mark.parametrize(
    "content",
    [
        'code,phone,name\nP-1,+520010000001,"Tomás, «Tom»"\n',
        'code;phone;name\nP-1;+520010000001;"Tomás, «Tom»"\n',
        "code;phone;name\r\nP-1;+520010000001;Tomás, «Tom»\r\n",
        '\ufeffcode,phone,name\nP-1,+520010000001,"Tomás, «Tom»"\n',
        '\ufeff"code";"phone";"name"\r\n"P-1";"+520010000001";"Tomás, «Tom»"',
        ' Code , PHONE ,name\n\n,,\nP-1,+520010000001,"Tomás, «Tom»"\n',
        'name,code,phone\n"Tomás, «Tom»",P-1,+520010000001\n',
    ],
    ids=[
        "comma",
        "semicolon",
        "semicolon and CRLF",
        "BOM",
        "BOM, quotes, no last line end",
        "capitals, spaces, empty lines",
        "another order",
    ],
)
def test_file_is_read_in_any_usual_form(tmp_path: Path, content: str):
    assert cells(read(tmp_path, content)) == ONE


def test_optional_column_may_be_left_out(tmp_path: Path):
    rows = read(tmp_path, "code,phone\nP-1,1\n")

    assert [row.text("name") for row in rows] == [""]


def test_rows_know_their_lines(tmp_path: Path):
    rows = read(tmp_path, "code,phone\nP-1,1\n\nP-2,2\n")

    assert [row.line for row in rows] == [2, 4]


# --- Files that cannot be read -----------------------------------------------------
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "The file is empty. Its first line names the columns."),
        ("\n\n", "The file is empty. Its first line names the columns."),
        ("code,name\nP-1,Ana\n", "Missing column: phone."),
        ("name\nAna\n", "Missing column: code, phone."),
        (
            "code,phone,Elena Rivas\n",
            "Unknown column in place 3 of the header."
            " The columns are: code, phone, name.",
        ),
        ("code,phone,code\n", "A column is named twice in the header."),
        (
            "code,phone,name\nP-1,1,Ana\nP-2,2,Tomás\n".encode("latin-1"),
            "The file is not in UTF-8 (line 3). Save it again as 'CSV UTF-8';"
            " nothing was imported.",
        ),
        (
            "code,phone\nP-1,1\n".encode("utf-16"),
            "The file is not in UTF-8 (line 1). Save it again as 'CSV UTF-8';"
            " nothing was imported.",
        ),
        (
            "code,phone\nP-1,1\n".encode("utf-16-le"),
            "The file holds NUL characters: it is not a CSV file, or it was saved as"
            " UTF-16. Save it again as 'CSV UTF-8'; nothing was imported.",
        ),
        (
            'code,phone,name\nP-1,1,"Ana\nP-2,2,Eva\n',
            "Line 3 is not CSV (an unfinished quote?). Nothing was imported.",
        ),
        (
            'code,phone,name\nP-1,1,"Ana" Eva\n',
            "Line 2 is not CSV (an unfinished quote?). Nothing was imported.",
        ),
    ],
    ids=[
        "empty",
        "blank",
        "missing column",
        "missing columns",
        "unknown column",
        "column twice",
        "latin-1",
        "UTF-16",
        "UTF-16 without BOM",
        "unfinished quote",
        "text after a quote",
    ],
)
def test_unreadable_file_is_refused_with_what_to_do(
    tmp_path: Path, content: str | bytes, sentence: str
):
    assert refusal(tmp_path, content) == sentence


def test_missing_file_is_refused(tmp_path: Path):
    with pytest.raises(UnreadableFile) as caught:
        read_rows(tmp_path / "no.csv", required=REQUIRED, known=KNOWN)

    assert str(caught.value) == (
        "The file cannot be opened (No such file or directory). Check its path."
    )


# --- Rows --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "count"), [("P-1,1", 2), ("P-1,1,Ana,Rivas", 4)], ids=["short", "long"]
)
def test_row_of_another_length_is_named(tmp_path: Path, line: str, count: int):
    (row,) = read(tmp_path, f"code,phone,name\n{line}\n")

    assert [str(problem) for problem in row.problems] == [
        f"line 2, column (row): {count} cells where the header has 3;"
        " put text that holds the separator in quotes"
    ]


def test_duplicate_code_is_named_with_the_line_of_the_first(tmp_path: Path):
    rows = read(tmp_path, "code,phone\nP-1,1\nP-2,2\n P-1 ,3\n")

    note_duplicates(rows)

    assert [str(p) for row in rows for p in row.problems] == [
        "line 4, column code: the same code as line 2; one row per code"
    ]


def problems(read_cell, cell: str) -> list[str]:
    row = Row(2, {"x": cell})
    read_cell(row)
    return [problem.problem for problem in row.problems]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("P-1", []),
        ("a.b_c-9", []),
        ("9", []),
        ("A" * 40, []),
        ("", ["empty; every row needs a code"]),
        ("   ", ["empty; every row needs a code"]),
    ],
)
def test_code_is_read(cell: str, found: list[str]):
    assert problems(lambda row: row.code("x"), cell) == found


@pytest.mark.parametrize("cell", ["-1", "Ñ-1", "P 1", "P/1", "Elena Rivas", "a@b"])
def test_bad_code_is_named_without_quoting_it(cell: str):
    assert problems(lambda row: row.code("x"), cell) == [
        "not a code; use 1 to 40 letters, digits, dots, hyphens or underscores"
    ]


def test_long_and_broken_texts_are_named():
    assert problems(lambda row: row.text("x", longest=5), "seis\tseis") == [
        "longer than 5 characters; shorten it",
        "holds a control character; retype the cell",
    ]


@pytest.mark.parametrize(
    ("cell", "value", "found"),
    [
        ("sms", "sms", []),
        (" SMS ", "sms", []),
        ("", "default", []),
        ("paloma", "default", ["not one of: sms, whatsapp"]),
    ],
)
def test_choice_is_read(cell: str, value: str, found: list[str]):
    row = Row(2, {"x": cell})

    read = row.choice("x", ["sms", "whatsapp"], default="default")

    assert (read, [p.problem for p in row.problems]) == (value, found)


@pytest.mark.parametrize(
    ("cell", "values"),
    [("", []), ("a", ["a"]), ("a;b", ["a", "b"]), (" b ; a ;; b", ["b", "a"])],
)
def test_list_is_read_once_each_and_in_order(cell: str, values: list[str]):
    assert Row(2, {"x": cell}).choices("x", ["a", "b"]) == values


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("", "empty; a number in the form +52 and ten digits"),
        (
            "15005550006",
            "eleven digits that begin with 1 and have no country code;"
            " write the country code, in Mexico +52 and ten digits",
        ),
        (
            "5.2001E+11",
            "letters or signs that no number has;"
            " write the country code, in Mexico +52 and ten digits",
        ),
        (
            "+5200100000",
            "too few or too many digits;"
            " write the country code, in Mexico +52 and ten digits",
        ),
        (
            "+520010000001",
            "a number of the demonstration range;"
            " write the country code, in Mexico +52 and ten digits",
        ),
    ],
    ids=["empty", "ambiguous", "scientific", "short", "fictional"],
)
def test_bad_number_is_named_by_kind(cell: str, kind: str):
    def read_phone(row: Row) -> None:
        row.phone("x", allow_fictional=False, required=True)

    assert problems(read_phone, cell) == [kind]


# --- Places ------------------------------------------------------------------------
PLACES = Places(frozenset({"30", "09"}), frozenset({"30087", "09015"}))


@pytest.mark.parametrize(
    ("state", "municipality", "read", "found"),
    [
        ("30", "30087", ("30", "30087"), []),
        ("30", "", ("30", None), []),
        ("", "30087", ("30", "30087"), []),
        ("", "", (None, None), []),
        (
            "9",
            "",
            (None, None),
            ["not an INEGI code of 2 digits, such as 09"],
        ),
        (
            "",
            "9015",
            (None, None),
            ["not an INEGI code of 5 digits, such as 09015"],
        ),
        ("09", "30087", ("09", "30087"), ["lies in another state than the row says"]),
    ],
    ids=[
        "both",
        "state",
        "municipality implies the state",
        "neither",
        "state without its zero",
        "municipality without its zero",
        "they disagree",
    ],
)
def test_places_are_read(state, municipality, read, found):
    row = Row(2, {"state": state, "municipality": municipality})

    assert (PLACES.read(row), [p.problem for p in row.problems]) == (read, found)
