"""The units on which coders disagree, the worst first."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from framing.labels.read import current_answers, of_people
from framing.records import ADJUDICATOR, former_article

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A unit that its coders answer differently.

    Attributes
    ----------
    unit_id : str
    agreement : float or None
        Share of pairs of answers that are equal, 0 to 1, the lowest over the variables; None where
        no variable has two answers.
    told : str
        The answers without names, with their counts, doubts and notes.
    row : dict
        One of the LABELS rows of the unit, for its place and text.
    """

    unit_id: str
    agreement: float | None
    told: str
    row: Mapping[str, Any]


def disagreements(labels: "pd.DataFrame") -> list[Disagreement]:
    """Find the units whose current answers differ and that nobody has settled yet.

    Parameters
    ----------
    labels : DataFrame
        LABELS.

    Returns
    -------
    list of Disagreement
        Lowest agreement first, then by article and place.
    """
    found = [item for item in open_units(labels) if item.agreement is not None and item.agreement < 1]
    return sorted(found, key=_place)


def _place(item: Disagreement) -> tuple[float | None, str, str]:
    return item.agreement, former_article(str(item.row["article_id"])), str(item.row["start"])


def open_units(labels: "pd.DataFrame") -> list[Disagreement]:
    """Every unit that nobody has settled yet, with its current answers, in the order of the labels."""
    answers = of_people(current_answers(labels))
    settled = set(answers.loc[answers["coder"] == ADJUDICATOR, "unit_id"])
    found = []
    for unit, rows in answers[~answers["unit_id"].isin(settled)].groupby("unit_id", sort=False):
        parts = [(str(name), part.to_dict("records")) for name, part in rows.groupby("variable")]
        shares = [_pairs_equal([str(row["value"]) for row in part]) for _, part in parts]
        known = [share for share in shares if share is not None]
        told = "\n".join(_told(name, part) for name, part in parts)
        first = {str(k): v for k, v in parts[0][1][0].items()}
        found.append(Disagreement(str(unit), min(known, default=None), told, first))
    return found


def _pairs_equal(values: list[str]) -> float | None:
    """Share of equal pairs; None with fewer than two answers, where there is no pair."""
    n = len(values)
    if n < 2:
        return None
    equal = sum(count * (count - 1) for count in Counter(values).values())
    return equal / (n * (n - 1))


def _told(variable: str, rows: list[dict[Any, Any]]) -> str:
    counts = Counter(str(row["value"]) or "(none of them)" for row in rows)
    # Ties go by value, not by coder: the order would tell who answered what.
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    said = ", ".join(f"{count} × {value}" for value, count in ordered)
    unsure = sum(bool(row["unsure"]) for row in rows)
    notes = [str(row["note"]) for row in rows if row["note"]]
    return "".join(
        [
            f"{variable}: {said}",
            f"; {unsure} unsure" if unsure else "",
            f"; notes: {' / '.join(notes)}" if notes else "",
        ]
    )
