"""Pairs of outlets on the same events: how much more one uses a frame than the other."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from framing.findings.pages import Share
from framing.intervals import Floats, bootstrap_interval
from framing.plural import counted

Counts = NDArray[np.int64]

#: Fewer stories than this that both outlets covered give no difference.
LEAST_STORIES = 5
_DRAWS = 1000

COLUMNS = (
    "outlet_a",
    "outlet_b",
    "variable",
    "value",
    "stories",
    "articles_a",
    "articles_b",
    "eligible_a",
    "eligible_b",
    "share_a",
    "share_b",
    "difference",
    "low",
    "high",
    "reason",
)


@dataclass(frozen=True, slots=True)
class Told:
    """One article's part in a story.

    Attributes
    ----------
    story, outlet : str
    shares : mapping of str to Share
        By value.
    """

    story: str
    outlet: str
    shares: Mapping[str, Share]


def outlet_differences(
    articles: Iterable[Told],
    values: Sequence[str],
    *,
    variable: str = "",
    least: int = LEAST_STORIES,
    seed: int = 1,
) -> Iterator[dict[str, object]]:
    """Compare each pair of outlets on the stories that both covered.

    Parameters
    ----------
    articles : iterable of Told
        Articles without an outlet are in no pair.
    values : sequence of str
    variable : str
        Whose values they are.
    least : int
        Fewer common stories give no figures but a reason.
    seed : int
        Of the bootstrap.

    Yields
    ------
    dict
        Columns as in `COLUMNS`. ``share_a`` and ``share_b`` are means over the common stories of
        each story's share (0 to 1); ``difference`` is ``share_a - share_b``, ``low`` and ``high``
        its 95 % interval from a studentised bootstrap that draws whole stories. What is undefined is None,
        with its reason.

    Examples
    --------
    >>> told = [Told(str(n), outlet, {"loud": Share(2, hits)}) for n in range(6)
    ...         for outlet, hits in (("A", 1 + n % 2), ("B", 0))]
    >>> row = next(outlet_differences(told, ["loud"]))
    >>> row["stories"], row["difference"]
    (6, 0.75)
    """
    outlets = _by_outlet(articles, values)
    for first, second in combinations(sorted(outlets), 2):
        one, other = outlets[first], outlets[second]
        _, at_one, at_other = np.intersect1d(one.stories, other.stories, True, return_indices=True)
        if not len(at_one):
            continue
        told = {
            "outlet_a": first,
            "outlet_b": second,
            "variable": variable,
            "articles_a": int(one.articles[at_one].sum()),
            "articles_b": int(other.articles[at_other].sum()),
        }
        for place, value in enumerate(values):
            counts = one.counts[at_one, place], other.counts[at_other, place]
            row: dict[str, object] = dict.fromkeys(COLUMNS)
            yield row | told | {"value": value} | _compared(*counts, least, seed)


@dataclass(frozen=True, slots=True)
class _Outlet:
    """One outlet's stories.

    Attributes
    ----------
    stories : ndarray of int, length n_stories
        In rising order.
    articles : ndarray of int, length n_stories
    counts : ndarray of int, shape (n_stories, n_values, 2)
        Eligible and predicted units.
    """

    stories: Counts
    articles: Counts
    counts: Counts


def _by_outlet(articles: Iterable[Told], values: Sequence[str]) -> dict[str, _Outlet]:
    """Sum up the articles of each outlet by story; of an article only a few numbers are held."""
    outlets: dict[str, int] = {}
    stories: dict[str, int] = {}
    places, numbers = array("q"), array("q")
    for item in articles:
        if not item.outlet:
            continue
        places.append(outlets.setdefault(item.outlet, len(outlets)))
        places.append(stories.setdefault(item.story, len(stories)))
        for value in values:
            numbers.extend((item.shares[value].eligible, item.shares[value].predicted))
    found = np.frombuffer(places, dtype=np.int64).reshape(-1, 2)
    counts = np.frombuffer(numbers, dtype=np.int64).reshape(len(found), len(values), 2)
    rank = np.empty(len(stories), dtype=np.int64)
    rank[[stories[name] for name in sorted(stories)]] = np.arange(len(stories))
    return {
        name: _outlet(rank[found[found[:, 0] == code, 1]], counts[found[:, 0] == code])
        for name, code in outlets.items()
    }


def _outlet(stories: Counts, counts: Counts) -> _Outlet:
    names, inverse, articles = np.unique(stories, return_inverse=True, return_counts=True)
    total = np.zeros((len(names), *counts.shape[1:]), dtype=np.int64)
    np.add.at(total, inverse, counts)
    return _Outlet(names, articles, total)


def _compared(one: Counts, other: Counts, least: int, seed: int) -> dict[str, object]:
    """Figures from the units of two outlets, eligible and predicted, story by story."""
    where = (one[:, 0] > 0) & (other[:, 0] > 0)
    pairs = np.column_stack([counts[where, 1] / counts[where, 0] for counts in (one, other)])
    row: dict[str, object] = {
        "stories": len(pairs),
        "eligible_a": int(one[:, 0].sum()),
        "eligible_b": int(other[:, 0].sum()),
        "reason": "",
    }
    if len(pairs) < least:
        common = counted(len(pairs), "common story")
        return row | {"reason": f"{common} with units where it can occur, at least {least} are needed"}
    means = pairs.mean(axis=0)
    differences = pairs[:, 0] - pairs[:, 1]
    row |= {
        "share_a": round(float(means[0]), 6),
        "share_b": round(float(means[1]), 6),
        "difference": round(float(differences.mean()), 6),
    }
    found = bootstrap_interval(
        np.column_stack([differences, np.ones(len(differences))]), _mean, draws=_DRAWS, seed=seed
    )
    if found.low is None or found.high is None:
        return row | {"reason": f"no interval: {found.reason}"}
    return row | {"low": round(max(-1.0, found.low), 6), "high": round(min(1.0, found.high), 6)}


def _mean(sums: Floats) -> Floats:
    return np.asarray(sums[..., 0] / sums[..., 1])
