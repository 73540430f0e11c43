"""Rows of cells under a header to columns of text; a row that is not whole is refused by its number."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from framing.errors import TableError
from framing.formats.damage import Damage

if TYPE_CHECKING:
    import pyarrow as pa

MOST_COLUMNS = 10_000
#: Rows that become columns together.
_TOGETHER = 4096
_LONGEST_CELL = (1 << 31) - 1
#: Stands after a file's last line: a cell that is still open there swallows it.
_END = "\0\0end"
_MARKER = re.compile(r"'?(<{7}|={7}|>{7}|\|{7})(?: |$)")
#: What a first cell begins with that may be a marker of git, or a second file's byte order mark.
_ODD = frozenset("<=>|'\ufeff")
#: Bytes that are no UTF-8, as Python reads them.
_BYTES = re.compile("[\ud800-\udfff]")
_ROW_NUMBER = re.compile(r"\d+", re.ASCII)
_OTHER_FILES = {
    b"\x1f\x8b": "a gzip file",
    b"PK\x03\x04": "a zip or Excel file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"SQLite format 3\0": "an SQLite database",
}
CONFLICT = (
    "git joined two versions and left both in: keep the rows of both, take out the lines that begin with "
    "<<<<<<<, |||||||, ======= and >>>>>>>, and framing pull puts them in order; or take one version: "
    "git checkout --ours FILE (or --theirs)"
)
_CUT = "take the file as it was before (git, a backup); framing pull fetches a round's answers again"
_WIDE = "put double quotes around a cell that holds the separator or a line end"
_UTF8 = "save it as UTF-8: in Excel “CSV UTF-8”, in LibreOffice the character set “Unicode (UTF-8)”"


def read_delimited(path: Path, usual: str) -> "tuple[pa.Table, list[int]]":
    """Read a table whose rows are lines of cells.

    Parameters
    ----------
    path : Path
        In UTF-8, or in UTF-16 with a byte order mark.
    usual : str
        What separates its cells if the header does not show it.

    Returns
    -------
    Table
        All cells text.
    list of int
        The number of each row; the header is row 1, lines without cells count.

    Raises
    ------
    TableError
        If its rows are not those of one table under one header, or it is not UTF-8.
    """
    with path.open("rb") as stream:
        head = stream.read(16)
    for magic, kind in _OTHER_FILES.items():
        if head.startswith(magic):
            raise TableError(
                f"{path}: found {kind}, expected {path.suffix}", hint="unpack it, or save it as CSV"
            )
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    if len(head) > 1 and not (any(head[::2]) and any(head[1::2])):
        raise TableError(f"{path}: found every other byte NUL, expected UTF-8", hint=_UTF8)
    try:
        with path.open(encoding=encoding, newline="") as lines:
            separator = separator_of(next(filter(str.strip, lines), ""), usual)
        with path.open(encoding=encoding, newline="") as lines:
            return table_of(_records(lines, separator, path), str(path))
    except UnicodeDecodeError as error:
        if encoding != "utf-16":
            _refuse_bytes(path, usual)
        raise TableError(f"{path}: found bytes that are no text: {error}", hint=_UTF8) from error


def separator_of(header: str, usual: str) -> str:
    """Tell what separates the columns, from a table's first line; many spreadsheets write semicolons.

    Examples
    --------
    >>> separator_of("text;label", ","), separator_of("text", ",")
    (';', ',')
    """
    line = header[: 1 << 16].splitlines()[:1]
    found = {mark: len(next(csv.reader(line, delimiter=mark), [])) for mark in (usual, ";", "\t", ",")}
    return usual if found[usual] > 1 else max(found, key=found.__getitem__)


def table_of(rows: Iterable[tuple[int, Sequence[str]]], where: str) -> "tuple[pa.Table, list[int]]":
    """Put rows into columns; those without any cell are left out.

    Parameters
    ----------
    rows : iterable of (int, sequence of str)
        Each with its number, the header first.
    where : str
        The file's name, for messages.

    Raises
    ------
    TableError
        If the header lacks or repeats a name, or rows are longer or shorter than it, repeat it, or
        are git's marks of a conflict.
    """
    rest = iter(rows)
    header = next((_Header(row, where, number) for number, row in rest if any(map(str.strip, row))), None)
    if header is None:
        raise TableError(f"{where}: the file holds no cells", hint="make it again, or leave it out")
    width, first = header.width, header.names[0]
    damage = Damage(where, "row")
    parts: list[list[pa.Array]] = [[] for _ in range(width)]
    numbers: list[int] = []
    held: list[Sequence[str]] = []
    for number, row in rest:
        if not row or (not row[0].strip() and max(width, len(row)) > 1 and not any(map(str.strip, row))):
            continue
        if len(row) != width or row[0][:1] in _ODD or row[0] == first:
            fault = header.fault_of(row)
            if fault:
                damage.add(number, "", *fault)
                continue
        held.append(row[:width])
        numbers.append(number)
        if len(held) == _TOGETHER:
            _move(held, parts)
    _move(held, parts)
    damage.refuse()
    return header.table(parts, numbers), numbers


def refuse_markers(lines: Iterable[tuple[int, str]], where: str) -> None:
    """Raise for lines that are git's marks of a conflict, in a file whose rows are JSON.

    Raises
    ------
    TableError
    """
    damage = Damage(where, "row")
    for number, line in lines:
        if line[:1] in _ODD and _MARKER.match(line.rstrip()):
            damage.add(number, "", _conflict(line), CONFLICT)
    damage.refuse()


def _move(held: list[Sequence[str]], parts: "list[list[pa.Array]]") -> None:
    import pyarrow as pa

    for part, cells in zip(parts, zip(*held, strict=True), strict=bool(held)):
        part.append(pa.array(cells, type=pa.large_string()))
    held.clear()


class _Header:
    """The names of the columns, and what rows must be under them."""

    def __init__(self, cells: Sequence[str], where: str, number: int) -> None:
        self.names = [cell.strip() for cell in cells]
        self.where, self.width = where, len(cells)
        if self.width > MOST_COLUMNS:
            raise ValueError(f"found {self.width:,} columns, expected at most {MOST_COLUMNS:,}")
        if _MARKER.match(cells[0]) and not any(cells[1:]):
            raise TableError(f"{where}: row {number}: {_conflict(cells[0])}", hint=CONFLICT)
        twice = sorted({name for name in self.names if name and self.names.count(name) > 1})
        if twice:
            named = ", ".join(map(repr, twice[:3]))
            raise TableError(
                f"{where}: the header names {named} twice, expected each column once",
                hint="take out the column that was added; if the first row is no header, put one above it",
            )

    def fault_of(self, row: Sequence[str]) -> tuple[str, str] | None:
        """What is wrong with a row and what can be done; None if it is one."""
        if self.width == len(row) == 1:
            return None
        if _MARKER.match(row[0]) and not any(row[1:]):
            return _conflict(row[0]), CONFLICT
        if [cell.strip("\ufeff ") for cell in row] == self.names:
            return "found the header again, expected it once", (
                "two files stand here one after the other: take out this line, or name both files"
            )
        if row[-1].endswith(_END):
            return "the file ends within a cell in double quotes", _CUT
        if len(row) < self.width:
            return f"found {len(row)} cells, expected {self.width} as in the header", _CUT
        if any(row[self.width :]):
            return f"found {len(row)} cells, expected {self.width} as in the header", _WIDE
        return None

    def table(self, parts: "list[list[pa.Array]]", numbers: Sequence[int]) -> "pa.Table":
        """The columns that have a name; others must be empty, or number the rows."""
        import pyarrow as pa

        columns = [pa.chunked_array(part, type=pa.large_string()) for part in parts]
        damage = Damage(self.where)
        for place, (name, column) in enumerate(zip(self.names, columns, strict=True)):
            cells = [] if name else column.to_pylist()
            if place == 0 and all(map(_ROW_NUMBER.fullmatch, cells)):
                continue  # as pandas and R write them
            for number, cell in zip(numbers, cells, strict=False):
                if cell.strip():
                    damage.add(
                        number,
                        f"{place + 1}",
                        f"found {cell[:40]!r} in a column without a name",
                        "give the column its name back in the first row, or empty it",
                    )
        damage.refuse()
        named = {name: column for name, column in zip(self.names, columns, strict=True) if name}
        return pa.table({name: column.combine_chunks() for name, column in named.items()})


def _conflict(cell: str) -> str:
    return f"found git's conflict marker {cell[:60]!r}, expected a row"


def _records(lines: Iterable[str], separator: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LONGEST_CELL)
    number = 0
    for number, row in enumerate(csv.reader(chain(lines, [_END]), delimiter=separator), 1):
        if row == [_END]:
            return
        yield number, row
    raise TableError(f"{path}: row {number}: the file ends within a cell in double quotes", hint=_CUT)


def _refuse_bytes(path: Path, usual: str) -> None:
    """Raise for the cells that are no UTF-8."""
    damage = Damage(str(path))
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        first = lines.readline()
        names: list[str] = []
        for number, row in enumerate(
            csv.reader(chain([first], lines), delimiter=separator_of(first, usual)), 1
        ):
            names = names or row
            for place, cell in enumerate(row):
                if _BYTES.search(cell):
                    name = names[place] if place < len(names) else str(place + 1)
                    shown = cell.encode("utf-8", "surrogateescape")[:40]
                    damage.add(number, name, f"found {shown!r}, expected UTF-8", _UTF8)
    damage.refuse()
