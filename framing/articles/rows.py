"""CSV, TSV, JSONL and Parquet to rows of named fields, one at a time."""

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import IO, Any, TextIO

from framing.articles.decode import Text, well_formed
from framing.articles.streams import Source, UnreadableError
from framing.formats import TIMES, is_bomb, separator_of
from framing.formats.parquet import parquet_columns
from framing.records import UNIT_COLUMNS, Unusable

#: Characters in one line or cell; a longer one is a file without line ends, not a row.
LINE_LIMIT = 64 << 20
#: Bytes of a Parquet file that comes compressed or through a pipe; it must lie on disk to be read.
_PARQUET_LIMIT = 16 << 30
_BATCH = 64
#: Bytes that a row of it takes at least: of rows without anything a few bytes can stand for billions.
_ROW = 256
TABLES = ("csv", "tsv", "jsonl", "parquet")
SEPARATORS = {"csv": ",", "tsv": "\t"}

Found = tuple[int, Mapping[str, Any] | str]


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table.

    Attributes
    ----------
    where : str
        File and line, for messages.
    line : int
        The line, or for Parquet the row, from 1.
    file : str
        The file's name, for identity.
    fields : mapping of str to object
        Columns after renaming.
    encoding : str
        How the file was decoded.
    """

    where: str
    line: int
    file: str
    fields: Mapping[str, Any]
    encoding: str = "utf-8"


def csv_rows(text: TextIO, usual: str) -> Iterator[Found]:
    """Read CSV; gives line numbers with a row's fields, or the reason why it can't be used."""
    csv.field_size_limit(LINE_LIMIT)
    header: list[str] | None = None
    before = 0
    try:
        lines = _bounded(text)
        first = next(lines, "")
        reader = csv.reader(chain([first], lines), delimiter=separator_of(first, usual), strict=True)
        for cells in reader:
            line, before = before + 1, reader.line_num
            if header is None:
                header = [name.strip() for name in cells]
            elif not any(cells):
                continue
            elif len(cells) != len(header):
                yield line, f"found {len(cells)} cells, expected {len(header)} as in the header"
            else:
                yield line, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        yield before + 1, f"not readable as CSV from here on: {error}"
    except UnreadableError as error:
        yield before + 1, f"from here on: {error}"


def csv_header(text: str, usual: str) -> list[str]:
    """Read the names in the first line of a CSV text."""
    try:
        separator = separator_of(text.partition("\n")[0], usual)
        first = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
    except csv.Error:
        return []
    return [name.strip() for name in first]


def json_rows(text: TextIO) -> Iterator[Found]:
    """Read JSONL; gives line numbers with a row's fields, or the reason why it can't be used."""
    number = 0
    try:
        for number, line in enumerate(_bounded(text), 1):
            if line.strip():
                yield number, _json_row(line)
    except UnreadableError as error:
        yield number + 1, f"from here on: {error}"


def _json_row(line: str) -> Mapping[str, Any] | str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"no JSON: {getattr(error, 'msg', 'nested too deep, or a number too long')}"
    if not isinstance(row, dict):
        return f"found {type(row).__name__}, expected a JSON object"
    if "\\u" not in line:  # halves of characters can only be escapes
        return row
    return {well_formed(k): well_formed(v) if isinstance(v, str) else v for k, v in row.items()}


def _bounded(text: TextIO) -> Iterator[str]:
    while line := text.readline(LINE_LIMIT):
        if len(line) == LINE_LIMIT:
            raise UnreadableError(f"a line of over {LINE_LIMIT >> 20} million characters, expected rows")
        yield line


def parquet_rows(source: Source, wanted: Sequence[str]) -> Iterator[Found]:
    """Read Parquet a few rows at a time, and only the columns that are wanted.

    Raises
    ------
    UnreadableError
        If it is no Parquet file, or truncated.
    """
    from pyarrow import ArrowException

    with tempfile.TemporaryFile() as disk:
        size = _spool(source, disk)
        try:
            yield from enumerate(_cells(disk, wanted, size), 1)
        except UnreadableError:
            raise
        except (ArrowException, OSError, ArithmeticError, LookupError, ValueError) as error:
            raise UnreadableError(f"not readable as Parquet: {' '.join(str(error).split())[:160]}") from error


def _cells(disk: IO[bytes], wanted: Sequence[str], size: int) -> Iterator[Mapping[str, Any]]:
    """Rows of cells, of a file of that many bytes."""
    held = 0
    for rows in parquet_columns(disk, size, _BATCH, wanted):
        held += _ROW * rows.count + rows.held
        if is_bomb(held, size):
            raise UnreadableError(f"holds texts of over {TIMES} times its size, expected articles (Parquet)")
        columns = [list(map(_plain, values)) for values in rows.columns.values()]
        for cells in zip(*columns, strict=True) if columns else [()] * rows.count:
            yield dict(zip(rows.columns, cells, strict=True))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return well_formed(value) if isinstance(value, str) else value


def _spool(source: Source, disk: IO[bytes]) -> int:
    shutil.copyfileobj(_limited(source), disk, 1 << 20)
    size = disk.tell()
    disk.seek(0)
    return size


def _limited(source: Source) -> Any:
    class Limited:
        def read(self, size: int) -> bytes:
            if source.tell() > _PARQUET_LIMIT:
                raise UnreadableError(f"over {_PARQUET_LIMIT >> 30} GB of Parquet")
            return source.read(size) or b""

    return Limited()


def renamed(fields: Mapping[str, Any], columns: Mapping[str, str]) -> Mapping[str, Any]:
    """Give columns the names asked for: ``{"text": "body"}`` takes `text` from `body`."""
    if not columns:
        return fields
    taken = set(columns.values())
    kept = {name: value for name, value in fields.items() if name not in taken}
    return kept | {name: fields[column] for name, column in columns.items() if column in fields}


def table_rows(
    source: Source, kind: str, where: str, file: str, columns: Mapping[str, str]
) -> Iterator[Row | Unusable]:
    """Read a table of a `kind` of `TABLES` row by row.

    Raises
    ------
    UnreadableError
        If it is not of that kind at all.
    """
    for line, fields, encoding in _found(source, kind, columns):
        if isinstance(fields, str):
            yield Unusable(f"{where}:{line}", fields)
        else:
            yield Row(f"{where}:{line}", line, file, renamed(fields, columns), encoding)


def _found(
    source: Source, kind: str, columns: Mapping[str, str]
) -> Iterable[tuple[int, Mapping[str, Any] | str, str]]:
    if kind == "parquet":
        wanted = {*UNIT_COLUMNS, "html", "id", *columns.values()}
        for line, fields in parquet_rows(source, sorted(wanted)):
            yield line, fields, "utf-8"
        return
    text = Text(source, "\n" if kind == "jsonl" else "")
    rows = json_rows(text) if kind == "jsonl" else csv_rows(text, SEPARATORS[kind])
    for line, fields in rows:
        yield line, fields, text.read_as
