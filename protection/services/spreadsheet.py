"""Read a spreadsheet saved as CSV, and say of each bad row what would be right.

Messages name line, column and kind of problem, never a number or a name: they end up
in terminals, tickets and screenshots.
"""

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from protection.models import Municipality, State
from protection.models.base import CODE
from protection.rules.phones import BadPhone, canonical_number


class UnreadableFile(Exception):
    """The file as a whole cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    line: int
    column: str
    problem: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.problem}"


@dataclass(slots=True)
class Row:
    """One line of the file. Reading a bad value notes the problem and goes on."""

    line: int
    cells: dict[str, str]
    problems: list[RowProblem] = field(default_factory=list)

    def bad(self, column: str, problem: str) -> None:
        self.problems.append(RowProblem(self.line, column, problem))

    def text(self, column: str, *, longest: int = 120) -> str:
        value = self.cells.get(column, "").strip()
        if len(value) > longest:
            self.bad(column, f"longer than {longest} characters; shorten it")
        if any(ord(character) < 32 for character in value):
            self.bad(column, "holds a control character; retype the cell")
        return value

    def code(self, column: str) -> str:
        value = self.text(column, longest=40)
        if not value:
            self.bad(column, "empty; every row needs a code")
        elif not CODE.fullmatch(value):
            self.bad(
                column,
                "not a code; use 1 to 40 letters, digits, dots, hyphens or underscores",
            )
        return value

    def choice(self, column: str, allowed: Collection[str], *, default: str) -> str:
        value = self.text(column).lower()
        if not value:
            return default
        if value not in allowed:
            self.bad(column, f"not one of: {', '.join(allowed)}")
            return default
        return value

    def choices(self, column: str, allowed: Collection[str]) -> list[str]:
        values = self.items(column)
        if any(value not in allowed for value in values):
            self.bad(column, f"a list separated by ; of: {', '.join(allowed)}")
        return [value for value in values if value in allowed]

    def items(self, column: str) -> list[str]:
        listed = self.text(column, longest=400).split(";")
        return list(dict.fromkeys(item.strip() for item in listed if item.strip()))

    def phone(self, column: str, *, allow_fictional: bool, required: bool) -> str:
        value = self.text(column, longest=40)
        if not value:
            if required:
                self.bad(column, "empty; a number in the form +52 and ten digits")
            return ""
        try:
            return canonical_number(value, allow_fictional=allow_fictional)
        except BadPhone as error:
            self.bad(
                column,
                f"{error.problem.value}; write the country code,"
                " in Mexico +52 and ten digits",
            )
            return ""


def read_rows(
    path: Path, *, required: Collection[str], known: Collection[str]
) -> list[Row]:
    """Read a CSV file in UTF-8, with or without BOM, comma or semicolon.

    Raises:
        UnreadableFile: no such file, another encoding, no header, a column missing.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"The file cannot be opened ({error.strerror}). Check its path."
        ) from None
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UnreadableFile(
            f"The file is not in UTF-8 (line {line}). Save it again as"
            " 'CSV UTF-8'; nothing was imported."
        ) from None
    if "\0" in content:
        raise UnreadableFile(
            "The file holds NUL characters: it is not a CSV file, or it was saved as"
            " UTF-16. Save it again as 'CSV UTF-8'; nothing was imported."
        )
    return list(_rows(content, required=required, known=known))


def _rows(
    content: str, *, required: Collection[str], known: Collection[str]
) -> Iterator[Row]:
    first_line = content.split("\n", 1)[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.reader(io.StringIO(content), delimiter=delimiter, strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(header, required=required, known=known)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            row = Row(reader.line_num, dict(zip(header, cells, strict=False)))
            if len(cells) != len(header):
                row.bad(
                    "(row)",
                    f"{len(cells)} cells where the header has {len(header)};"
                    " put text that holds the separator in quotes",
                )
            yield row
    except csv.Error:
        raise UnreadableFile(
            f"Line {reader.line_num} is not CSV (an unfinished quote?)."
            " Nothing was imported."
        ) from None


def _check_header(
    header: list[str], *, required: Collection[str], known: Collection[str]
) -> None:
    if not any(header):
        raise UnreadableFile("The file is empty. Its first line names the columns.")
    if missing := [name for name in required if name not in header]:
        raise UnreadableFile(f"Missing column: {', '.join(missing)}.")
    if unknown := [name for name in header if name not in known]:
        raise UnreadableFile(
            f"Unknown column in place {header.index(unknown[0]) + 1} of the header."
            f" The columns are: {', '.join(known)}."
        )
    if len(set(header)) != len(header):
        raise UnreadableFile("A column is named twice in the header.")


def note_duplicates(rows: list[Row]) -> None:
    """Two rows with one code: neither can be trusted, both are named."""
    first: dict[str, int] = {}
    for row in rows:
        code = row.cells.get("code", "").strip()
        if code and code in first:
            row.bad("code", f"the same code as line {first[code]}; one row per code")
        first.setdefault(code, row.line)


@dataclass(slots=True)
class Places:
    """States and municipalities, read once for a whole file."""

    states: frozenset[str]
    municipalities: frozenset[str]

    @classmethod
    def load(cls) -> "Places":
        return cls(
            frozenset(State.objects.values_list("code", flat=True)),
            frozenset(Municipality.objects.values_list("code", flat=True)),
        )

    def read(self, row: Row) -> tuple[str | None, str | None]:
        """State and municipality codes of a row; each implies or checks the other."""
        state = row.text("state", longest=40)
        municipality = row.text("municipality", longest=40)
        if municipality and municipality not in self.municipalities:
            row.bad("municipality", "not an INEGI code of 5 digits, such as 09015")
            municipality = ""
        if state and state not in self.states:
            row.bad("state", "not an INEGI code of 2 digits, such as 09")
            state = ""
        if municipality and state and municipality[:2] != state:
            row.bad("municipality", "lies in another state than the row says")
        return (state or municipality[:2] or None), (municipality or None)
