"""Pairs of outlets on the same events: how much more one uses a frame than the other."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from framing.findings.pages import Share
from framing.intervals import Floats, bootstrap_interval

#: Fewer stories than this that both outlets covered give no difference.
LEAST_STORIES = 5
_DRAWS = 1000

COLUMNS = (
    "outlet_a",
    "outlet_b",
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
    articles: Sequence[Told], values: Sequence[str], *, least: int = LEAST_STORIES, seed: int = 1
) -> Iterator[dict[str, object]]:
    """Compare each pair of outlets on the stories that both covered.

    Parameters
    ----------
    articles : sequence of Told
        Articles without an outlet are in no pair.
    values : sequence of str
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
    cells: dict[tuple[str, str], list[Told]] = defaultdict(list)
    stories: dict[str, set[str]] = defaultdict(set)
    for item in articles:
        if item.outlet:
            cells[(item.outlet, item.story)].append(item)
            stories[item.outlet].add(item.story)
    for first, second in combinations(sorted(stories), 2):
        common = sorted(stories[first] & stories[second])
        if not common:
            continue
        for value in values:
            yield _row(first, second, value, common, cells, least, seed)


def _row(
    first: str,
    second: str,
    value: str,
    common: Sequence[str],
    cells: Mapping[tuple[str, str], Sequence[Told]],
    least: int,
    seed: int,
) -> dict[str, object]:
    pooled = [
        (_pooled(cells[(first, story)], value), _pooled(cells[(second, story)], value)) for story in common
    ]
    pairs = np.array(
        [(a.share, b.share) for a, b in pooled if a.share is not None and b.share is not None]
    ).reshape(-1, 2)
    row: dict[str, object] = dict.fromkeys(COLUMNS)
    row |= {
        "outlet_a": first,
        "outlet_b": second,
        "value": value,
        "stories": len(pairs),
        "articles_a": sum(len(cells[(first, story)]) for story in common),
        "articles_b": sum(len(cells[(second, story)]) for story in common),
        "eligible_a": sum(a.eligible for a, _ in pooled),
        "eligible_b": sum(b.eligible for _, b in pooled),
        "reason": "",
    }
    if len(pairs) < least:
        reason = f"{len(pairs)} common stories with units where it can occur, at least {least} are needed"
        return row | {"reason": reason}
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


def _pooled(articles: Sequence[Told], value: str) -> Share:
    shares = [item.shares[value] for item in articles]
    return Share(sum(s.eligible for s in shares), sum(s.predicted for s in shares))
