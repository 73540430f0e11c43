"""The columns, types and keys of every table, and the check that runs where a table enters.

After Label Studio everything is a pandas table with these columns; empty text is a missing value.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from framing.columns import (
    OWN_ID,
    CellError,
    read_chance,
    read_flag,
    read_hash,
    read_id,
    read_number,
    read_remark,
    read_time,
    read_whole,
    read_word,
    reader_of_one,
)
from framing.errors import TableError
from framing.formats import Damage, with_todays_ids
from framing.plural import plural
from framing.records import HUMAN, IMPORTED, MACHINE, REGIONS, TRAINING, UNIT_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

Reader = Callable[[str], Any]


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
    filled : tuple of str
        Columns of which no cell is empty.
    readers : mapping of str to callable
        How cells of other columns are read; a column without a reader holds any text.
    """

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    readers: Mapping[str, Reader] = field(default_factory=dict)

    def reader(self, name: str) -> Reader | None:
        """How a column's cells are read; None if it holds any text."""
        if name in self.readers:
            return self.readers[name]
        kinds = ((self.numbers, read_number), (self.whole, read_whole), (self.flags, read_flag))
        return next((read for names, read in kinds if name in names), None)


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
    filled=("unit_id", "variable", "coder"),
    readers={
        "unit_id": read_id,
        "article_id": read_id,
        **dict.fromkeys(("round", "variable", "value", "coder", "suggestion_model"), read_word),
        **dict.fromkeys(("server", "prompt", "run", "codebook"), read_hash),
        **dict.fromkeys(("region", "region_before", "region_after"), reader_of_one(REGIONS)),
        **dict.fromkeys(("note", "reason"), read_remark),
        "kind": reader_of_one((HUMAN, MACHINE, IMPORTED)),
        "made_at": read_time,
        "sampling": reader_of_one(("random", "uncertain", "all", "assigned", TRAINING)),
        "probability": read_chance,
    },
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

_IDS = ("unit_id", "article_id")
#: Ids that a spreadsheet takes for numbers, and what it makes of them.
_LIKE_A_NUMBER = re.compile(r"\d+(?:e\d+)?", re.ASCII)
_DIGITS = re.compile(r"\d[\d.,]*", re.ASCII)
_EMPTY = (
    "take the cell back from the file as it was before (git, a backup), or take the whole row out: framing "
    "pull fetches a round's answers again"
)
_SPACES = "take the blanks around it away, or take the file as it was before (git, a backup)"
_SORTED = (
    "a spreadsheet changed the cell, or one column was sorted without the others: take the file as it was "
    "before (git, a backup), and next time import the columns as text"
)


def with_known_names(frame: "pd.DataFrame", names: Iterable[str], where: str) -> "pd.DataFrame":
    """Give columns the names that tables have for them, where only capitals and blanks differ.

    Raises
    ------
    TableError
        If two columns have one name then.
    """
    known = set(names)
    renamed = {
        name: plain
        for name in map(str, frame.columns)
        if name not in known and (plain := re.sub(r"[\s-]+", "_", name.strip().lower())) in known
    }
    for name, plain in renamed.items():
        if plain in frame.columns or list(renamed.values()).count(plain) > 1:
            raise TableError(
                f"{where}: found the column {name!r} beside another {plain!r}, expected one",
                hint="take out the column that was added, or give it a name of its own",
            )
    return frame.rename(columns=renamed) if renamed else frame


def checked(
    frame: "pd.DataFrame", table: Table, where: str, rows: Sequence[int] | None = None
) -> "pd.DataFrame":
    """Check a table of text cells and give it its columns and types.

    Parameters
    ----------
    frame : DataFrame
        Cells as text, missing ones empty.
    table : Table
        What is expected.
    where : str
        The file's name, for messages.
    rows : sequence of int, optional
        The number of each row, for messages; without them the first is row 2.

    Returns
    -------
    DataFrame
        The table's columns in their order, then any others; ids that 0.1.0 made as they are made today.

    Raises
    ------
    TableError
        If a required column is missing, or cells can't be what their columns hold: it names row,
        column, what was found and what was expected of the first, and counts the others.
    """
    frame = with_known_names(frame, table.columns, where)
    missing = [name for name in table.required if name not in frame.columns]
    if missing:
        found = " ".join(map(str, frame.columns))
        raise TableError(
            f"{where}: {'column' if len(missing) == 1 else plural('column')} {' '.join(missing)} missing, "
            f"found {found[:400] or 'none'}",
            hint=f"a {table.name} table needs {' '.join(table.required)}, named in its first row",
        )
    others = [name for name in frame.columns if name not in table.columns]
    wide = frame.reindex(columns=[*table.columns, *others], fill_value="")
    if table is LABELS:
        wide = _unpadded(wide)
    damage = _Cells(where, rows or range(2, len(frame) + 2))
    for name in table.columns:
        wide[name] = _typed(wide[name], table, damage)
    if table is LABELS:
        _check_places(wide, damage)
    damage.refuse()
    return with_todays_ids(wide)


