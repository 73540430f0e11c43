"""Tables that are read back; every cell is text."""

import csv
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from framing.errors import TableError
from framing.files import there
from framing.formats.bombs import TIMES, is_bomb
from framing.formats.cells import untame
from framing.formats.excel import read_excel
from framing.formats.parquet import parquet_columns
from framing.formats.sheets import MOST_COLUMNS, read_delimited, refuse_markers, table_of
from framing.formats.streams import SEPARATORS
from framing.formats.write import SUFFIXES, check_suffix
from framing.records import todays_article, todays_unit

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: Endings of tables that can be read.
READABLE = SUFFIXES[:6]

#: Columns that hold ids of units, of articles, or (of what a copy is of) of either.
_IDS: dict[str, Callable[[str], str]] = {
    "unit_id": todays_unit,
    "article_id": todays_article,
    "copy_of": lambda given: todays_unit(todays_article(given)),
}
#: Rows of Parquet that are looked at together: a few bytes of it can stand for gigabytes of text.
_BATCH = 128
#: Bytes that a cell takes at least, however little stands in it.
_CELL = 8
#: What reading a table can raise that is damaged, lies about itself, or is of another kind.
_UNREADABLE = (
    ArithmeticError,
    AttributeError,
    ImportError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
    csv.Error,
    zipfile.BadZipFile,
    zlib.error,
)


def read_frame(path: Path) -> "pd.DataFrame":
    """Read a table that this tool or another one wrote; every cell is text, missing ones empty.

    Ids that 0.1.0 made come out as they are made today.

    Parameters
    ----------
    path : Path
        CSV, TSV, JSONL, JSON, Parquet or Excel by its ending.

    Raises
    ------
    TableError
        If the file is missing, empty, not readable in its format, or has rows that are not those of
        one table under one header.
    """
    return with_todays_ids(read_numbered(path)[0])


def with_todays_ids(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Give a table's columns of ids those of today where 0.1.0 made them; see `framing.records`."""
    found = {name: frame[name].map(now) for name, now in _IDS.items() if name in frame.columns}
    return frame.assign(**found) if found else frame


def read_numbered(path: Path) -> "tuple[pd.DataFrame, Sequence[int]]":
    """Read a table as it stands in its file, with the number by which a person finds each row.

    Returns
    -------
    DataFrame
    sequence of int
        Of CSV, TSV and Excel the row (the header is row 1), of JSONL the line, else the object, from 1.

    Raises
    ------
    TableError
        As `read_frame`.
    """
    suffix = check_suffix(path, READABLE, "save it as a table with")
    if not there(path) or not path.is_file():
        raise TableError(f"{path}: no such file", hint="check the path")
    if path.stat().st_size == 0:
        raise TableError(f"{path}: the file is empty", hint="make it again, or leave it out")
    try:
        if suffix in SEPARATORS:
            return _untamed(*read_delimited(path, SEPARATORS[suffix]))
        if suffix == ".xlsx":
            return _untamed(*table_of(_excel_rows(path), str(path)))
        frame, numbers = (_read_parquet(path), None) if suffix == ".parquet" else _read_json(path, suffix)
        if len(frame.columns) > MOST_COLUMNS:
            raise ValueError(f"found {len(frame.columns):,} columns, expected at most {MOST_COLUMNS:,}")
        cells = frame.map(_cell)
        _refuse_bomb(path, sum(map(len, cells.to_numpy(dtype=object).ravel())))
        return cells.astype("str"), numbers or range(1, len(cells) + 1)
    except _UNREADABLE as error:
        raise TableError(
            f"{path}: not readable as {suffix}: {' '.join(str(error).split())[:200]}",
            hint="check that the ending names what the file holds",
        ) from error


def _untamed(table: "pa.Table", numbers: Sequence[int]) -> "tuple[pd.DataFrame, Sequence[int]]":
    import pyarrow.compute as pc

    frame: pd.DataFrame = table.to_pandas()
    for name, cells in zip(table.column_names, table.columns, strict=True):
        if pc.any(pc.starts_with(cells, "'")).as_py():
            frame[name] = frame[name].map(untame)
    return frame.astype("str"), numbers


def _excel_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    frame = read_excel(path)
    cells = frame.map(_cell).to_numpy(dtype=object)
    _refuse_bomb(path, sum(map(len, cells.ravel())))
    return zip(range(1, len(cells) + 1), map(list, cells), strict=True)


def _read_parquet(path: Path) -> "pd.DataFrame":
    import pandas as pd

    size, held = path.stat().st_size, 0
    columns: dict[str, list[str]] = {}
    with path.open("rb") as stream:
        for rows in parquet_columns(stream, size, _BATCH):
            held += _CELL * rows.count * len(rows.columns) + rows.held
            _refuse_bomb(path, held)
            for name, cells in rows.columns.items():
                columns.setdefault(name, []).extend(map(_cell, cells))
    return pd.DataFrame(columns, dtype=object)


def _refuse_bomb(path: Path, held: int) -> None:
    if is_bomb(held, path.stat().st_size):
        raise ValueError(f"holds texts of over {TIMES} times its size")


def _refuse_cells(path: Path, rows: int, columns: int) -> None:
    if is_bomb(_CELL * rows * columns, path.stat().st_size):
        raise ValueError(f"{rows:,} rows of {columns:,} cells, over {TIMES} times its size")


def _read_json(path: Path, suffix: str) -> "tuple[pd.DataFrame, list[int]]":
    import pandas as pd

    text = path.read_text(encoding="utf-8-sig")
    if suffix == ".jsonl":
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        refuse_markers(lines, str(path))
        numbers, rows = [number for number, _ in lines], [json.loads(line) for _, line in lines]
    else:
        rows = json.loads(text)
        numbers = []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("expected objects, one a row")
    _refuse_cells(path, len(rows), len({name for row in rows for name in row}))
    return pd.DataFrame([{_whole(k): v for k, v in row.items()} for row in rows], dtype=object), numbers


def _whole(text: str) -> str:
    """Replace halves of characters, which JSON can hold and no file."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value if value.isascii() else _whole(value)
    value = value.tolist() if hasattr(value, "tolist") else value
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return _whole(json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value))
