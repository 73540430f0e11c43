"""Excel files, a row at a time: a cell far down and one far to the right stand for billions between them."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from framing.formats.bombs import TIMES, is_bomb
from framing.formats.zips import check_zip

if TYPE_CHECKING:
    import pandas as pd

_MOST_ROWS, _MOST_COLUMNS = 1 << 20, 1 << 14
#: Bytes that a cell takes at least, however little stands in it.
_CELL = 8
#: Bytes of XML that one row or text may have: in memory they are a tree many times as large. What follows on
#: the last row counts too: 65,530 links, as many as Excel lets a sheet have, come to some ten million.
_MOST_AT_ONCE = 16 << 20
#: Parts of the file that are read whole, all but sheets and texts.
_MOST_OF_THE_REST = 16 << 20
_IN_PIECES = ("xl/worksheets/", "xl/sharedStrings")
_NOT_READ = (
    "xl/media/",
    "xl/embeddings/",
    "xl/externalLinks/",
    "xl/drawings/",
    "xl/charts/",
    "xl/pivotCache/",
)


def read_excel(path: Path) -> "pd.DataFrame":
    """Read the first sheet, its rows from the first on; every cell is text, missing ones empty.

    Raises
    ------
    ValueError
        If it stands for more than `TIMES` times its size.
    ImportError
        If openpyxl is not installed.
    """
    import pandas as pd
    from pandas.io.parsers import TextParser  # type: ignore[attr-defined]

    check_zip(path, _largest)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what a spreadsheet holds beside its cells
        rows = list(_rows(path))
    if not rows:
        return pd.DataFrame()
    width = max(map(len, rows))
    full = [row + [""] * (width - len(row)) for row in rows]
    frame: pd.DataFrame = TextParser(
        full, header=None, index_col=None, dtype=str, keep_default_na=False, skip_blank_lines=False
    ).read()
    return frame


def _largest(part: str) -> int | None:
    return None if part.startswith((*_IN_PIECES, *_NOT_READ)) else _MOST_OF_THE_REST


def _rows(path: Path) -> Iterator[list[Any]]:
    """The rows down to the last that holds anything, each up to its last cell that does."""
    size, empty, width, texts = path.stat().st_size, 0, 0, 0
    with path.open("rb") as stream:
        for number, row in enumerate(_sheet(stream), 1):
            while row and row[-1] == "":
                row.pop()
            if not row:
                empty += 1
                continue
            width = max(width, len(row))
            texts += sum(len(cell) for cell in row if isinstance(cell, str))
            if is_bomb(texts + _CELL * width * number, size):
                raise ValueError(f"{number:,} rows of {width:,} cells, over {TIMES} times its size")
            yield from ([] for _ in range(empty))
            empty = 0
            yield row


def _sheet(file: IO[bytes]) -> Iterator[list[Any]]:
    """The first sheet's rows, those between two that are there too."""
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.stylesheet import apply_stylesheet
    from openpyxl.worksheet._reader import WorkSheetParser

    # What openpyxl does to open a file, but for all that it reads whole and a table does not need.
    reader: Any = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
    reader.read_manifest()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    sheets = (link.target for _, link in reader.parser.find_sheets() if "chartsheet" not in link.Type)
    name = next(target for target in sheets if target in reader.valid_files)
    with reader.archive.open(name) as stream:
        watched = _Watched(stream)
        parser = WorkSheetParser(
            watched,
            _strings(reader),
            data_only=True,
            epoch=reader.wb.epoch,
            date_formats=reader.wb._date_formats,
            timedelta_formats=reader.wb._timedelta_formats,
        )
        given = 0
        for count, (number, cells) in enumerate(parser.parse(), 1):
            watched.since = 0
            if max(number, count) > _MOST_ROWS:
                raise ValueError(f"over {_MOST_ROWS:,} rows")
            yield from ([] for _ in range(given + 1, number))
            if number > given:
                yield _row(cells)
            given = max(given, number)


def _row(cells: list[dict[str, Any]]) -> list[Any]:
    width = cells[-1]["column"] if cells else 0
    if width > _MOST_COLUMNS:
        raise ValueError(f"over {_MOST_COLUMNS:,} columns")
    row: list[Any] = [""] * width
    for cell in cells:
        if cell["column"] <= width:
            row[cell["column"] - 1] = _value(cell)
    return row


def _value(cell: dict[str, Any]) -> Any:
    """A cell's value; whole numbers as such, errors as missing."""
    value = cell["value"]
    if value is None:
        return ""
    if cell["data_type"] == "e":
        return float("nan")
    if cell["data_type"] == "n":
        return int(value) if value == int(value) else float(value)
    return value


def _strings(reader: Any) -> list[str]:
    """The texts that cells name by their number."""
    from openpyxl.cell.text import Text
    from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
    from openpyxl.xml.functions import iterparse

    part = reader.package.find(SHARED_STRINGS)
    found: list[str] = []
    if part is None:
        return found
    with reader.archive.open(part.PartName[1:]) as stream:
        watched = _Watched(stream)
        root: Any = None
        for event, node in iterparse(watched, events=("start", "end")):
            root = node if root is None else root
            if event == "end" and node.tag == f"{{{SHEET_MAIN_NS}}}si":
                text: Any = Text.from_tree(node)
                found.append(text.content.replace("x005F_", ""))
                node.clear()
                root.clear()  # or it would keep an empty element for each
                watched.since = 0
    return found


class _Watched:
    """A part of the file that may give only so many bytes until the next row or text is complete."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.since = 0

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size)
        self.since += len(data)
        if self.since > _MOST_AT_ONCE:
            raise ValueError(f"over {_MOST_AT_ONCE >> 20} MB that are no row of cells")
        return data
