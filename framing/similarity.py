"""Near copies: which texts share most of their wording."""

import re
from collections import defaultdict
from collections.abc import Sequence

from framing.records import digest

_WORD = re.compile(r"\w+")
_RUN = 5
_COMMON = 50


def shingles(text: str) -> set[str]:
    """Hash every run of five words; a shorter text is one run.

    Examples
    --------
    >>> len(shingles("one two three four five six"))
    2
    """
    words = _WORD.findall(text.casefold())
    runs = range(max(1, len(words) - _RUN + 1))
    return {digest(" ".join(words[i : i + _RUN]), size=8) for i in runs} if words else set()


def copy_groups(texts: Sequence[str], *, share: float = 0.5) -> list[int]:
    """Number the groups of texts that are near copies of one another.

    Parameters
    ----------
    texts : sequence of str
    share : float
        Two texts are copies if this part of the shorter one's five-word runs stands in the other.

    Returns
    -------
    list of int
        For each text the index of the first text of its group. Runs that stand in over fifty
        texts are boilerplate and join nothing.

    Examples
    --------
    >>> copy_groups(["a b c d e f g", "x y z", "a b c d e f g h"])
    [0, 1, 0]
    """
    sets = [shingles(text) for text in texts]
    holders: dict[str, list[int]] = defaultdict(list)
    for index, found in enumerate(sets):
        for run in found:
            holders[run].append(index)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for indices in holders.values():
        if 1 < len(indices) <= _COMMON:
            for position, first in enumerate(indices):
                for second in indices[position + 1 :]:
                    shared[(first, second)] += 1
    parent = list(range(len(texts)))
    for (first, second), count in shared.items():
        if count >= share * min(len(sets[first]), len(sets[second])):
            _join(parent, first, second)
    return [_root(parent, index) for index in range(len(texts))]


def _root(parent: list[int], index: int) -> int:
    while parent[index] != index:
        parent[index] = parent[parent[index]]
        index = parent[index]
    return index


def _join(parent: list[int], first: int, second: int) -> None:
    low, high = sorted((_root(parent, first), _root(parent, second)))
    parent[high] = low
