"""Label stats: how often each value was given, by whom, where, when, and how fast."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from framing.codebook import Codebook, Variable
from framing.errors import TableError
from framing.labels.known import variable_in
from framing.labels.progress import Progress, by_coder, by_day, progress
from framing.labels.read import answer_times, current_answers
from framing.plural import counted
from framing.records import ADJUDICATOR

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("variable", "by", "group", "value", "count", "eligible", "share", "outside", "answers", "units")
DIMENSIONS = ("coder", "outlet", "region", "round", "day", "story")
NO_VALUE = "(none of them)"
UNKNOWN = "(not known)"


@dataclass(frozen=True, slots=True)
class Stats:
    """What the labels hold.

    Attributes
    ----------
    units, answers, coders, articles : int
        Distinct units, current answers, coders and articles; skipped answers and the adjudicator's
        are not counted.
    skipped, unsure, earlier, withdrawn, adjudicated : int
        Answers skipped; current answers marked unsure; answers that a later one of the same coder
        replaced, in the same round or another; answers deleted on their server; the adjudicator's
        answers, which are in no share.
    seconds : float or None
        Median time an answer took; None where no time was kept.
    table : list of dict
        ``variable by group value count eligible share outside answers units``: of `answers` on
        `units` units, `eligible` stand where the codebook lets the value occur (a unit of unknown
        region counts), and `count` of these gave it; `share` is count / eligible, 0 to 1, None where
        no answer is eligible. `outside` counts answers with the value in other regions: they are in
        no share. Rows with `by` ``all`` are over everything. A `several` answer counts once for each
        of its values.
    by_coder, by_day : list of dict
        Work done: see `framing.labels.progress`. A day is one of coding, UTC.
    progress : Progress
        Against the plan, with the days left at this pace.
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
    withdrawn: int
    adjudicated: int
    seconds: float | None
    table: list[dict[str, Any]]
    by_coder: list[dict[str, Any]]
    by_day: list[dict[str, Any]]
    progress: Progress
    unknown: list[str]


def label_stats(
    labels: "pd.DataFrame",
    codebook: Codebook | None,
    by: Sequence[str] = ("coder", "outlet", "region"),
    *,
    planned: int | None = None,
) -> Stats:
    """Count labels over everything and by each dimension.

    Parameters
    ----------
    labels : DataFrame
        LABELS.
    codebook : Codebook or None
        Gives the values their order and regions, and a row even where their count is 0.
    by : sequence of str
        Some of `DIMENSIONS`.
    planned : int, optional
        Units that are to be coded in all.

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
    every = current_answers(labels)
    every = every.assign(day=answer_times(every["made_at"]).dt.strftime("%Y-%m-%d").fillna(""))
    answers = every[every["coder"] != ADJUDICATOR]
    seconds = answers["seconds"].dropna()
    rows: list[dict[str, Any]] = []
    for name in _variables(answers, codebook):
        counter = _Counter(answers[answers["variable"] == name], name, codebook)
        rows += counter.rows(by)
    return Stats(
        units=answers["unit_id"].nunique(),
        answers=len(answers),
        coders=answers["coder"].nunique(),
        articles=answers.loc[answers["article_id"] != "", "article_id"].nunique(),
        skipped=int((labels["skipped"] & ~labels["withdrawn"]).sum()),
        unsure=int(answers["unsure"].sum()),
        earlier=int((~labels["skipped"] & ~labels["withdrawn"]).sum()) - len(every),
        withdrawn=int(labels["withdrawn"].sum()),
        adjudicated=len(every) - len(answers),
        seconds=float(seconds.median()) if len(seconds) else None,
        table=rows,
        by_coder=by_coder(labels, every),
        by_day=by_day(every),
        progress=progress(labels, every, planned),
        unknown=_unknown(answers, codebook),
    )


class _Counter:
    """Counts one variable's values in parts of its answers."""

    def __init__(self, own: "pd.DataFrame", name: str, codebook: Codebook | None) -> None:
        self.name = name
        self.known: Variable | None = variable_in(own, name, codebook)
        self.several = self.known is not None and self.known.type == "several"
        self.own = own
        self.regions = own["region"].astype(str).tolist()
        self.units = own["unit_id"].tolist()
        self.given = [self._given(value) for value in own["value"]]
        listed = list(self.known.names) if self.known else []
        found = {value for given in self.given for value in given}
        self.values = listed + sorted(found - set(listed))

    def rows(self, by: Sequence[str]) -> list[dict[str, Any]]:
        rows = self._counted(range(len(self.own)), "all", "all")
        for name in by:
            groups: dict[str, list[int]] = {}
            for index, group in enumerate(self.own[name]):
                groups.setdefault(str(group) or UNKNOWN, []).append(index)
            for group in sorted(groups):
                rows += self._counted(groups[group], name, group)
        return rows

    def _given(self, answer: str) -> Sequence[str]:
        """The values of an answer."""
        return [value or NO_VALUE for value in answer.split("|")] if self.several else [answer]

    def _counted(self, part: Sequence[int], by: str, group: str) -> list[dict[str, Any]]:
        """Count the values in some of the answers."""
        regions = Counter(self.regions[index] for index in part)
        given = Counter((value, self.regions[index]) for index in part for value in self.given[index])
        totals = Counter(value for index in part for value in self.given[index])
        units = len({self.units[index] for index in part})
        rows = []
        for value in self.values:
            asked = [region for region in regions if self._can_occur(value, region)]
            eligible = sum(regions[region] for region in asked)
            inside = sum(given[value, region] for region in asked)
            rows.append(
                {
                    "variable": self.name,
                    "by": by,
                    "group": group,
                    "value": value,
                    "count": inside,
                    "eligible": eligible,
                    "share": round(inside / eligible, 4) if eligible else None,
                    "outside": totals[value] - inside,
                    "answers": len(part),
                    "units": units,
                }
            )
        return rows

    def _can_occur(self, value: str, region: str) -> bool:
        if self.known is None or not region:
            return True
        found = next((item for item in self.known.values if item.name == value), None)
        return found is None or found.can_occur_in(region)


def _variables(answers: "pd.DataFrame", codebook: Codebook | None) -> list[str]:
    known = [variable.name for variable in codebook.variables] if codebook else []
    found = set(answers["variable"])
    return [name for name in known if name in found] + sorted(found - set(known))


def _unknown(answers: "pd.DataFrame", codebook: Codebook | None) -> list[str]:
    told = []
    for variable in codebook.variables if codebook else ():
        own = answers.loc[answers["variable"] == variable.name, "value"]
        for value, count in own.value_counts().items():
            if variable.parse(str(value)) is None:
                told.append(
                    f"{variable.name}: {value!r} ({counted(int(count), 'answer')}) is not in the codebook"
                )
    return told
