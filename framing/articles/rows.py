"""CSV, TSV and JSONL to rows of named fields, one at a time."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from framing.articles.decode import well_formed
from framing.records import Unusable

_MEGA = 1 << 20
_LIMIT = 512 * _MEGA


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table.

    Attributes
    ----------
    where : str
        File and line, for messages.
    file : str
        The file's name, for identity.
    fields : mapping of str to object
        Columns after renaming.
    encoding : str
        How the file was decoded.
    """

    where: str
    file: str
    fields: Mapping[str, Any]
    encoding: str = "utf-8"


def csv_rows(text: str, separator: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """Read CSV; gives line numbers with a row's fields, or the reason why it can't be used."""
    csv.field_size_limit(_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header: list[str] | None = None
    before = 0
    try:
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


def csv_header(text: str, separator: str) -> list[str]:
    """Read the names in the first line of a CSV text."""
    try:
        first = next(csv.reader(io.StringIO(text[:_MEGA], newline=""), delimiter=separator), [])
    except csv.Error:
        return []
    return [name.strip() for name in first]


def json_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """Read JSONL; gives line numbers with a row's fields, or the reason why it can't be used."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, f"no JSON: {getattr(error, 'msg', 'nested too deep')}"
            continue
        if isinstance(row, dict):
            yield number, {str(k): _clean(v) for k, v in row.items()}
        else:
            yield number, f"found {type(row).__name__}, expected a JSON object"


def _clean(value: Any) -> Any:
    return well_formed(value) if isinstance(value, str) else value


def renamed(fields: Mapping[str, Any], columns: Mapping[str, str]) -> Mapping[str, Any]:
    """Give columns the names asked for: ``{"text": "body"}`` takes `text` from `body`."""
    if not columns:
        return fields
    taken = set(columns.values())
    kept = {name: value for name, value in fields.items() if name not in taken}
    return kept | {name: fields[column] for name, column in columns.items() if column in fields}


def table_rows(
    text: str, kind: str, where: str, file: str, columns: Mapping[str, str], encoding: str = "utf-8"
) -> Iterator[Row | Unusable]:
    """Read a table of `kind` csv, tsv or jsonl."""
    found = json_rows(text) if kind == "jsonl" else csv_rows(text, "\t" if kind == "tsv" else ",")
    for line, fields in found:
        if isinstance(fields, str):
            yield Unusable(f"{where}:{line}", fields)
        else:
            yield Row(f"{where}:{line}", file, renamed(fields, columns), encoding)
