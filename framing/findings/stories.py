"""Articles to stories (one event, within days), topics (one matter over years) and copies."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from framing.findings.edges import Edge, Edges
from framing.findings.linkage import average_linkage
from framing.neighbours import Pairs, neighbour_pairs
from framing.records import digest, former_article
from framing.similarity import Runs
from framing.terms import TermCounts

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


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of articles besides their words, one entry an article.

    Attributes
    ----------
    ids : sequence of str
        Each another.
    days : sequence of float
        When they appeared, as `framing.findings.dates.day` tells it; NaN where unknown.
    stories : sequence of str
        What the metadata call their stories; empty where they do not.
    """

    ids: Sequence[str]
    days: Sequence[float]
    stories: Sequence[str]


def group_articles(
    known: Known,
    counts: TermCounts,
    reports: Runs,
    *,
    background: TermCounts | None = None,
    scratch: Callable[[], BinaryIO] = BytesIO,
) -> Grouping:
    """Group articles into stories and topics, and find copies.

    Parameters
    ----------
    known : Known
    counts : TermCounts
        The words of each article, in the same order.
    reports : Runs
        The runs of words of each article's report, in the same order.
    background : TermCounts, optional
        Further texts that tell which words are common.
    scratch : callable
        Opens an empty file for what is worked on; in memory by default.

    Returns
    -------
    Grouping
        The order of the articles changes nothing. An article whose metadata names a story is in
        that story and no other; a copy is in its original's story.

    Examples
    --------
    >>> texts = ["Dam cracks in Ashmouth", "Crack found in the Ashmouth dam", "Bread is dearer"]
    >>> counts, reports = TermCounts(), Runs()
    >>> counts.add(texts)
    >>> reports.add(texts)
    >>> found = group_articles(Known(["a", "b", "c"], [1.0] * 3, [""] * 3), counts, reports)
    >>> found.story[0] == found.story[1], found.story[0] == found.story[2]
    (True, False)
    """
    former = [former_article(name) for name in known.ids]
    order = np.array(sorted(range(len(former)), key=former.__getitem__), dtype=np.intp)
    names = [known.ids[i] for i in order]
    labels = [known.stories[i] for i in order]
    days = np.asarray(known.days, dtype=np.float64)[order]
    vectors = counts.vectors(background, order=order, stream=scratch())
    of_story, of_topic = Edges(len(names), scratch), Edges(len(names), scratch)
    copies: list[tuple[int, int]] = []
    for near in neighbour_pairs(vectors, floor=_FLOOR, days=days, window=2 * WINDOW, scratch=scratch):
        of_topic.add(near.first, near.second, near.cosine)
        of_story.add(*_faded(near, days))
        copies += _copies(near, reports, order)
    for ever in neighbour_pairs(vectors, floor=_FLOOR, scratch=scratch):
        of_topic.add(ever.first, ever.second, ever.cosine)
        of_story.add(*_loose(ever, days))
        copies += _copies(ever, reports, order)
    copies = sorted(set(copies))
    start = _start(labels, copies, len(names))
    spread = _spread(start, labels)
    stories = average_linkage(start, spread, of_story, threshold=STORY, scratch=scratch)
    topics = average_linkage(stories, [""] * len(names), of_topic, threshold=TOPIC, scratch=scratch)
    return _named(order, names, days, labels, (stories, topics), copies)


def _faded(pairs: Pairs, days: NDArray[np.float64]) -> Edge:
    """Dated pairs: those within the window as they are, fading to 0 at twice the window."""
    fading = np.clip(2 - np.abs(days[pairs.first] - days[pairs.second]) / WINDOW, 0, 1)
    alive = fading > 0
    return pairs.first[alive], pairs.second[alive], (pairs.cosine * fading)[alive].astype(np.float64)


def _loose(pairs: Pairs, days: NDArray[np.float64]) -> Edge:
    """Pairs of which a date is unknown, discounted."""
    unknown = np.isnan(days)
    loose = unknown[pairs.first] | unknown[pairs.second]
    return pairs.first[loose], pairs.second[loose], pairs.cosine[loose] * np.float64(UNDATED)


def _copies(pairs: Pairs, reports: Runs, order: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    """Pairs of which half of the shorter one's five-word runs stand in the other."""
    likely = np.flatnonzero(pairs.cosine >= COPY_COSINE)
    for first, second in set(zip(pairs.first[likely].tolist(), pairs.second[likely].tolist(), strict=True)):
        if reports.share(int(order[first]), int(order[second])) >= COPY_SHARE:
            yield first, second


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
    order: NDArray[np.intp],
    names: Sequence[str],
    days: NDArray[np.float64],
    labels: Sequence[str],
    clusters: tuple[NDArray[np.int32], NDArray[np.int32]],
    copies: Sequence[tuple[int, int]],
) -> Grouping:
    size = len(order)
    stories, topics = (cluster.tolist() for cluster in clusters)
    own = {cluster: label for cluster, label in zip(stories, labels, strict=True) if label}
    story_of = {c: own.get(c) or f"story-{_mark(names[c])}" for c in set(stories)}
    topic_of = {c: f"topic-{_mark(names[c])}" for c in set(topics)}
    originals = _originals(names, days, copies)
    story, topic, copy_of, undated = [""] * size, [""] * size, [""] * size, [False] * size
    for place, item in enumerate(order.tolist()):
        story[item], topic[item] = story_of[stories[place]], topic_of[topics[place]]
        copy_of[item] = originals.get(place, "")
        undated[item] = bool(np.isnan(days[place]))
    return Grouping(story, topic, copy_of, undated)


def _mark(name: str) -> str:
    return digest(former_article(name), size=5)


def _originals(
    names: Sequence[str],
    days: NDArray[np.float64],
    copies: Sequence[tuple[int, int]],
) -> dict[int, str]:
    """The earliest of each group of copies; undated ones last, then by id."""
    members: dict[int, list[int]] = {}
    copied = {place for pair in copies for place in pair}
    groups = _start([""] * len(names), copies, len(names))
    for place in sorted(copied):
        members.setdefault(groups[place], []).append(place)
    found = {}
    for places in members.values():
        first = min(
            places, key=lambda i: (np.isnan(days[i]), np.nan_to_num(days[i]), former_article(names[i]))
        )
        found.update({place: names[first] for place in places if place != first})
    return found
