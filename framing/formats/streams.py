"""Formats that go out row by row: JSONL, CSV and TSV."""

import csv
import json
from collections.abc import Iterable, Sequence
from itertools import chain, islice, repeat
from math import isfinite
from typing import Any, TextIO

from framing.formats.cells import Cells, Printed, Row, tame, tame_column
from framing.formats.compiled import COMPILED, native

#: Separators of the formats whose rows are lines of cells.
SEPARATORS = {".csv": ",", ".tsv": "\t"}


class _Encoder(json.JSONEncoder):
    def encode(self, o: Any) -> str:
        """As its base does, without its long way round for a plain number."""
        if type(o) is float and isfinite(o):
            return float.__repr__(o)
        return super().encode(o)


#: Made once: `json.dumps` with options makes an encoder for every row.
_ENCODER = _Encoder(ensure_ascii=False, allow_nan=False)
_QUOTE = json.encoder.encode_basestring
#: Types of which no value equals one of another type that prints otherwise.
_SIMPLE = frozenset({str, type(None)})
_PLAIN = frozenset({str, int, type(None)})
#: Rows that are encoded together.
_TOGETHER = 256


class _Json:
    def __init__(self, stream: TextIO, columns: Sequence[str]) -> None:
        self._stream, self._columns = stream, columns
        self._keys = [_QUOTE(name) for name in columns]

    def write(self, rows: Iterable[Row]) -> None:
        self.write_cells([row.get(name) for name in self._columns] for row in rows)

    def write_cells(self, rows: Iterable[Sequence[Any]]) -> None:
        rest = iter(rows)
        while some := list(islice(rest, _TOGETHER)):
            self.write_columns(list(zip(*some, strict=True)))

    def write_columns(self, columns: Sequence[Sequence[Any]]) -> None:
        """What is the same in all rows is encoded once."""
        count = len(columns[0])
        fixed, varying = ["{"], []
        for key, cells in zip(self._keys, columns, strict=True):
            found = _same(cells) if count else ""
            if found is None:
                varying.append(_plain(cells))
                fixed[-1] += f"{key}: "
                fixed.append(", ")
            else:
                fixed[-1] += f"{key}: {found}, "
        fixed[-1] = fixed[-1][:-2] + "}\n"
        self._stream.write((_compiled if COMPILED else _rows)(fixed, varying, count))


def _same(cells: Sequence[Any]) -> str | None:
    """The JSON of a column in which all rows hold the same text or nothing; None for any other."""
    first = cells[0]
    if isinstance(cells, Printed) or type(first) not in _SIMPLE or cells.count(first) != len(cells):
        return None
    return "null" if first is None else _QUOTE(first)


def _plain(cells: Sequence[Any]) -> Sequence[Any]:
    """Texts, whole numbers and nothing as they are, all else as JSON."""
    if isinstance(cells, Printed) or _PLAIN.issuperset(map(type, cells)):
        return cells
    return Printed("null" if cell is None else _ENCODER.encode(cell) for cell in cells)


def _rows(fixed: Sequence[str], columns: Sequence[Sequence[Any]], count: int) -> str:
    """Rows of columns that differ, each between two texts that are the same in all rows."""
    pieces: list[Iterable[str]] = [repeat(fixed[0], count)]
    for cells, text in zip(columns, fixed[1:], strict=True):
        pieces += [_json(cells), repeat(text, count)]
    # Three times as fast as filling in a template row by row.
    return "".join(chain.from_iterable(zip(*pieces, strict=True)))


def _compiled(fixed: list[str], columns: Sequence[Sequence[Any]], count: int) -> str:
    printed = [isinstance(cells, Printed) for cells in columns]
    return native.rows(fixed, list(map(tuple, columns)), printed, count)


def _json(cells: Sequence[Any]) -> Iterable[str]:
    if isinstance(cells, Printed):
        return cells
    return [
        "null" if cell is None else _QUOTE(cell) if isinstance(cell, str) else str(cell) for cell in cells
    ]


class _Csv:
    def __init__(self, stream: TextIO, columns: Sequence[str], separator: str) -> None:
        self._columns = columns
        self._writer = csv.writer(stream, delimiter=separator, lineterminator="\n")
        self._quoting = csv.writer(stream, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL)
        self._writer.writerow(columns)

    def write(self, rows: Iterable[Row]) -> None:
        self.write_cells([row.get(name) for name in self._columns] for row in rows)

    def write_cells(self, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            cells = [tame(cell) for cell in row]
            # The csv module leaves a lone carriage return bare, which no reader takes back.
            bare = any(isinstance(cell, str) and "\r" in cell for cell in cells)
            (self._quoting if bare else self._writer).writerow(cells)

    def write_columns(self, columns: Sequence[Sequence[Any]]) -> None:
        texts = [{cell for cell in cells if isinstance(cell, str)} for cells in columns]
        if any("\r" in text for found in texts for text in found):
            self.write_cells(zip(*columns, strict=True))
        else:
            self._writer.writerows(zip(*map(tame_column, columns, texts), strict=True))


def streaming(stream: TextIO, suffix: str, columns: Sequence[str]) -> Cells:
    """Write rows to an open text stream as JSONL, CSV or TSV."""
    if suffix == ".jsonl":
        return _Json(stream, columns)
    return _Csv(stream, columns, SEPARATORS[suffix])
