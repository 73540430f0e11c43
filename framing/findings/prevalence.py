"""A value's share, corrected for the model's errors by labels drawn with a known chance.

Prediction-powered inference (Angelopoulos, Bates, Fannjiang, Jordan & Zrnic 2023, Science 382) with
power tuning (PPI++: Angelopoulos, Duchi & Zrnic 2023), each label weighted by the inverse of its chance
of being drawn (design-based supervised learning: Egami, Hinck, Stewart & Wei 2023). Articles are the
clusters.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.intervals import Floats
from framing.plural import counted

SOURCE = (
    "prediction-powered inference (Angelopoulos et al. 2023) with power tuning (PPI++), labels weighted by "
    "the inverse of their chance to be drawn (Egami et al. 2023), clustered by article"
)
#: A figure from fewer labelled articles than this is told with a warning.
FEW_ARTICLES = 30
_TINY = 1e-12


@dataclass(frozen=True)
class Units:
    """The scored units, and the labelled ones, that are eligible for one value.

    Attributes
    ----------
    predicted : array of float, shape (n_scored,)
        Probability of the value, 0 to 1, for each scored unit.
    said : array of bool, shape (n_scored,)
        Whether the model's label is (or holds) the value.
    article : array of int, shape (n_scored,)
        From 0, numbered over scored and labelled units together.
    truth : array of float, shape (n_labelled,)
        1 where gold is (or holds) the value, else 0.
    held_out : array of float, shape (n_labelled,)
        Probability by a model that has not seen the unit.
    weight : array of float, shape (n_labelled,)
        Inverse of the chance of being drawn, above 0.
    labelled_article : array of int, shape (n_labelled,)
    """

    predicted: Floats
    said: NDArray[np.bool_]
    article: NDArray[np.int64]
    truth: Floats
    held_out: Floats
    weight: Floats
    labelled_article: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The share of one value in one group.

    Attributes
    ----------
    units, articles : int
        Eligible scored units, and their articles.
    labels, labelled_articles : int
        Eligible units with a usable label, and their articles.
    raw_share : float or None
        Part of the units to which the model gives the value, 0 to 1; None without eligible units.
    corrected_share : float or None
        0 to 1; None where it can't be given, then `reason` says why.
    corrected_share_interval : list of float or None
        95 % unless told otherwise.
    standard_error : float or None
    tuning : float or None
        How far the model is relied on: 0 the labels alone, 1 fully.
    reason : str
        Why share or interval is missing; empty if neither is.
    labels_needed : dict
        ``width labels more_labels reason``: what an interval of the wanted width needs.
    """

    units: int
    articles: int
    labels: int
    labelled_articles: int
    raw_share: float | None = None
    corrected_share: float | None = None
    corrected_share_interval: list[float] | None = None
    standard_error: float | None = None
    tuning: float | None = None
    reason: str = ""
    labels_needed: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """How much one group's share is above another's.

    Attributes
    ----------
    difference : float or None
        Of the corrected shares, -1 to 1.
    difference_interval : list of float or None
    raw_difference : float or None
    reason : str
        Why a figure is missing.
    """

    difference: float | None
    difference_interval: list[float] | None
    raw_difference: float | None
    reason: str = ""


def estimate(units: Units, *, width: float = 0.1, confidence: float = 0.95) -> Estimate:
    """Estimate a value's share among eligible units.

    The corrected share is ``mean(truth) + tuning * (mean(predicted) - mean(held_out))``, means of labels
    weighted; `tuning` minimises the estimated variance within 0 to 1.

    Parameters
    ----------
    units : Units
    width : float
        Wanted width of the interval, 0 to 1, for `labels_needed`.
    confidence : float
        0 to 1.

    Notes
    -----
    The standard error adds up, over articles, the squared influence of all units of the article
    (linearisation, with the factor G / (G - 1) of the labelled articles). The interval is symmetric on
    the logit, by the t distribution with the labelled articles less one degrees of freedom.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> truth = (rng.random(2000) < 0.3).astype(float)
    >>> p = np.where(truth == 1, 0.7, 0.2)
    >>> drawn = np.arange(400)
    >>> found = estimate(Units(p, p > 0.5, np.arange(2000), truth[drawn], p[drawn], np.ones(400), drawn))
    >>> round(found.corrected_share, 2), found.tuning > 0.9
    (0.31, True)
    """
    bare = Estimate(
        units=len(units.predicted),
        articles=len(np.unique(units.article)),
        labels=len(units.truth),
        labelled_articles=len(np.unique(units.labelled_article)),
    )
    if not bare.units:
        return replace(bare, reason="no scored unit where the value can occur")
    bare = replace(bare, raw_share=float(units.said.mean()))
    if not bare.labels:
        return replace(bare, reason="no usable label on units where the value can occur")
    parts = _parts(units)
    tuning, share = _tuned(parts, units)
    point = replace(bare, corrected_share=share, tuning=tuning)
    clusters = bare.labelled_articles
    influence = parts.of_truth + tuning * parts.of_model
    reason = _no_interval(bare, int(units.truth.sum()), float(influence @ influence))
    if reason:
        return replace(point, reason=reason)
    error = math.sqrt(float(influence @ influence) * clusters / (clusters - 1))
    quantile = _quantile(confidence, clusters - 1)
    return replace(
        point,
        corrected_share_interval=_on_logit(share, quantile * error),
        standard_error=error,
        labels_needed=labels_needed(parts, tuning, bare.labels, width, quantile),
    )


