"""Where coders differ: units, pairs of answers, and the shares of each coder."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from framing.reliability.ratings import Ratings


def disagreements(ratings: Ratings, limit: int = 20) -> list[dict[str, Any]]:
    """List the units on which the largest share of pairs of coders differs.

    Parameters
    ----------
    ratings : Ratings
    limit : int
        How many at most.

    Returns
    -------
    list of dict
        ``unit_id disagreement answers``: share of pairs that differ, 0 to 1; coder → answer. Of
        equal ones, those with more coders come first, then by `unit_id`.
    """
    pairable = ratings.pairable
    counts = pairable.counts()
    size = counts.sum(axis=1)
    differing = 1 - (counts * (counts - 1)).sum(axis=1) / np.maximum(size * (size - 1), 1)
    order = np.lexsort((np.arange(len(size)), -size, -differing))
    chosen = [int(index) for index in order[:limit] if differing[index] > 0]
    return [
        {
            "unit_id": pairable.units[index],
            "disagreement": round(float(differing[index]), 4),
            "answers": {
                coder: pairable.answers[place]
                for coder, place in zip(pairable.coders, pairable.table[index], strict=True)
                if place >= 0
            },
        }
        for index in chosen
    ]


def confusions(ratings: Ratings) -> list[dict[str, Any]]:
    """Count the pairs of different answers that units got, commonest first.

    Returns
    -------
    list of dict
        ``answer_a answer_b pairs share``: pairs of coders, and their share of all pairs that differ.
    """
    counts = ratings.pairable.counts()
    together = counts.T @ counts
    first, second = np.triu_indices(len(ratings.answers), k=1)
    pairs = together[first, second]
    total = pairs.sum()
    rows = [
        {
            "answer_a": ratings.answers[a],
            "answer_b": ratings.answers[b],
            "pairs": int(number),
            "share": round(float(number / total), 4),
        }
        for a, b, number in zip(first, second, pairs, strict=True)
        if number
    ]
    return sorted(rows, key=lambda row: (-int(row["pairs"]), str(row["answer_a"]), str(row["answer_b"])))


def coder_shares(ratings: Ratings, values: Sequence[str], *, several: bool = False) -> list[dict[str, Any]]:
    """Give how often each coder gave each value, on the units that another coder answered too.

    Returns
    -------
    list of dict
        ``coder answers shares``: number of answers; value → share of these, 0 to 1. If answers are
        sets, the shares add up to more or less than 1.
    """
    pairable = ratings.pairable
    held = {
        value: np.array([value in (a.split("|") if several else [a]) for a in pairable.answers], dtype=float)
        for value in values
    }
    rows = []
    for column, coder in enumerate(pairable.coders):
        own = pairable.table[:, column]
        given = np.bincount(own[own >= 0], minlength=len(pairable.answers))
        total = int(given.sum())
        if total:
            shares = {value: round(float(given @ has) / total, 4) for value, has in held.items()}
            rows.append({"coder": coder, "answers": total, "shares": shares})
    return rows


def raw_table(ratings: Ratings) -> list[dict[str, str | None]]:
    """Lay the answers out as units × coders, as R and ReCal read them.

    Returns
    -------
    list of dict
        ``unit_id``, then one column a coder; None: no answer.
    """
    rows: list[dict[str, str | None]] = []
    for unit, places in zip(ratings.units, ratings.table, strict=True):
        row: dict[str, str | None] = {"unit_id": unit}
        for coder, place in zip(ratings.coders, places, strict=True):
            row[coder] = ratings.answers[place] if place >= 0 else None
        rows.append(row)
    return rows
