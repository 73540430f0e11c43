"""What stands in a study beside what it should be: lines, tables and plain data compared."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from framing.formats import read_frame
from framing.records import todays_unit
from framing.steps.sharing.exported import Mismatch

#: Half of the last decimal that a figure is written with, and what two processors may differ by.
_CLOSE = 0.5e-9 + 1e-12


@dataclass
class Counted:
    """What the parts of a check have compared, and what they could not."""

    figures: int = 0
    not_checked: list[str] = field(default_factory=list)


def same_lines(name: str, found: str, expected: str) -> Iterator[Mismatch]:
    """Compare two texts line by line."""
    for number, (here, wanted) in enumerate(zip_longest(found.split("\n"), expected.split("\n")), 1):
        if here != wanted:
            yield Mismatch(name, f"line {number}", repr(here), repr(wanted))


def same_table(found: Path, expected: Path, counted: Counted) -> Iterator[tuple[str, str, str]]:
    """Compare two tables cell by cell; gives place, found and expected of each difference."""
    here, wanted = read_frame(found), read_frame(expected)
    if list(here.columns) != list(wanted.columns):
        yield "columns", " ".join(here.columns), " ".join(wanted.columns)
        return
    if len(here) != len(wanted):
        yield "rows", str(len(here)), str(len(wanted))
        return
    counted.figures += here.size
    differs = here.ne(wanted)
    for column in here.columns[differs.any().to_numpy()]:
        for row in differs.index[differs[column]]:
            place = f"row {int(row) + 2}, column {column}"
            yield place, repr(here.at[row, column]), repr(wanted.at[row, column])


def same_json(found: Path, expected: Path, counted: Counted) -> Iterator[tuple[str, str, str]]:
    """Compare two JSON files field by field; gives place, found and expected of each difference."""
    here, wanted = (
        json.loads(file.read_text(encoding="utf-8"), object_hook=_with_todays_ids)
        for file in (found, expected)
    )
    yield from same_data(here, wanted, counted)


def _with_todays_ids(fields: dict[str, Any]) -> dict[str, Any]:
    """A study of 0.1.0 names some units otherwise."""
    unit = fields.get("unit_id")
    return fields | {"unit_id": todays_unit(unit)} if isinstance(unit, str) else fields


def same_data(
    here: Any, wanted: Any, counted: Counted, place: str = "", close: float = _CLOSE
) -> Iterator[tuple[str, str, str]]:
    """Compare plain data field by field.

    Parameters
    ----------
    here, wanted : object
        Mappings, lists, text, numbers, None.
    counted : Counted
        Is told how many fields were compared.
    place : str
        Path to them.
    close : float
        How far two floats may lie apart.
    """
    if isinstance(here, dict) and isinstance(wanted, dict):
        for key in [*wanted, *(key for key in here if key not in wanted)]:
            inner = f"{place}.{key}" if place else str(key)
            if key not in here or key not in wanted:
                yield inner, *(("nothing", "a field") if key not in here else ("a field", "nothing"))
            else:
                yield from same_data(here[key], wanted[key], counted, inner, close)
    elif isinstance(here, list) and isinstance(wanted, list):
        if len(here) != len(wanted):
            yield place, f"{len(here)} items", f"{len(wanted)} items"
        for number, (one, other) in enumerate(zip(here, wanted, strict=False)):
            yield from same_data(one, other, counted, f"{place}[{number}]", close)
    else:
        counted.figures += 1
        if not _same(here, wanted, close):
            yield place, repr(here), repr(wanted)


def _same(here: Any, wanted: Any, close: float) -> bool:
    numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (here, wanted))
    if numbers and (isinstance(here, float) or isinstance(wanted, float)):
        return bool(abs(here - wanted) <= close)
    return type(here) is type(wanted) and bool(here == wanted)
