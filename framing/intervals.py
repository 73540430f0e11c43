"""Intervals for figures that come from sums over clusters, such as units within articles.

The bootstrap draws whole clusters, and does so by weights: a draw is one row of counts, and all
draws of all sums are one matrix product. Any figure that is a smooth function of sums fits:
a share, a mean, alpha, kappa, macro-F1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Sums with the last axis over the columns of the totals → one value each.
Statistic = Callable[[Floats], Floats]
Scale = Literal["plain", "share", "below_one"]

_FEW_COLUMNS = 12
_CELLS = 4_000_000  # of one block of draws × clusters: 32 MB
_FEWEST_DRAWS = 0.5
_TINY = 1e-12
_ROUNDING = 1e-13  # of a squared sum of terms
_LEAST_AGREEMENT = -1.0


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its interval, or the reason why there is none.

    Attributes
    ----------
    value : float or None
        The figure itself; None where it is undefined.
    low, high : float or None
        The interval; None where it can't be given, then `reason` says why.
    error : float or None
        Standard error by linearisation, in the figure's own unit.
    clusters : int
        How many clusters it rests on.
    draws : int
        Draws in which the figure was defined.
    reason : str
        Why the value or the interval is missing; empty if neither is.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    error: float | None = None
    clusters: int = 0
    draws: int = 0
    reason: str = ""

    @property
    def pair(self) -> list[float] | None:
        """``[low, high]``, None without an interval."""
        return None if self.low is None or self.high is None else [self.low, self.high]


def sum_by_cluster(rows: Floats, clusters: NDArray[np.int64], count: int) -> Floats:
    """Add up rows by cluster.

    Parameters
    ----------
    rows : array of shape (units, columns)
    clusters : array of int, shape (units,)
        Which cluster a unit belongs to, from 0.
    count : int
        How many clusters there are.

    Returns
    -------
    array of shape (count, columns)

    Examples
    --------
    >>> sum_by_cluster(np.array([[1.0], [2.0], [4.0]]), np.array([0, 1, 0]), 2).tolist()
    [[5.0], [2.0]]
    """
    columns = [np.bincount(clusters, weights=column, minlength=count) for column in rows.T]
    return np.stack(columns, axis=1) if columns else np.zeros((count, 0))


def bootstrap_interval(
    totals: Floats,
    statistic: Statistic,
    *,
    gradient: Statistic | None = None,
    scale: Scale = "plain",
    draws: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
) -> Interval:
    """Symmetric studentised bootstrap interval of a function of sums, clusters drawn whole.

    Each draw's distance from the figure is divided by the draw's own standard error (the
    infinitesimal jackknife), on a scale on which the figure's spread hardly depends on its value;
    the quantile of the absolute distances replaces that of the t distribution. A percentile
    interval is too narrow at a hundred clusters, most of all for rare values; see
    ``docs/methods_reliability.md`` for the simulation.

    Parameters
    ----------
    totals : array of shape (clusters, columns)
        What each cluster adds to the sums.
    statistic : callable
        Takes sums of shape (…, columns), gives values of shape (…); NaN where undefined.
    gradient : callable, optional
        Takes the same, gives derivatives of shape (…, columns); by default by differences.
    scale : {"plain", "share", "below_one"}
        ``share``: logit, for figures from 0 to 1. ``below_one``: -log(1 - x), for coefficients
        of agreement, whose upper end is 1.
    draws : int
    confidence : float
        0 to 1.
    seed : int
        Same seed, same interval.

    Returns
    -------
    Interval

    Notes
    -----
    Davison & Hinkley (1997), *Bootstrap methods and their application*, 5.2 (studentised), 2.7.2
    (standard error by influence values); Hall (1988) on the symmetric form.

    Examples
    --------
    >>> hits = np.array([[30.0, 50.0], [20.0, 40.0], [40.0, 60.0], [10.0, 30.0]])
    >>> found = bootstrap_interval(hits, lambda s: s[..., 0] / s[..., 1], scale="share")
    >>> round(found.value, 3), found.low < found.value < found.high
    (0.556, True)
    """
    clusters = len(totals)
    sums = totals.sum(axis=0)
    with np.errstate(all="ignore"):
        value = float(statistic(sums))
    if not np.isfinite(value):
        return Interval(None, clusters=clusters, reason="undefined")
    if clusters < 2:
        return Interval(value, clusters=clusters, reason="one cluster has no spread")
    sampler = _Sampler(totals, statistic, gradient, scale, draws)
    place, error = sampler.figures(np.ones((1, len(sampler.rows))) * sampler.counts)
    if not (np.isfinite(place[0]) and error[0] > _TINY):
        return Interval(value, clusters=clusters, reason="no spread between the clusters")
    distances = sampler.distances(float(place[0]), draws, seed)
    if len(distances) < _FEWEST_DRAWS * draws:
        return Interval(
            value,
            clusters=clusters,
            draws=len(distances),
            reason=f"the figure is undefined in {draws - len(distances)} of {draws} draws",
        )
    # The smallest distance that holds at least this share of the draws, as a percentile test does.
    quantile = float(np.quantile(distances, confidence, method="higher"))
    half = quantile * float(error[0])
    if half <= _TINY:
        return Interval(value, clusters=clusters, reason="no spread between the draws")
    with np.errstate(over="ignore"):
        low, high = (float(_BACK[scale](place[0] + side * half)) for side in (-1, 1))
    if scale == "below_one":
        low = max(low, _LEAST_AGREEMENT)
    return Interval(
        value=value,
        low=min(low, value),  # the scale and back costs a last digit
        high=max(high, value),
        error=float(error[0] / _SLOPE[scale](np.float64(value))),
        clusters=clusters,
        draws=len(distances),
    )


class _Sampler:
    """Draws clusters; equal ones are drawn together, which gives the same chances with less work."""

    def __init__(
        self, totals: Floats, statistic: Statistic, gradient: Statistic | None, scale: Scale, draws: int
    ) -> None:
        self.clusters = len(totals)
        self.rows, self.counts = _distinct(totals, draws)
        self._value = statistic
        self._gradient = gradient or (lambda sums: _differences(statistic, sums))
        self._scale: Scale = scale
        # With few columns, sums of their products are quicker than an influence for each cluster.
        first, second = np.triu_indices(totals.shape[1])
        self._columns = first, second
        self._products: Floats | None = None
        if totals.shape[1] <= _FEW_COLUMNS:
            twice = np.where(first == second, 1.0, 2.0)
            self._products = self.rows[:, first] * self.rows[:, second] * twice

    def figures(self, weights: Floats) -> tuple[Floats, Floats]:
        """Place and standard error on the scale, for each row of weights."""
        with np.errstate(all="ignore"):
            sums = weights @ self.rows
            value = self._value(sums)
            slopes = np.nan_to_num(self._gradient(sums), nan=0.0, posinf=0.0, neginf=0.0)
            # A statistic that ignores the sample's size has influences that add up to 0; one that
            # does not (alpha's small-sample term) is centred here.
            mean = np.einsum("bp,bp->b", slopes, sums) / self.clusters
            variance = self._squares(weights, slopes) - self.clusters * mean**2
            # Influences that are all alike leave a difference of rounding, which differs by processor.
            noise = _ROUNDING * np.einsum("bp,bp->b", np.abs(slopes), np.abs(sums)) ** 2
            error = np.sqrt(np.where(variance > noise, variance, 0.0) * self.clusters / (self.clusters - 1))
            return _TO[self._scale](value), error * _SLOPE[self._scale](value)

    def _squares(self, weights: Floats, slopes: Floats) -> Floats:
        """Weighted sum over clusters of the squared influence: slopes times what a cluster adds."""
        if self._products is None:
            influence = slopes @ self.rows.T
            np.square(influence, out=influence)
            return np.asarray(np.einsum("bc,bc->b", weights, influence))
        first, second = self._columns
        return np.asarray(
            np.einsum("bq,bq->b", weights @ self._products, slopes[:, first] * slopes[:, second])
        )

    def distances(self, place: float, draws: int, seed: int) -> Floats:
        """Absolute studentised distances of the draws in which the figure is defined."""
        found = []
        block = max(1, _CELLS // len(self.rows))
        for start in range(0, draws, block):
            weights = self._weights(draws, seed, start, min(block, draws - start))
            places, errors = self.figures(weights)
            usable = np.isfinite(places) & np.isfinite(errors) & (errors > _TINY)
            found.append(np.abs(places[usable] - place) / errors[usable])
        return np.concatenate(found)

    def _weights(self, draws: int, seed: int, start: int, size: int) -> Floats:
        if len(self.rows) == self.clusters and draws * self.clusters <= _CELLS:
            return _equal_weights(seed, self.clusters, draws)[start : start + size]
        generator = np.random.default_rng([seed, start])
        return generator.multinomial(self.clusters, self.counts / self.clusters, size=size).astype(float)


@lru_cache(maxsize=4)
def _equal_weights(seed: int, clusters: int, draws: int) -> Floats:
    """The same draws serve every figure on the same clusters."""
    generator = np.random.default_rng([seed, clusters])
    drawn: NDArray[Any] = generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=draws)
    return drawn.astype(float)


def _distinct(totals: Floats, draws: int) -> tuple[Floats, Floats]:
    """Join equal clusters if they are too many for draws that all figures share."""
    if draws * len(totals) > _CELLS:
        rows, counts = np.unique(totals, axis=0, return_counts=True)
        if 2 * len(rows) < len(totals):
            return rows, counts.astype(float)
    return totals, np.ones(len(totals))


def _differences(statistic: Statistic, sums: Floats) -> Floats:
    """Central differences, column by column."""
    slopes = np.empty_like(sums)
    for column in range(sums.shape[-1]):
        step = 1e-5 * (np.abs(sums[..., column]) + 1)
        above, below = sums.copy(), sums.copy()
        above[..., column] += step
        below[..., column] -= step
        slopes[..., column] = (statistic(above) - statistic(below)) / (2 * step)
    return slopes


def _plain(x: Any) -> Any:
    return x


_TO: dict[Scale, Callable[[Any], Any]] = {
    "plain": _plain,
    "share": lambda x: np.log(x / (1 - x)),
    "below_one": lambda x: -np.log1p(-x),
}
_BACK: dict[Scale, Callable[[Any], Any]] = {
    "plain": _plain,
    "share": lambda z: 1 / (1 + np.exp(-z)),
    "below_one": lambda z: -np.expm1(-z),
}
#: Derivative of the scale.
_SLOPE: dict[Scale, Callable[[Any], Any]] = {
    "plain": np.ones_like,
    "share": lambda x: 1 / (x * (1 - x)),
    "below_one": lambda x: 1 / (1 - x),
}
