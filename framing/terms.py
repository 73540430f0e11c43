"""Texts as weighed words: only their word counts are kept, in a file if one is given.

Words are counted by a hash, so no vocabulary grows with the corpus.
"""

import mmap
import re
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

_WORD = re.compile(r"[^\W_]{2,}")
_BITS = 21
#: How many different words can be told apart.
SLOTS = 1 << _BITS
_MEMO = 50_000
_KEPT = 256
_NAME = 1.5
#: Texts whose words are looked at together.
_SCANNED = 1024
_ENTRY = np.dtype([("term", np.int32), ("value", np.float32)])


@dataclass
class TermCounts:
    """The words of many texts, counted.

    Attributes
    ----------
    stream : binary file
        Takes the counts, so that memory does not grow with the texts; without one they are held.

    Examples
    --------
    >>> counts = TermCounts()
    >>> counts.add(["rain in Ashmouth", "Rains over Ashmouth", "the price of bread"])
    >>> rows = counts.vectors().rows([0, 1, 2])
    >>> [round(cosine, 1) for cosine in (rows @ rows.T).toarray()[0].tolist()]
    [1.0, 0.4, 0.0]
    """

    stream: BinaryIO = field(default_factory=BytesIO)
    _ends: "array[int]" = field(default_factory=lambda: array("Q", [0]))
    _texts: NDArray[np.int32] = field(default_factory=lambda: np.zeros(SLOTS, dtype=np.int32))
    _written: NDArray[np.int32] = field(default_factory=lambda: np.zeros((2, SLOTS), dtype=np.int32))
    _memo: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, texts: Iterable[str]) -> None:
        """Count the words of texts; numbers and words of two letters or more, plurals folded."""
        for text in texts:
            words = Counter(_WORD.findall(text))
            slots = np.fromiter(map(self._slot, words), dtype=np.int64, count=len(words))
            counts = np.fromiter(words.values(), dtype=np.int64, count=len(words))
            capital = np.array([word[0].isupper() for word in words], dtype=np.int8)
            np.add.at(self._written, (capital, slots), counts)
            terms, inverse = np.unique(slots, return_inverse=True)
            self._texts[terms] += 1
            often = np.bincount(inverse, weights=counts, minlength=len(terms)).astype(np.int64)
            entries = (terms | np.minimum(often, 255) << _BITS).astype(np.int32)
            self.stream.write(entries.tobytes())
            self._ends.append(self._ends[-1] + len(entries))

    def _slot(self, word: str) -> int:
        slot = self._memo.get(word)
        if slot is None:
            if len(self._memo) >= _MEMO:
                self._memo.clear()
            slot = self._memo[word] = zlib.crc32(_folded(word).encode("utf-8", "replace")) % SLOTS
        return slot

    def vectors(
        self,
        background: "TermCounts | None" = None,
        *,
        order: Sequence[int] | NDArray[np.integer] | None = None,
        stream: BinaryIO | None = None,
    ) -> "Vectors":
        """Weigh the words: ``(1 + ln tf) ln((1 + n) / (1 + df))``, names half as much again.

        Parameters
        ----------
        background : TermCounts, optional
            Further texts that tell which words are common, so that a handful of texts on one
            matter can be told from others.
        order : sequence of int, optional
            Numbers of the texts in the order wanted; that in which they were added by default.
        stream : binary file, optional
            Takes the vectors; without one they are held.

        Returns
        -------
        Vectors
            The 256 weightiest words of each text, every row of length 1 (0 for a text without
            any telling word). A name is a word that is mostly written with a capital.
        """
        weights = self._weights(background)
        entries = _Mapped(self.stream, np.dtype(np.int32))
        kept = Vectors(stream or BytesIO())
        for place, number in enumerate(range(len(self)) if order is None else order):
            own = entries.numbers[self._ends[number] : self._ends[number + 1]]
            kept.add(*_row(own & (SLOTS - 1), own >> _BITS, weights))
            if place % _SCANNED == 0:
                entries.let_go()
        return kept

    def _weights(self, background: "TermCounts | None") -> Floats:
        frequencies, written, texts = self._texts, self._written, len(self)
        if background:
            frequencies = frequencies + background._texts
            written = written + background._written
            texts += len(background)
        weights: Floats = np.log((1 + texts) / (1 + frequencies)).astype(np.float32)
        weights[written[1] > written[0]] *= _NAME
        return weights


class _Mapped:
    """What a stream holds, as numbers; a file is mapped into memory, not read."""

    def __init__(self, stream: BinaryIO, kind: np.dtype[Any]) -> None:
        self._map: mmap.mmap | None = None
        stream.flush()
        if isinstance(stream, BytesIO):
            self.numbers: NDArray[Any] = np.frombuffer(stream.getvalue(), dtype=kind)
        elif stream.seek(0, 2):
            self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            self.numbers = np.frombuffer(self._map, dtype=kind)
        else:
            self.numbers = np.zeros(0, dtype=kind)

    def let_go(self) -> None:
        """Tell the system that the pages are not needed now; where it can't be told it finds out itself."""
        if self._map is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)


@dataclass
class Vectors:
    """Weighed words of texts, read back as they are asked for.

    Attributes
    ----------
    stream : binary file
        Holds them.

    Examples
    --------
    >>> counts = TermCounts()
    >>> counts.add(["rain in Ashmouth", "snow"])
    >>> counts.vectors().rows([1, 0]).shape[0]
    2
    """

    stream: BinaryIO
    _ends: "array[int]" = field(default_factory=lambda: array("q", [0]))
    _entries: _Mapped | None = None

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, terms: Ints, values: Floats) -> None:
        """Add a text's words, in rising order, and their weights."""
        entries = np.empty(len(terms), dtype=_ENTRY)
        entries["term"], entries["value"] = terms, values
        self.stream.write(entries.tobytes())
        self._ends.append(self._ends[-1] + len(entries))

    def extend(self, block: csr_matrix) -> None:
        """Add the rows of a matrix, one a text."""
        for start, end in pairwise(block.indptr.tolist()):
            self.add(block.indices[start:end], block.data[start:end])

    def rows(self, numbers: "Sequence[int] | NDArray[np.integer]") -> csr_matrix:
        """The vectors of the texts of these numbers, shape (n_numbers, n_slots), float32."""
        if self._entries is None:
            self._entries = _Mapped(self.stream, _ENTRY)
        ends = np.frombuffer(self._ends, dtype=np.int64)
        wanted = np.asarray(numbers, dtype=np.intp)
        starts, sizes = ends[wanted], ends[wanted + 1] - ends[wanted]
        pointers = np.concatenate([[0], np.cumsum(sizes)])
        places = np.repeat(starts - pointers[:-1], sizes) + np.arange(pointers[-1])
        found = self._entries.numbers[places]
        self._entries.let_go()
        return csr_matrix((found["value"], found["term"], pointers), shape=(len(wanted), SLOTS))


def _folded(word: str) -> str:
    low = word.casefold()
    return low[:-1] if len(low) > 4 and low[-1] == "s" and low[-2] != "s" else low


def _row(terms: Ints, counts: Ints, weights: Floats) -> tuple[Ints, Floats]:
    values = (1 + np.log(counts.astype(np.float32))) * weights[terms]
    if len(values) > _KEPT:
        best = np.sort(np.argsort(-values, kind="stable")[:_KEPT])
        terms, values = terms[best], values[best]
    length = float(np.sqrt(np.square(values).sum()))
    return terms, (values / length if length else values).astype(np.float32)