@dataclass(frozen=True)
class _Parts:
    """What each article adds to the error: of gold, of the model's mean, and of its mean on the labels."""

    of_truth: Floats
    of_scored: Floats
    of_held_out: Floats

    @property
    def of_model(self) -> Floats:
        return self.of_scored - self.of_held_out


def _parts(units: Units) -> _Parts:
    count = int(max(units.article.max(), units.labelled_article.max())) + 1
    share = units.weight / units.weight.sum()

    def added(values: Floats, weights: Floats, article: NDArray[np.int64]) -> Floats:
        centred = weights * (values - float(weights @ values))
        return np.bincount(article, weights=centred, minlength=count).astype(np.float64)

    equal = np.full(len(units.predicted), 1 / len(units.predicted))
    return _Parts(
        of_truth=added(units.truth, share, units.labelled_article),
        of_scored=added(units.predicted, equal, units.article),
        of_held_out=added(units.held_out, share, units.labelled_article),
    )


def _tuned(parts: _Parts, units: Units) -> tuple[float, float]:
    """Tuning and share; the labels alone where the model would lead out of 0 to 1."""
    spread = float(parts.of_model @ parts.of_model)
    best = -float(parts.of_truth @ parts.of_model) / spread if spread > _TINY**2 else 0.0
    tuning = min(max(best, 0.0), 1.0)
    share = units.weight / units.weight.sum()
    alone = float(share @ units.truth)
    found = alone + tuning * (float(units.predicted.mean()) - float(share @ units.held_out))
    return (tuning, found) if 0 < found < 1 else (0.0, min(max(alone, 0.0), 1.0))


def _no_interval(found: Estimate, held: int, variance: float) -> str:
    if found.labelled_articles < 2:
        return "labels of one article have no spread"
    if held in (0, found.labels):
        what = "none" if held == 0 else "each"
        far = min(1.0, 3 / found.labelled_articles)
        return (
            f"{what} of the {counted(found.labels, 'labelled unit')} has the value: no interval; by the "
            "rule of three "
            f"over {counted(found.labelled_articles, 'article')} the share may lie {far:.3f} off"
        )
    return "" if variance > _TINY**2 else "no spread between the articles"


def _quantile(confidence: float, degrees: int) -> float:
    from scipy.stats import t

    return float(t.ppf((1 + confidence) / 2, degrees))


def _on_logit(share: float, half: float) -> list[float]:
    place = math.log(share / (1 - share))
    step = min(half / (share * (1 - share)), 700.0 - abs(place))
    return [1 / (1 + math.exp(-(place + side * step))) for side in (-1, 1)]


def labels_needed(parts: _Parts, tuning: float, labels: int, width: float, quantile: float) -> dict[str, Any]:
    """Say how many labels an interval of a width needs, if further ones are drawn as these were.

    Only the labels' part of the variance falls with their number; what the number of scored articles
    adds stays.

    Returns
    -------
    dict
        ``width labels more_labels reason``; the numbers None where no number of labels suffices.
    """
    drawn = parts.of_truth - tuning * parts.of_held_out
    fixed = tuning**2 * float(parts.of_scored @ parts.of_scored)
    falling = float(drawn @ drawn)
    left = (width / (2 * quantile)) ** 2 - fixed
    if left <= 0:
        why = "the scored articles are too few for it, however many labels there are"
        return {"width": width, "labels": None, "more_labels": None, "reason": why}
    wanted = math.ceil(labels * falling / left)
    return {"width": width, "labels": wanted, "more_labels": max(0, wanted - labels), "reason": ""}


def difference(first: Estimate, second: Estimate) -> Difference:
    """Compare the shares of two groups that have no article in common.

    Notes
    -----
    The interval is made of the two intervals by the square root of the squared distances (Newcombe
    1998; Zou & Donner 2008), which keeps their lopsidedness.

    Examples
    --------
    >>> low = Estimate(9, 9, 9, 9, 0.2, 0.2, [0.1, 0.3])
    >>> high = Estimate(9, 9, 9, 9, 0.6, 0.5, [0.4, 0.6])
    >>> found = difference(high, low)
    >>> round(found.difference, 2), [round(x, 2) for x in found.difference_interval]
    (0.3, [0.16, 0.44])
    """
    raw = None if first.raw_share is None or second.raw_share is None else first.raw_share - second.raw_share
    if first.corrected_share is None or second.corrected_share is None:
        return Difference(None, None, raw, _first_reason(first, second))
    gap = first.corrected_share - second.corrected_share
    if first.corrected_share_interval is None or second.corrected_share_interval is None:
        return Difference(gap, None, raw, _first_reason(first, second))
    (low, high), (other_low, other_high) = (
        first.corrected_share_interval,
        second.corrected_share_interval,
    )
    below = math.hypot(first.corrected_share - low, other_high - second.corrected_share)
    above = math.hypot(high - first.corrected_share, second.corrected_share - other_low)
    return Difference(gap, [max(-1.0, gap - below), min(1.0, gap + above)], raw)


def _first_reason(first: Estimate, second: Estimate) -> str:
    return first.reason or second.reason
