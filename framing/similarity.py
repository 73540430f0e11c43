"""Near copies: which texts share most of their wording."""

import re
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from framing.records import digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

_WORD = re.compile(r"\w+")
_RUN = 5
_COMMON = 50
#: Of long texts one run in four is kept; a text with fewer runs than this keeps all of them.
_SAMPLED = 4
_SHORT = 200
#: Texts that hold one run are compared in pairs up to so many, beyond with their neighbours alone.
_PAIRED = 6
#: Part of the wanted share that the found runs must reach before two texts are compared.
_HINT = 0.2


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


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two texts that share wording.

    Attributes
    ----------
    first, second : int
        In the order in which they were added.
    share : float
        Part of the shorter one's five-word runs that stands in the other, 0 to 1; from a sample
        of one run in four where both texts are long.
    """

    first: int
    second: int
    share: float


class Sketches:
    """Texts as samples of their five-word runs, so that a hundred thousand can be compared.

    Which runs are sampled depends on their words alone (as in Broder 1997, *On the resemblance
    and containment of documents*), so the share of one text that stands in another can be read
    from the samples. Only texts that share sampled runs are compared.

    Examples
    --------
    >>> sketches = Sketches()
    >>> for text in ("a b c d e f g", "x y z v w", "a b c d e f g h"):
    ...     sketches.add(text)
    >>> [(found.first, found.second, found.share) for found in sketches.alike()]
    [(0, 2, 1.0)]
    """

    def __init__(self) -> None:
        self._runs: list[Hashes] = []
        self._steps: list[int] = []

    def add(self, text: str) -> None:
        """Add a text; an empty one is like no other."""
        import numpy as np

        runs = _run_hashes(_WORD.findall(text.casefold()))
        step = 1 if len(runs) < _SHORT else _SAMPLED
        self._runs.append(runs[runs % np.uint64(step) == 0])
        self._steps.append(step)

    def alike(self, share: float = 0.5) -> Iterator[Likeness]:
        """Find texts of which at least `share` of the shorter one stands in the other."""
        for first, second in self._candidates(share):
            found = self._share(first, second)
            if found >= share:
                yield Likeness(first, second, round(found, 4))

    def _share(self, first: int, second: int) -> float:
        import numpy as np

        step = np.uint64(max(self._steps[first], self._steps[second]))
        one, other = (runs[runs % step == 0] for runs in (self._runs[first], self._runs[second]))
        smaller = min(len(one), len(other))
        return len(np.intersect1d(one, other, assume_unique=True)) / smaller if smaller else 0.0

    def _candidates(self, share: float) -> Iterator[tuple[int, int]]:
        """Pairs that share so many of the runs that few texts hold, or are neighbours in others."""
        import numpy as np

        if not self._runs:
            return
        sizes = np.array([len(runs) for runs in self._runs])
        owners = np.repeat(np.arange(len(sizes)), sizes)
        hashes = np.concatenate(self._runs)
        order = np.lexsort((owners, hashes))
        pairs = _neighbours(hashes[order], owners[order])
        found, counts = np.unique(pairs, return_counts=True)
        first, second = found >> 32, found & 0xFFFFFFFF
        smaller = np.minimum(self._sampled(sizes)[first], self._sampled(sizes)[second])
        enough = counts >= np.maximum(1, _HINT * share * smaller)
        yield from zip(first[enough].tolist(), second[enough].tolist(), strict=True)

    def _sampled(self, sizes: Any) -> Any:
        """How many runs of each text would be sampled."""
        import numpy as np

        steps = np.array(self._steps)
        return np.where(steps == 1, sizes / _SAMPLED, sizes)


class Runs:
    """The five-word runs of texts, kept in a file.

    Attributes
    ----------
    stream : binary file
        Takes them, so that memory does not grow with the texts; without one they are held.

    Examples
    --------
    >>> runs = Runs()
    >>> runs.add(["a b c d e f g", "x y z v w", "a b c d e f g h"])
    >>> runs.share(0, 2), runs.share(0, 1)
    (1.0, 0.0)
    """

    def __init__(self, stream: BinaryIO | None = None) -> None:
        self.stream = stream or BytesIO()
        self._ends = array("Q", [0])

    def add(self, texts: Iterable[str]) -> None:
        """Add texts; an empty one is like no other."""
        for text in texts:
            runs = _run_hashes(_WORD.findall(text.casefold()))
            self.stream.seek(self._ends[-1])
            self.stream.write(runs.tobytes())
            self._ends.append(self._ends[-1] + runs.nbytes)

    def share(self, first: int, second: int) -> float:
        """What part of the shorter text's runs stands in the other, 0 to 1."""
        import numpy as np

        one, other = self._of(first), self._of(second)
        shorter = min(len(one), len(other))
        return len(np.intersect1d(one, other, assume_unique=True)) / shorter if shorter else 0.0

    def _of(self, number: int) -> "Hashes":
        import numpy as np

        start, end = self._ends[number : number + 2]
        self.stream.seek(start)
        return np.frombuffer(self.stream.read(end - start), dtype=np.uint64)


def _neighbours(hashes: Any, owners: Any) -> Any:
    """Code pairs of texts that hold one run: all within `_PAIRED` places, and with the first."""
    import numpy as np

    coded = []
    for distance in range(1, _PAIRED + 1):
        same = hashes[distance:] == hashes[:-distance]
        coded.append(owners[:-distance][same] << 32 | owners[distance:][same])
    starts = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1])))
    lengths = np.diff(np.append(starts, len(hashes)))
    firsts = np.repeat(owners[starts], lengths)
    far = np.arange(len(hashes)) - np.repeat(starts, lengths) > _PAIRED
    coded.append(firsts[far] << 32 | owners[far])
    return np.concatenate(coded)


def _run_hashes(words: list[str]) -> "Hashes":
    """Hash every run of five words to 64 bits, the same on every machine; each once, sorted."""
    import numpy as np

    if not words:
        return np.empty(0, dtype=np.uint64)
    codes = np.array([zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words], dtype=np.uint64)
    count = max(1, len(words) - _RUN + 1)
    found: Hashes = np.zeros(count, dtype=np.uint64)
    for place in range(min(_RUN, len(words))):
        found = _mixed(found * np.uint64(0x9E3779B97F4A7C15) + codes[place : place + count])
    return np.unique(found)


def _mixed(values: "Hashes") -> "Hashes":
    """The finaliser of SplitMix64 (Steele, Lea and Flood 2014): every bit depends on every other."""
    import numpy as np

    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def grouped(count: int, alike: Sequence[Likeness]) -> list[int]:
    """Join texts that are alike, directly or through others: for each the first of its group."""
    parent = list(range(count))
    for pair in alike:
        _join(parent, pair.first, pair.second)
    return [_root(parent, index) for index in range(count)]


def _root(parent: list[int], index: int) -> int:
    while parent[index] != index:
        parent[index] = parent[parent[index]]
        index = parent[index]
    return index


def _join(parent: list[int], first: int, second: int) -> None:
    low, high = sorted((_root(parent, first), _root(parent, second)))
    parent[high] = low
