"""The columns, types and keys of every table, and the check that runs where a table enters.

After Label Studio everything is a pandas table with these columns; empty text is a missing value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from framing.errors import TableError
from framing.plural import plural
from framing.records import UNIT_COLUMNS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Table:
    """What a table must look like.

    Attributes
    ----------
    name : str
        How messages call it.
    columns : tuple of str
        All columns in the order in which they are written.
    required : tuple of str
        Columns that must be there when the table is read; the others are added empty.
    numbers, whole, flags : tuple of str
        Columns held as float, as int (missing: ``<NA>``) and as bool; all others are text.
    """

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


LABELS = Table(
    name="LABELS",
    columns=tuple(
        "round unit_id article_id source start end variable value coder kind coder_version prompt run "
        "current withdrawn made_at seconds unsure skipped note saw_suggestion suggestion "
        "suggestion_model sampling probability reason codebook region region_before region_after "
        "position paragraph text before after outlet title published story "
        "server project task annotation".split()
    ),
    required=("unit_id", "variable", "value", "coder"),
    numbers=("seconds", "probability"),
    whole=("start", "end", "position", "paragraph", "project", "task", "annotation"),
    flags=("current", "withdrawn", "unsure", "skipped", "saw_suggestion"),
)

GOLD = Table(
    name="GOLD",
    columns=(*UNIT_COLUMNS, "variable", "value", "method", "support", "share"),
    required=("unit_id", "variable", "value"),
    numbers=("share",),
    whole=("start", "end", "position", "paragraph", "reply_depth", "support"),
)

UNITS = Table(
    name="UNITS",
    columns=UNIT_COLUMNS,
    required=("unit_id", "text"),
    whole=("start", "end", "paragraph", "position", "reply_depth"),
)

#: A plain table of labelled texts, accepted wherever LABELS are read.
PLAIN = ("text", "label")

_TRUE = {"true", "1", "yes"}
_FALSE = {"false", "0", "no", ""}


def checked(frame: "pd.DataFrame", table: Table, where: str) -> "pd.DataFrame":
    """Check a table of text cells and give it its columns and types.

    Parameters
    ----------
    frame : DataFrame
        Cells as text, missing ones empty.
    table : Table
        What is expected.
    where : str
        The file's name, for messages.

    Returns
    -------
    DataFrame
        The table's columns in their order, then any others.

    Raises
    ------
    TableError
        If a required column is missing or a cell has the wrong type; names row and column.
    """
    missing = [name for name in table.required if name not in frame.columns]
    if missing:
        raise TableError(
            f"{where}: {'column' if len(missing) == 1 else plural('column')} {' '.join(missing)} missing, "
            f"found {' '.join(map(str, frame.columns)) or 'none'}",
            hint=f"a {table.name} table needs {' '.join(table.required)}",
        )
    others = [name for name in frame.columns if name not in table.columns]
    wide = frame.reindex(columns=[*table.columns, *others], fill_value="")
    for name in table.columns:
        wide[name] = _typed(wide[name], table, where)
    return wide


def _typed(column: "pd.Series[str]", table: Table, where: str) -> "pd.Series[Any]":
    import pandas as pd

    name = str(column.name)
    if name in table.flags:
        return _flags(column, name, where)
    if name not in (*table.numbers, *table.whole):
        return column.astype("str")
    values = pd.to_numeric(column.replace("", None), errors="coerce")
    _refuse(column, (column != "") & values.isna(), where, "a number")
    if name in table.numbers:
        return values.astype("float64")
    _refuse(column, values.notna() & (values % 1 != 0), where, "a whole number")
    return values.astype("Int64")


def _flags(column: "pd.Series[str]", name: str, where: str) -> "pd.Series[Any]":
    lower = column.str.lower()
    _refuse(column, ~lower.isin(_TRUE | _FALSE), where, "true or false")
    if name == "current":  # without the mark every answer counts
        return lower.isin(_TRUE | {""})
    return lower.isin(_TRUE)


def _refuse(column: "pd.Series[str]", bad: "pd.Series[bool]", where: str, expected: str) -> None:
    if bad.any():
        row = int(bad.to_numpy().argmax())
        raise TableError(
            f"{where}: row {row + 2}, column {column.name}: found {column.iloc[row]!r}, expected {expected}",
            hint="mend that cell",
        )


def columns_present(frame: "pd.DataFrame", names: Sequence[str]) -> bool:
    """Whether the table has all of these columns."""
    return all(name in frame.columns for name in names)
