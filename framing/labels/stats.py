"""Label stats: how often each value was given, by whom, where, and how fast."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from framing.codebook import Codebook
from framing.errors import TableError
from framing.labels.read import current_answers

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("variable", "by", "group", "value", "count", "answers", "share")
DIMENSIONS = ("coder", "outlet", "region", "round", "story")
NO_VALUE = "(none of them)"
UNKNOWN = "(not known)"


@dataclass(frozen=True, slots=True)
class Stats:
    """What the labels hold.

    Attributes
    ----------
    units, answers, coders, articles : int
        Distinct units, current answers, coders and articles; skipped answers are not counted.
    skipped, unsure, earlier : int
        Answers skipped; current answers marked unsure; answers that a later one replaced.
    seconds : float or None
        Median time an answer took; None where no time was kept.
    table : list of dict
        ``variable by group value count answers share``: `count` answers out of `answers` gave the
        value; `share` is 0 to 1. Rows with `by` ``all`` are over everything. A `several` answer
        counts once for each of its values.
    unknown : list of str
        Answers that the codebook does not have, with their number.
    """

    units: int
    answers: int
    coders: int
    articles: int
    skipped: int
    unsure: int
    earlier: int
    seconds: float | None
    table: list[dict[str, Any]]
    unknown: list[str]


def label_stats(
    labels: "pd.DataFrame",
    codebook: Codebook | None,
    by: Sequence[str] = ("coder", "outlet", "region"),
) -> Stats:
    """Count labels over everything and by each dimension.

    Parameters
    ----------
    labels : DataFrame
        LABELS.
    codebook : Codebook or None
        Gives the values their order, and a row even where their count is 0.
    by : sequence of str
        Some of `DIMENSIONS`.

    Raises
    ------
    TableError
        If a dimension is not known.
    """
    wrong = [name for name in by if name not in DIMENSIONS]
    if wrong:
        raise TableError(
            f"no stats by {' '.join(wrong)}, expected {' '.join(DIMENSIONS)}",
            hint="for example: framing stats --by outlet,region",
        )
    answers = current_answers(labels)
    seconds = answers["seconds"].dropna()
    rows: list[dict[str, Any]] = []
    for variable in _variables(answers, codebook):
        own = answers[answers["variable"] == variable]
        values = _values(own, variable, codebook)
        several = _is_several(variable, codebook)
        rows += _counted(own, variable, "all", "all", values, several)
        for name in by:
            for group, part in own.groupby(own[name].replace("", UNKNOWN), sort=True):
                rows += _counted(part, variable, name, str(group), values, several)
    return Stats(
        units=answers["unit_id"].nunique(),
        answers=len(answers),
        coders=answers["coder"].nunique(),
        articles=answers["article_id"].nunique(),
        skipped=int(labels["skipped"].sum()),
        unsure=int(answers["unsure"].sum()),
        earlier=int((~labels["current"]).sum()),
        seconds=float(seconds.median()) if len(seconds) else None,
        table=rows,
        unknown=_unknown(answers, codebook),
    )


def _variables(answers: "pd.DataFrame", codebook: Codebook | None) -> list[str]:
    known = [variable.name for variable in codebook.variables] if codebook else []
    found = set(answers["variable"])
    return [name for name in known if name in found] + sorted(found - set(known))


def _split(values: "pd.Series[str]", several: bool) -> "pd.Series[str]":
    if not several:
        return values
    return values.str.split("|").explode().replace("", NO_VALUE)


def _is_several(variable: str, codebook: Codebook | None) -> bool:
    known = codebook.variable(variable) if codebook else None
    return known is not None and known.type == "several"


def _values(own: "pd.DataFrame", variable: str, codebook: Codebook | None) -> list[str]:
    known = codebook.variable(variable) if codebook else None
    names = list(known.names) if known else []
    found = set(_split(own["value"], _is_several(variable, codebook)))
    return names + sorted(found - set(names))


def _counted(
    part: "pd.DataFrame", variable: str, by: str, group: str, values: Sequence[str], several: bool
) -> list[dict[str, Any]]:
    counts = _split(part["value"], several).value_counts()
    return [
        {
            "variable": variable,
            "by": by,
            "group": group,
            "value": value,
            "count": int(counts.get(value, 0)),
            "answers": len(part),
            "share": round(int(counts.get(value, 0)) / len(part), 4),
        }
        for value in values
    ]


def _unknown(answers: "pd.DataFrame", codebook: Codebook | None) -> list[str]:
    told = []
    for variable in codebook.variables if codebook else ():
        own = answers.loc[answers["variable"] == variable.name, "value"]
        for value, count in own[[variable.parse(v) is None for v in own]].value_counts().items():
            told.append(f"{variable.name}: {value!r} ({count} answers) is not in the codebook")
    return told