class _Cells(Damage):
    """Bad cells, by the rows that they stand in."""

    def __init__(self, where: str, rows: Sequence[int]) -> None:
        super().__init__(where)
        self.rows = rows

    def take(self, index: int, column: str, found: object, expected: str, hint: str) -> None:
        shown = found if isinstance(found, int) else repr(str(found)[:60])
        self.add(self.rows[index], column, f"found {shown}, expected {expected}", hint)


def _typed(column: "pd.Series[str]", table: Table, damage: _Cells) -> "pd.Series[Any]":
    import pandas as pd

    name = str(column.name)
    reader = table.reader(name)
    if reader is None:
        return column.astype("str")
    texts: list[str] = column.tolist()
    cells, bad = _read(set(texts), reader, name in table.filled)
    if bad:
        for index, text in enumerate(texts):
            if text in bad:
                damage.take(index, name, text, bad[text].expected, bad[text].hint)
    if name in table.flags:
        empty = name == "current"  # without the mark every answer counts
        return pd.Series(
            [empty if cells[text] is None else cells[text] for text in texts], column.index, bool
        )
    if name in table.numbers or name in table.whole:
        kind = "float64" if name in table.numbers else "Int64"
        return pd.Series([cells[text] for text in texts], column.index, kind)
    if all(text == cell for text, cell in cells.items()):
        return column.astype("str")
    return pd.Series([cells[text] or "" for text in texts], column.index, "str")


def _read(texts: set[str], reader: Reader, filled: bool) -> tuple[dict[str, Any], dict[str, CellError]]:
    """Read each text that occurs in a column; gives what was read, and why the others can't be."""
    cells: dict[str, Any] = {}
    bad: dict[str, CellError] = {}
    for text in texts:
        try:
            cells[text] = reader(text)
        except CellError as error:
            cells[text], bad[text] = None, error
        if filled and cells[text] == "":
            bad[text] = CellError("one, as no answer is without it", _EMPTY)
    if reader is read_id:
        for text in cells:
            bare = text.strip()
            if bare != text and bare in cells and cells[text] == text:
                bad[text] = CellError(f"{bare!r} as in other rows", _SPACES)
    return cells, bad


def _unpadded(labels: "pd.DataFrame") -> "pd.DataFrame":
    """Take the blanks around ids away where a program has filled all cells up to one width.

    An id of somebody's own may begin or end with a blank, a variable's name can't.
    """
    variable = labels["variable"].astype("str")
    padded = variable.str.strip() != variable
    if not padded.any():
        return labels
    bare = {name: labels[name].astype("str").str.strip() for name in _IDS}
    return labels.assign(**{name: labels[name].where(~padded, cells) for name, cells in bare.items()})


def _check_places(labels: "pd.DataFrame", damage: _Cells) -> None:
    """Compare cells of a row that say the same: where a unit begins and ends, and which article it is of."""
    wrong = (labels["start"] > labels["end"]).fillna(False).to_numpy(dtype=bool)
    for index in map(int, wrong.nonzero()[0]):
        start = labels["start"].iloc[index]
        damage.take(index, "end", int(labels["end"].iloc[index]), f"{start} (start) or more", _SORTED)
    pairs = list(zip(labels["unit_id"].tolist(), labels["article_id"].tolist(), strict=True))
    strangers = {pair for pair in set(pairs) if are_strangers(*pair)}
    for index, (unit, article) in enumerate(pairs) if strangers else ():
        if (unit, article) in strangers:
            damage.take(index, "article_id", article, f"{unit.rpartition('-')[0]!r} as in unit_id", _SORTED)


def are_strangers(unit: str, article: str) -> bool:
    """Whether an article can't be the one that the unit's id names; ids of somebody's own can be any.

    Examples
    --------
    >>> are_strangers("0505821d29ffcd0b-ac381763478a", "03268d99bf9803ad"), are_strangers("speech 12", "7")
    (True, False)
    """
    if not article or unit.startswith(article):
        return False
    unit_of, other = OWN_ID.fullmatch(unit), OWN_ID.fullmatch(article)
    if unit_of is None or unit_of[1] == unit:
        return False
    made = unit_of[1].removeprefix("u")
    if made == article.removeprefix("u"):
        return False
    return other is not None or bool(_LIKE_A_NUMBER.fullmatch(made) and _DIGITS.fullmatch(article))


def columns_present(frame: "pd.DataFrame", names: Sequence[str]) -> bool:
    """Whether the table has all of these columns."""
    return all(name in frame.columns for name in names)
