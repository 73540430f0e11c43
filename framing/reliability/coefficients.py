"""Coefficients of agreement as functions of sums over units.

Each coefficient is two parts: what a unit adds (`rows`, from its counts by answer) and what follows
from the sums (`value`). So a bootstrap draw costs a matrix product, not a new pass over the answers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from framing.intervals import Floats, Scale

Level = Literal["nominal", "ordinal", "masi"]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """Agreement of one kind on one table of counts.

    Attributes
    ----------
    rows : array of shape (units, columns)
        What each unit adds to the sums.
    value : callable
        Sums of shape (…, columns) → coefficients of shape (…); NaN where undefined.
    scale : {"share", "below_one"}
        On which scale an interval is built.
    gradient : callable or None
        Derivative of `value`; None: by differences.
    """

    rows: Floats
    value: Callable[[Floats], Floats]
    scale: Scale
    gradient: Callable[[Floats], Floats] | None = None


def percent_agreement(counts: Floats) -> Coefficient:
    """Share of the pairs of answers on the same unit that agree, 0 to 1, over all units.

    Parameters
    ----------
    counts : array of shape (units, answers)
        How many coders gave each answer; units with fewer than two answers don't count, and a unit
        with five answers has ten pairs, as in pairwise agreement over coders.
    """
    size = counts.sum(axis=1)
    rows = np.stack([(counts * (counts - 1)).sum(axis=1), size * (size - 1)], axis=1)
    return Coefficient(rows, _ratio, "share")


def alpha(counts: Floats, level: Level = "nominal", distances: Floats | None = None) -> Coefficient:
    """Krippendorff's alpha, at most 1; 0 is chance.

    Parameters
    ----------
    counts : array of shape (units, answers)
        Units with fewer than two answers don't count.
    level : {"nominal", "ordinal", "masi"}
        There is no default that is safe for every variable. ``masi`` needs `distances`.
    distances : array of shape (answers, answers), optional
        Distance of each answer from each, for instance `masi_distances`.

    Notes
    -----
    Krippendorff (2011), *Computing Krippendorff's alpha-reliability*: 1 - (n - 1) o / e with o the
    observed and e the expected disagreement over pairs of values within and across units.

    Examples
    --------
    >>> found = alpha(np.array([[2.0, 0.0], [0.0, 2.0], [1.0, 1.0], [2.0, 0.0]]), "nominal")
    >>> round(float(found.value(found.rows.sum(axis=0))), 4)
    0.5333
    """
    kept = np.where((counts.sum(axis=1) >= 2)[:, None], counts, 0.0)
    size = kept.sum(axis=1)
    weight = np.divide(1.0, size - 1, out=np.zeros_like(size), where=size >= 2)
    if level == "ordinal":
        first, second = np.triu_indices(counts.shape[1], k=1)
        pairs = 2 * kept[:, first] * kept[:, second] * weight[:, None]
        return Coefficient(np.hstack([pairs, kept]), partial(_ordinal, len(first)), "below_one")
    if distances is None:
        distances = 1.0 - np.eye(counts.shape[1])
    observed = ((kept @ distances) * kept).sum(axis=1) * weight
    return Coefficient(
        np.column_stack([observed, kept]),
        partial(_fixed, distances),
        "below_one",
        partial(_fixed_gradient, distances),
    )


def ac1(counts: Floats) -> Coefficient:
    """Gwet's AC1; chance is what coders would agree on if they guessed where they can't tell.

    Parameters
    ----------
    counts : array of shape (units, answers)
        Units with one answer count for the shares of the answers only, as in Gwet (2014), ch. 5.
        Answers that never occur are not counted as categories.
    """
    used = counts[:, counts.sum(axis=0) > 0]
    return Coefficient(_rows(used), partial(_ac1, used.shape[1]), "below_one")


def fleiss_kappa(counts: Floats) -> Coefficient:
    """Fleiss' kappa, generalised to units with unequal numbers of answers (Gwet 2014, ch. 2)."""
    return Coefficient(_rows(counts), _fleiss, "below_one")


def cohen_kappa(first: Floats, second: Floats) -> Coefficient:
    """Cohen's kappa of two coders.

    Parameters
    ----------
    first, second : array of shape (units, answers)
        One 1 a row: the coder's answer.
    """
    agreeing = (first * second).sum(axis=1)
    rows = np.column_stack([agreeing, first, second])
    return Coefficient(rows, partial(_cohen, first.shape[1]), "below_one")


