"""SCORES and gold to the units that an estimate of prevalence rests on, and what was left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from framing.errors import TableError
from framing.findings.prevalence import Units
from framing.tables import Table, checked

if TYPE_CHECKING:
    import pandas as pd

_TEXT = ("unit_id", "article_id", "region", "outlet", "published", "variable", "label", "model")
_REQUIRED = ("unit_id", "article_id", "region", "variable", "label", "model")


@dataclass(frozen=True)
class Material:
    """Scored units and labelled units with what is needed of each.

    Attributes
    ----------
    scored : DataFrame
        ``unit_id article_id region outlet published label p_<value>``; of units that the model was
        trained on, `label` and ``p_<value>`` are the held-out ones.
    labelled : DataFrame
        The same, `label` left out, with `truth` (gold) and `probability`.
    counts : dict of str to int
        ``scored labelled labelled_in_scores held_out``.
    left_out : dict of str to int
        Labelled units that were not used, by reason.
    """

    scored: "pd.DataFrame"
    labelled: "pd.DataFrame"
    counts: dict[str, int]
    left_out: dict[str, int] = field(default_factory=dict)


def check_scores(frame: "pd.DataFrame", values: Sequence[str], where: str) -> "pd.DataFrame":
    """Check a SCORES table of one model.

    Raises
    ------
    TableError
        If a column is missing, a probability is no number from 0 to 1, or a unit stands twice.
    """
    numbers = tuple(f"p_{value}" for value in values)
    table = Table("SCORES", (*_TEXT, *numbers), (*_REQUIRED, *numbers), numbers)
    scores = checked(frame, table, where)
    for name in numbers:
        bad = ~scores[name].between(0, 1)
        if bad.any():
            row = int(bad.to_numpy().argmax())
            found = str(frame[name].iloc[row])
            raise TableError(
                f"{where}: row {row + 2}, column {name}: found {found!r}, expected a probability from 0 to 1",
                hint="score the articles again: framing score",
            )
    twice = scores["unit_id"].duplicated()
    if twice.any():
        row = int(twice.to_numpy().argmax())
        raise TableError(
            f"{where}: row {row + 2}: unit {scores['unit_id'].iloc[row]} stands twice ({int(twice.sum())} "
            "such rows), expected each unit once",
            hint="score each article once",
        )
    return scores


def material(
    scores: "pd.DataFrame",
    gold: "pd.DataFrame",
    chances: Mapping[str, float],
    training: "pd.DataFrame | None",
    values: Sequence[str],
) -> Material:
    """Bring scores, gold, chances and held-out predictions together.

    Parameters
    ----------
    scores : DataFrame
        From `check_scores`.
    gold : DataFrame
        GOLD with a value in each row.
    chances : mapping of str to float
        Unit → chance of being drawn, above 0 to 1; a unit without one was not drawn at random.
    training : DataFrame or None
        The model's ``training.csv``: ``unit_id``, and ``label`` and ``p_<value>`` where held out.
    values : sequence of str
    """
    columns = [f"p_{value}" for value in values]
    trained, held = _held_out(training, columns)
    scored = _with_held_out(scores, held, columns)
    blind = scored[~scored["unit_id"].isin(trained - set(held.index))]
    known = gold.drop_duplicates("unit_id").set_index("unit_id")
    drawn = known[known.index.isin(list(chances))]
    left = {"not drawn with a known chance": len(known) - len(drawn)}
    labelled, more = _labelled(drawn, blind, held, columns, trained)
    left |= more
    labelled = labelled.assign(probability=[chances[unit] for unit in labelled["unit_id"]])
    inside = labelled["unit_id"].isin(scores["unit_id"])
    counts = {
        "scored": len(blind),
        "scored_left_out": len(scored) - len(blind),
        "labelled": len(labelled),
        "labelled_in_scores": int(inside.sum()),
        "held_out": int(labelled["unit_id"].isin(held.index).sum()),
    }
    return Material(blind, labelled, counts, {why: count for why, count in left.items() if count})


def _held_out(training: "pd.DataFrame | None", columns: Sequence[str]) -> tuple[set[str], "pd.DataFrame"]:
    """All units that were learnt from, and the held-out predictions of those that have one."""
    import pandas as pd

    if training is None:
        return set(), pd.DataFrame(columns=["label", *columns])
    trained = set(training["unit_id"])
    if not {"label", *columns} <= set(training.columns):
        return trained, pd.DataFrame(columns=["label", *columns])
    tested = training[training[columns[0]] != ""].drop_duplicates("unit_id").set_index("unit_id")
    return trained, tested[["label"]].join(tested[list(columns)].astype(float))


def _with_held_out(scores: "pd.DataFrame", held: "pd.DataFrame", columns: Sequence[str]) -> "pd.DataFrame":
    found = scores.copy()
    mine = found["unit_id"].isin(held.index).to_numpy()
    if mine.any():
        swapped = held.loc[found.loc[mine, "unit_id"]]
        for name in ("label", *columns):
            found.loc[mine, name] = swapped[name].to_numpy()
    return found


def _labelled(
    drawn: "pd.DataFrame",
    scored: "pd.DataFrame",
    held: "pd.DataFrame",
    columns: Sequence[str],
    trained: set[str],
) -> tuple["pd.DataFrame", dict[str, int]]:
    """Give labelled units a prediction that did not see them: from SCORES, else the held-out one."""
    import pandas as pd

    names = ["article_id", "region", "outlet", "published"]
    by_unit = scored.set_index("unit_id")
    inside = drawn[drawn.index.isin(by_unit.index)]
    first = by_unit.loc[inside.index, [*names, *columns]].assign(truth=inside["value"])
    outside = drawn[~drawn.index.isin(by_unit.index) & drawn.index.isin(held.index)]
    second = outside[names].join(held.loc[outside.index, list(columns)]).assign(truth=outside["value"])
    rest = drawn[~drawn.index.isin(first.index) & ~drawn.index.isin(second.index)]
    seen = rest.index.isin(list(trained))
    left = {
        "the model was trained on it and has no held-out prediction of it": int(seen.sum()),
        "neither in SCORES nor among the model's held-out predictions": int((~seen).sum()),
    }
    parts = [part for part in (first, second) if len(part)] or [first]
    found = pd.concat(parts).rename_axis("unit_id").reset_index()
    blank = found["article_id"] == ""
    return found.assign(article_id=found["article_id"].mask(blank, found["unit_id"])), left


def groups_of(frame: "pd.DataFrame", by: str) -> "pd.Series[str]":
    """The outlet, or year and month, of each unit; empty where it is not known."""
    if by == "month":
        month = frame["published"].str.slice(0, 7)
        return month.where(month.str.fullmatch(r"\d{4}-\d{2}"), "")
    return frame[by]


def eligible_units(
    found: Material, value: str, regions: Sequence[str], rows: tuple[Any, Any] | None = None
) -> Units:
    """Take the units of a group in whose region the value can occur.

    Parameters
    ----------
    found : Material
    value : str
    regions : sequence of str
        Where the value can occur; empty: anywhere.
    rows : pair of arrays of bool, optional
        Which scored and which labelled rows belong to the group; all by default.
    """
    import pandas as pd

    scored, labelled = found.scored, found.labelled
    if rows is not None:
        scored, labelled = scored[rows[0]], labelled[rows[1]]
    if regions:
        scored = scored[scored["region"].isin(list(regions))]
        labelled = labelled[labelled["region"].isin(list(regions))]
    both = pd.concat([scored["article_id"], labelled["article_id"]])
    codes = pd.factorize(both)[0].astype(np.int64)
    column = f"p_{value}"
    return Units(
        predicted=scored[column].to_numpy(dtype=np.float64),
        said=_holds(scored["label"], value),
        article=codes[: len(scored)],
        truth=_holds(labelled["truth"], value).astype(np.float64),
        held_out=labelled[column].to_numpy(dtype=np.float64),
        weight=1 / labelled["probability"].to_numpy(dtype=np.float64),
        labelled_article=codes[len(scored) :],
    )


def _holds(answers: "pd.Series[str]", value: str) -> "np.ndarray[Any, Any]":
    known = {answer: value in answer.split("|") for answer in set(answers)}
    return np.array([known[answer] for answer in answers], dtype=bool)
