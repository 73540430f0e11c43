"""Cells: those that a spreadsheet would run as formulas are tamed, and set free again when read."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

_RUNS = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_FIRST = frozenset("'=+-@\t\r＝＋－＠")
_TAMED = re.compile(r"''*[=+\-@\t\r＝＋－＠]")

Row = Mapping[str, Any]


def tame(cell: object) -> object:
    """Put an apostrophe before text that a spreadsheet would run as a formula.

    Examples
    --------
    >>> tame("=1+1"), tame("plain"), tame(-3)
    ("'=1+1", 'plain', -3)
    """
    return f"'{cell}" if isinstance(cell, str) and _RUNS.match(cell) else cell


def untame(cell: str) -> str:
    """Take the apostrophe of `tame` away again.

    Examples
    --------
    >>> untame("'=1+1"), untame("'quoted'")
    ('=1+1', "'quoted'")
    """
    return cell[1:] if _TAMED.match(cell) else cell


def tame_column(cells: Sequence[Any], texts: set[str]) -> Sequence[Any]:
    """A column's cells, each as `tame` has it."""
    changed = {text: tame(text) for text in texts if text[:1] in _FIRST}
    return (
        [changed.get(cell, cell) if isinstance(cell, str) else cell for cell in cells] if changed else cells
    )


class Printed(list[str]):
    """A column's numbers as JSON, CSV and TSV print them."""


class Rows(Protocol):
    """Takes rows one by one or in batches."""

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows."""


class Cells(Rows, Protocol):
    """Takes rows by name, as cells, or column by column, each faster than the one before."""

    def write_cells(self, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows that have all columns in their order."""

    def write_columns(self, columns: Sequence[Sequence[Any]]) -> None:
        """Add the rows of which these are the columns, all of them in their order."""