def masi_distances(answers: tuple[str, ...]) -> Floats:
    """Distances of sets of values: 1 - Jaccard × monotonicity (Passonneau 2006).

    Parameters
    ----------
    answers : tuple of str
        Sets, their values joined by ``|``; empty: the empty set.

    Returns
    -------
    array of shape (answers, answers)
        0 equal, 1 nothing in common; the empty set has nothing in common with any other.

    Examples
    --------
    >>> masi_distances(("a", "a|b", "b|c", "")).round(3)[0].tolist()
    [0.0, 0.667, 1.0, 1.0]
    """
    sets = [frozenset(answer.split("|")) - {""} for answer in answers]
    return np.array([[_masi(one, other) for other in sets] for one in sets]).reshape(len(sets), len(sets))


def _masi(one: frozenset[str], other: frozenset[str]) -> float:
    if one == other:
        return 0.0
    common = len(one & other)
    if not common:
        return 1.0
    monotonicity = 2 / 3 if one < other or other < one else 1 / 3
    return 1 - monotonicity * common / len(one | other)


def _agreeing(counts: Floats) -> tuple[Floats, Floats]:
    size = counts.sum(axis=1)
    pairable = size >= 2
    pairs = np.where(pairable, size * (size - 1), 1.0)
    same = (counts * (counts - 1)).sum(axis=1)
    return np.where(pairable, same / pairs, 0.0), pairable.astype(float)


def _rows(counts: Floats) -> Floats:
    """Sums that AC1 and Fleiss' kappa share: agreement, pairable units, units, shares by answer."""
    agreeing, pairable = _agreeing(counts)
    size = counts.sum(axis=1)
    shares = counts / np.maximum(size, 1.0)[:, None]
    return np.column_stack([agreeing, pairable, size > 0, shares])


def _ratio(sums: Floats) -> Floats:
    with np.errstate(all="ignore"):
        return np.asarray(sums[..., 0] / sums[..., 1])


def _beyond_chance(observed: Floats, chance: Floats) -> Floats:
    with np.errstate(all="ignore"):
        left = 1 - chance
        return np.where(left > 1e-12, (observed - chance) / left, np.nan)


def _ac1(categories: int, sums: Floats) -> Floats:
    if categories < 2:
        return np.full(sums.shape[:-1], np.nan)
    with np.errstate(all="ignore"):
        shares = sums[..., 3:] / sums[..., 2:3]
    chance = (shares * (1 - shares)).sum(axis=-1) / (categories - 1)
    return _beyond_chance(_ratio(sums), chance)


def _fleiss(sums: Floats) -> Floats:
    with np.errstate(all="ignore"):
        shares = sums[..., 3:] / sums[..., 2:3]
    return _beyond_chance(_ratio(sums), (shares**2).sum(axis=-1))


def _cohen(categories: int, sums: Floats) -> Floats:
    with np.errstate(all="ignore"):
        units = sums[..., 1 : 1 + categories].sum(axis=-1)
        chance = (sums[..., 1 : 1 + categories] * sums[..., 1 + categories :]).sum(axis=-1) / units**2
        return _beyond_chance(sums[..., 0] / units, chance)


def _fixed(distances: Floats, sums: Floats) -> Floats:
    values = sums[..., 1:]
    total = values.sum(axis=-1)
    expected = ((values @ distances) * values).sum(axis=-1)
    with np.errstate(all="ignore"):
        found = 1 - (total - 1) * sums[..., 0] / expected
    return np.where(expected > 1e-9, found, np.nan)


def _fixed_gradient(distances: Floats, sums: Floats) -> Floats:
    values = sums[..., 1:]
    total = values.sum(axis=-1)
    against = values @ distances
    with np.errstate(all="ignore"):
        inverse = 1 / (against * values).sum(axis=-1)
        by_observed = -(total - 1) * inverse
        by_value = -sums[..., 0] * inverse
    by_values = by_value[..., None] + (-2 * by_observed * sums[..., 0] * inverse)[..., None] * against
    return np.concatenate([by_observed[..., None], by_values], axis=-1)


def _ordinal(pairs: int, sums: Floats) -> Floats:
    observed, values = sums[..., :pairs], sums[..., pairs:]
    first, second = np.triu_indices(values.shape[-1], k=1)
    up_to = np.cumsum(values, axis=-1)
    between = up_to[..., second] - up_to[..., first] + values[..., first]
    distance = (between - (values[..., first] + values[..., second]) / 2) ** 2
    total = values.sum(axis=-1)
    expected = (2 * values[..., first] * values[..., second] * distance).sum(axis=-1)
    with np.errstate(all="ignore"):
        found = 1 - (total - 1) * (observed * distance).sum(axis=-1) / expected
    return np.where(expected > 1e-9, found, np.nan)
