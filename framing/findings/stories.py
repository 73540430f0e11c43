"""Articles to stories (one event, within days), topics (one matter over years) and copies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from framing.findings.dates import day
from framing.findings.linkage import average_linkage
from framing.neighbours import Pairs, TermCounts, neighbour_pairs
from framing.records import digest
from framing.similarity import shingles

if TYPE_CHECKING:
    import pandas as pd

#: Regions whose words tell what an article is about; boxes, menus and teasers are the outlet's.
TELLING = frozenset({"headline", "standfirst", "subhead", "body", "caption", "comment"})
#: Regions of the report alone.
REPORT = TELLING - {"comment"}

WINDOW = 3.0
STORY = 0.12
#: Without dates a story must be this much more alike than with them.
UNDATED = 0.75
TOPIC = 0.11
COPY_COSINE = 0.35
COPY_SHARE = 0.5
_FLOOR = 0.04


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which articles belong together; each list has one entry an article, in the order given.

    Attributes
    ----------
    story : list of str
        The story's own name where the metadata tells one, else ``story-`` and the hash of its
        members' first id.
    topic : list of str
    copy_of : list of str
        The `article_id` of the original that the article copies; empty for originals.
    undated : list of bool
        Whether the article has no date that can be read.
    """

    story: list[str]
    topic: list[str]
    copy_of: list[str]
    undated: list[bool]


def group_articles(
    articles: "pd.DataFrame",
    counts: TermCounts,
    report: Callable[[int], str],
    *,
    background: TermCounts | None = None,
) -> Grouping:
    """Group articles into stories and topics, and find copies.

    Parameters
    ----------
    articles : DataFrame
        Columns ``article_id published story``; ids are unique, missing text is empty.
    counts : TermCounts
        The words of each article, in the same order.
    report : callable
        Gives the report's text of the article with a number; asked only of likely copies.
    background : TermCounts, optional
        Further texts that tell which words are common.

    Returns
    -------
    Grouping
        The order of the articles changes nothing. An article whose metadata names a story is in
        that story and no other; a copy is in its original's story.

    Examples
    --------
    >>> import pandas as pd
    >>> texts = ["Dam cracks in Ashmouth", "Crack found in the Ashmouth dam", "Bread is dearer"]
    >>> counts = TermCounts()
    >>> counts.add(texts)
    >>> table = pd.DataFrame({"article_id": ["a", "b", "c"], "published": "2024-05-03", "story": ""})
    >>> found = group_articles(table, counts, texts.__getitem__)
    >>> found.story[0] == found.story[1], found.story[0] == found.story[2]
    (True, False)
    """
    ids = [str(name) for name in articles["article_id"]]
    order = sorted(range(len(ids)), key=ids.__getitem__)
    names = [ids[i] for i in order]
    labels = [str(articles["story"].iloc[i]) for i in order]
    days = np.array([_number(day(str(articles["published"].iloc[i]))) for i in order], dtype=np.float64)
    vectors = counts.vectors(background)[order]
    near = neighbour_pairs(vectors, floor=_FLOOR, days=days, window=2 * WINDOW)
    ever = neighbour_pairs(vectors, floor=_FLOOR)
    copies = _copies(_joined(near, ever), lambda i: report(order[i]))
    start = _start(labels, copies, len(names))
    both_known = _story_edges(near, ever, days)
    stories = average_linkage(start, _spread(start, labels), both_known, threshold=STORY)
    everything = _joined(near, ever)
    topics = average_linkage(
        stories,
        [""] * len(names),
        (everything.first, everything.second, everything.cosine),
        threshold=TOPIC,
    )
    return _named(order, names, days, labels, (stories, topics), copies)


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _joined(one: Pairs, other: Pairs) -> Pairs:
    """Both sets of pairs, each pair once."""
    first = np.concatenate([one.first, other.first])
    second = np.concatenate([one.second, other.second])
    cosine = np.concatenate([one.cosine, other.cosine])
    width = int(second.max(initial=0)) + 1
    _, unique = np.unique(first.astype(np.int64) * width + second, return_index=True)
    return Pairs(first[unique], second[unique], cosine[unique])


