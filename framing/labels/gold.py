"""Answers to gold: the one value a unit ends with, and how it came to be."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from framing.codebook import Codebook, Variable
from framing.errors import TableError
from framing.labels.read import current_answers
from framing.records import ADJUDICATOR, UNIT_COLUMNS
from framing.tables import GOLD

if TYPE_CHECKING:
    import pandas as pd

_CONTEXT = ("region_before", "region_after")


@dataclass(frozen=True, slots=True)
class Gold:
    """Gold of one variable.

    Attributes
    ----------
    table : DataFrame
        One row a unit: unit columns, `region_before`, `region_after`, then ``variable value method
        support share``. `method` is ``adjudicated``, ``majority``, ``single`` or ``unresolved``
        (then `value` is empty); `support` counts the answers, `share` is the part that agrees with
        `value`, 0 to 1.
    variable : str
        Which variable.
    values : tuple of str
        The legal values: the codebook's, else those that occur, sorted.
    several : bool
        Whether a unit can have several values.
    """

    table: "pd.DataFrame"
    variable: str
    values: tuple[str, ...]
    several: bool

    @property
    def resolved(self) -> "pd.DataFrame":
        """The units that have a value."""
        return self.table[self.table["method"] != "unresolved"]

    @property
    def unresolved(self) -> int:
        """How many units stay open until someone settles them."""
        return len(self.table) - len(self.resolved)


def gold_of(labels: "pd.DataFrame", variable: str, codebook: Codebook | None) -> Gold:
    """Settle each unit by its adjudicator, else by strict majority; ties stay unresolved.

    Parameters
    ----------
    labels : DataFrame
        LABELS.
    variable : str
        One of the variables in it.
    codebook : Codebook or None
        Gives the legal values; a variable that it does not have brings its own.

    Raises
    ------
    TableError
        If no answer on the variable is there, or one is not in the codebook.
    """
    import pandas as pd

    answers = current_answers(labels)
    answers = answers[answers["variable"] == variable]
    if answers.empty:
        found = " ".join(sorted(set(labels["variable"]))) or "none"
        raise TableError(
            f"no answers on the variable {variable!r}, found answers on: {found}",
            hint="name one of these with --variable, or fetch answers with: framing pull",
        )
    known = codebook.variable(variable) if codebook else None
    if known is not None:
        refuse_unknown(answers, known)
    several = known is not None and known.type == "several"
    values = known.names if known else tuple(sorted(set(answers["value"])))
    rows = [
        _settled(group.to_dict("records"), values, several)
        for _, group in answers.groupby("unit_id", sort=False)
    ]
    columns = [*UNIT_COLUMNS, *_CONTEXT, *GOLD.columns[len(UNIT_COLUMNS) :]]
    return Gold(pd.DataFrame(rows, columns=columns), variable, values, several)


def refuse_unknown(answers: "pd.DataFrame", variable: Variable) -> None:
    """Raise if an answer is not legal by the codebook, naming the first and counting the rest.

    Raises
    ------
    TableError
    """
    bad = answers[[variable.parse(value) is None for value in answers["value"]]]
    if bad.empty:
        return
    first = bad.iloc[0]
    more = f" ({len(bad)} such answers)" if len(bad) > 1 else ""
    raise TableError(
        f"{first['file']}: row {first['row']}, variable {variable.name}: found {first['value']!r}{more}, "
        f"expected {' '.join(variable.names)}",
        hint="mend the labels, or name the value in config/codebook.yaml",
    )


def _settled(answers: Sequence[dict[Any, Any]], values: Sequence[str], several: bool) -> dict[str, Any]:
    final = [row for row in answers if row["coder"] == ADJUDICATOR]
    voters = final[-1:] or answers
    votes = [str(row["value"]) for row in voters]
    value = _several(votes, values) if several else _one(votes)
    method = "adjudicated" if final else "single" if len(votes) == 1 else "majority"
    agreeing = votes.count(value) if value is not None else 0
    unit = {name: answers[-1].get(name, "") for name in (*UNIT_COLUMNS, *_CONTEXT)}
    return unit | {
        "variable": answers[-1]["variable"],
        "value": "" if value is None else value,
        "method": "unresolved" if value is None else method,
        "support": len(votes),
        "share": agreeing / len(votes),
    }


def _one(votes: Sequence[str]) -> str | None:
    value, count = Counter(votes).most_common(1)[0]
    return value if 2 * count > len(votes) else None


def _several(votes: Sequence[str], values: Sequence[str]) -> str | None:
    """Each value by its own majority; one value at exactly half leaves the unit open."""
    chosen = []
    for value in values:
        count = sum(value in vote.split("|") for vote in votes)
        if 2 * count == len(votes):
            return None
        if 2 * count > len(votes):
            chosen.append(value)
    return "|".join(chosen)
