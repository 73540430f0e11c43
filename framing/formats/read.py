"""Tables that are read back; every cell is text."""

import csv
import json
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from framing.errors import TableError
from framing.files import there
from framing.formats.bombs import TIMES, is_bomb
from framing.formats.cells import untame
from framing.formats.streams import SEPARATORS
from framing.formats.write import SUFFIXES, check_suffix

if TYPE_CHECKING:
    import pandas as pd

#: Endings of tables that can be read.
READABLE = SUFFIXES[:6]

_MOST_COLUMNS = 10_000
#: Rows of Parquet that are looked at together: a few bytes of it can stand for gigabytes of text.
_BATCH = 128
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
    zipfile.BadZipFile,
    zlib.error,
)


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


def read_frame(path: Path) -> "pd.DataFrame":
    """Read a table that this tool or another one wrote; every cell is text, missing ones empty.

    Parameters
    ----------
    path : Path
        CSV, TSV, JSONL, JSON, Parquet or Excel by its ending.

    Raises
    ------
    TableError
        If the file is missing, empty, not readable in its format, or has no rows of cells.
    """
    import pandas as pd

    suffix = check_suffix(path, READABLE, "save it as a table with")
    if not there(path) or not path.is_file():
        raise TableError(f"{path}: no such file", hint="check the path")
    if path.stat().st_size == 0:
        raise TableError(f"{path}: the file is empty", hint="make it again, or leave it out")
    try:
        if suffix in SEPARATORS:
            frame = _read_csv(path, SEPARATORS[suffix])
        elif suffix == ".parquet":
            frame = _read_parquet(path)
        elif suffix == ".xlsx":
            frame = pd.read_excel(path, dtype=str, keep_default_na=False)
        else:
            frame = _read_json(path, suffix)
        if len(frame.columns) > _MOST_COLUMNS:
            raise ValueError(f"found {len(frame.columns):,} columns, expected at most {_MOST_COLUMNS:,}")
        cells = frame.map(_cell)
        _refuse_bomb(path, sum(map(len, cells.to_numpy(dtype=object).ravel())))
        texts = cells.astype("str")
    except _UNREADABLE as error:
        raise TableError(
            f"{path}: not readable as {suffix}: {' '.join(str(error).split())[:200]}",
            hint="check that the ending names what the file holds",
        ) from error
    return texts.map(untame) if suffix in {*SEPARATORS, ".xlsx"} else texts


def _read_csv(path: Path, usual: str) -> "pd.DataFrame":
    import pandas as pd

    with path.open("rb") as stream:
        encoding = "utf-16" if stream.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    with path.open(encoding=encoding, newline="") as text:
        separator = separator_of(text.readline(), usual)
    return pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False, encoding=encoding)


def _read_parquet(path: Path) -> "pd.DataFrame":
    import pandas as pd
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        columns: dict[str, list[str]] = {name: [] for name in file.schema_arrow.names}
        if len(columns) < len(file.schema_arrow.names):
            raise ValueError("two columns of one name")
        held = 0
        for batch in file.iter_batches(batch_size=_BATCH):
            for cells, column in zip(columns.values(), batch.columns, strict=True):
                found = list(map(_cell, column.to_pylist()))
                cells.extend(found)
                held += sum(map(len, found))
            _refuse_bomb(path, held)
    return pd.DataFrame(columns, dtype=object)


def _refuse_bomb(path: Path, held: int) -> None:
    if is_bomb(held, path.stat().st_size):
        raise ValueError(f"holds texts of over {TIMES} times its size")


def _read_json(path: Path, suffix: str) -> "pd.DataFrame":
    import pandas as pd

    text = path.read_text(encoding="utf-8-sig")
    rows = (
        [json.loads(line) for line in text.split("\n") if line.strip()]
        if suffix == ".jsonl"
        else json.loads(text)
    )
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("expected objects, one a row")
    return pd.DataFrame([{_whole(k): v for k, v in row.items()} for row in rows], dtype=object)


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
