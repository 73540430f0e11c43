"""A file of labels to single records, by what it holds: JSON, JSONL, CSV or TSV."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from framing.errors import TableError
from framing.formats import untame
from framing.records import Unusable

_SEPARATORS = ",\t;"
_CELL_LIMIT = 64 << 20


@dataclass(frozen=True, slots=True)
class Record:
    """One row or object of a file.

    Attributes
    ----------
    where : str
        File and line or item, for messages.
    number : int
        Which one of the file, from 0.
    fields : dict of str to object
        Its columns or keys, renamed as asked for.
    """

    where: str
    number: int
    fields: dict[str, Any]


def records(text: str, name: str, columns: Mapping[str, str]) -> Iterator[Record | Unusable]:
    """Read a file record by record.

    Parameters
    ----------
    text : str
        The file.
    name : str
        What messages call it.
    columns : mapping of str to str
        ``{"text": "body"}`` takes `text` from `body`.

    Raises
    ------
    TableError
        If it is neither JSON nor a table with a header.
    """
    start = text.lstrip()
    if start.startswith("[") or _one_object(start):
        found = _json_list(start, name)
    elif start.startswith("{"):
        found = _json_lines(text, name)
    else:
        found = _table(text, name)
    for number, (where, fields) in enumerate(found):
        if isinstance(fields, str):
            yield Unusable(where, fields)
        else:
            yield Record(where, number, _renamed(fields, columns))


_Found = Iterator[tuple[str, dict[str, Any] | str]]


def _one_object(start: str) -> bool:
    """Whether one object is spread over several lines."""
    return start.startswith("{") and start.partition("\n")[0].strip() == "{"


def _json_list(text: str, name: str) -> _Found:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TableError(
            f"{name}: begins as JSON but is none: {_told(error)}", hint="export it again; it may be cut off"
        ) from error
    for number, item in enumerate([items] if isinstance(items, dict) else items, 1):
        yield f"{name}: item {number}", _object(item)


def _json_lines(text: str, name: str) -> _Found:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{name}:{number}"
        try:
            yield where, _object(json.loads(line))
        except (ValueError, RecursionError) as error:
            yield where, f"no JSON: {_told(error)}"


def _object(item: object) -> dict[str, Any] | str:
    if not isinstance(item, dict):
        return f"found {type(item).__name__}, expected a JSON object"
    return {str(_well_formed(key)): _well_formed(value) for key, value in item.items()}


def _well_formed(value: Any) -> Any:
    """Replace lone surrogates, which no file can hold."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_well_formed(item) for item in value]
    if isinstance(value, dict):
        return {_well_formed(key): _well_formed(item) for key, item in value.items()}
    return value


def _told(error: Exception) -> str:
    return str(getattr(error, "msg", "nested too deep, or a number too long"))


def _table(text: str, name: str) -> _Found:
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    if not first.count(separator):
        raise TableError(
            f"{name}: found neither JSON nor a table with a header line, expected CSV, JSONL or an export",
            hint="docs/codebooks.md lists what framing labels import reads",
        )
    csv.field_size_limit(_CELL_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header: list[str] = []
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not any(cells):
                continue
            if not header:
                header = [cell.strip() for cell in cells]
            elif len(cells) != len(header):
                yield f"{name}:{line}", f"found {len(cells)} cells, expected {len(header)} as in the header"
            else:
                yield f"{name}:{line}", dict(zip(header, map(untame, cells), strict=True))
    except csv.Error as error:
        yield f"{name}:{before + 1}", f"not readable as CSV from here on: {error}"


def _renamed(fields: dict[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    taken = {old for new, old in columns.items() if old in fields}
    kept = {name: value for name, value in fields.items() if name not in taken}
    found = kept | {new: fields[old] for new, old in columns.items() if old in fields}
    if isinstance(found.get("data"), dict):  # what a Label Studio task shows
        found["data"] = _renamed(found["data"], columns)
    return found