def _story_edges(
    near: Pairs, ever: Pairs, days: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Pairs within the window as they are, fading to 0 at twice the window; undated ones discounted."""
    unknown = np.isnan(days)
    loose = unknown[ever.first] | unknown[ever.second]
    fading = np.clip(2 - np.abs(days[near.first] - days[near.second]) / WINDOW, 0, 1)
    return (
        np.concatenate([near.first, ever.first[loose]]),
        np.concatenate([near.second, ever.second[loose]]),
        np.concatenate([near.cosine * fading, ever.cosine[loose] * UNDATED]).astype(np.float64),
    )


def _copies(pairs: Pairs, report: Callable[[int], str]) -> list[tuple[int, int]]:
    """Pairs of which half of the shorter one's five-word runs stand in the other."""
    runs = lru_cache(maxsize=4096)(lambda i: frozenset(shingles(report(i))))
    likely = np.flatnonzero(pairs.cosine >= COPY_COSINE)
    found = []
    for first, second in zip(pairs.first[likely].tolist(), pairs.second[likely].tolist(), strict=True):
        one, other = runs(first), runs(second)
        shorter = min(len(one), len(other))
        if shorter and len(one & other) >= COPY_SHARE * shorter:
            found.append((first, second))
    return found


def _start(labels: Sequence[str], copies: Sequence[tuple[int, int]], size: int) -> list[int]:
    """What belongs together beforehand: the metadata's stories, and copies unless it parts them."""
    parent = list(range(size))
    label_at = list(labels)

    def root(item: int) -> int:
        while parent[item] != item:
            item = parent[item]
        return item

    def join(a: int, b: int) -> None:
        low, high = sorted((root(a), root(b)))
        if label_at[low] and label_at[high] and label_at[low] != label_at[high]:
            return
        parent[high] = low
        label_at[low] = label_at[low] or label_at[high]

    first: dict[str, int] = {}
    for item, label in enumerate(labels):
        if label:
            join(first.setdefault(label, item), item)
    for a, b in copies:
        join(a, b)
    return [root(item) for item in range(size)]


def _spread(start: Sequence[int], labels: Sequence[str]) -> list[str]:
    """Each article's label, or its cluster's."""
    known = {cluster: label for cluster, label in zip(start, labels, strict=True) if label}
    return [known.get(cluster, "") for cluster in start]


def _named(
    order: Sequence[int],
    names: Sequence[str],
    days: NDArray[np.float64],
    labels: Sequence[str],
    clusters: tuple[Sequence[int], Sequence[int]],
    copies: Sequence[tuple[int, int]],
) -> Grouping:
    size = len(order)
    own = {cluster: label for cluster, label in zip(clusters[0], labels, strict=True) if label}
    originals = _originals(names, days, copies)
    story, topic, copy_of, undated = [""] * size, [""] * size, [""] * size, [False] * size
    for place, item in enumerate(order):
        cluster = clusters[0][place]
        story[item] = own.get(cluster) or f"story-{digest(names[cluster], size=5)}"
        topic[item] = f"topic-{digest(names[clusters[1][place]], size=5)}"
        copy_of[item] = originals.get(place, "")
        undated[item] = bool(np.isnan(days[place]))
    return Grouping(story, topic, copy_of, undated)


def _originals(
    names: Sequence[str],
    days: NDArray[np.float64],
    copies: Sequence[tuple[int, int]],
) -> dict[int, str]:
    """The earliest of each group of copies; undated ones last, then by id."""
    members: dict[int, list[int]] = {}
    for place, group in enumerate(_start([""] * len(names), copies, len(names))):
        members.setdefault(group, []).append(place)
    found = {}
    for places in members.values():
        first = min(places, key=lambda i: (np.isnan(days[i]), np.nan_to_num(days[i]), names[i]))
        found.update({place: names[first] for place in places if place != first})
    return found
