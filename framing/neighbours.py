"""TF-IDF neighbours: which texts share their telling words, without comparing all pairs.

Texts are taken in one after another and only their word counts are kept. Words are counted by a
hash, so no vocabulary grows with the corpus; candidates come from words that few texts share.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

_WORD = re.compile(r"[^\W_]{2,}")
_SLOTS = 1 << 21
_MEMO = 200_000
_KEPT = 256
_NAME = 1.5
_CHUNK = 256
_LARGE = 2000
_POSTINGS = 300
_KEYS = 64
_TOP = 50


@dataclass
class TermCounts:
    """The words of many texts, counted.

    Examples
    --------
    >>> counts = TermCounts()
    >>> counts.add(["rain in Ashmouth", "Rains over Ashmouth", "the price of bread"])
    >>> pairs = neighbour_pairs(counts.vectors(), floor=0.1)
    >>> pairs.first.tolist(), pairs.second.tolist()
    ([0], [1])
    """

    _terms: list[Ints] = field(default_factory=list)
    _counts: list[NDArray[np.uint8]] = field(default_factory=list)
    _written: NDArray[np.int32] = field(default_factory=lambda: np.zeros((2, _SLOTS), dtype=np.int32))
    _memo: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._terms)

    def add(self, texts: Iterable[str]) -> None:
        """Count the words of texts; numbers and words of two letters or more, plurals folded."""
        for text in texts:
            words = Counter(_WORD.findall(text))
            found: Counter[int] = Counter()
            for word, count in words.items():
                slot = self._slot(word)
                found[slot] += count
                self._written[int(word[0].isupper()), slot] += count
            order = sorted(found)
            self._terms.append(np.array(order, dtype=np.int32))
            self._counts.append(np.array([min(found[slot], 255) for slot in order], dtype=np.uint8))

    def _slot(self, word: str) -> int:
        slot = self._memo.get(word)
        if slot is None:
            if len(self._memo) >= _MEMO:
                self._memo.clear()
            slot = self._memo[word] = zlib.crc32(_folded(word).encode("utf-8", "replace")) % _SLOTS
        return slot

    def frequencies(self) -> NDArray[np.int64]:
        """In how many texts each slot occurs."""
        total = np.zeros(_SLOTS, dtype=np.int64)
        for terms in self._terms:
            total[terms] += 1
        return total

    def vectors(self, background: "TermCounts | None" = None) -> csr_matrix:
        """Weigh the words: ``(1 + ln tf) ln((1 + n) / (1 + df))``, names half as much again.

        Parameters
        ----------
        background : TermCounts, optional
            Further texts that tell which words are common, so that a handful of texts on one
            matter can be told from others.

        Returns
        -------
        csr_matrix of shape (n_texts, n_slots), float32
            The 256 weightiest words of each text, every row of length 1 (0 for a text without
            any telling word). A name is a word that is mostly written with a capital.
        """
        frequencies, written, texts = self.frequencies(), self._written, len(self)
        if background:
            frequencies = frequencies + background.frequencies()
            written = written + background._written
            texts += len(background)
        weights = np.log((1 + texts) / (1 + frequencies)).astype(np.float32)
        weights[written[1] > written[0]] *= _NAME
        rows = [_row(t, c, weights) for t, c in zip(self._terms, self._counts, strict=True)]
        pointers = np.concatenate([[0], np.cumsum([len(terms) for terms, _ in rows])]).astype(np.int64)
        indices = np.concatenate([terms for terms, _ in rows]) if rows else np.zeros(0, dtype=np.int32)
        values = np.concatenate([v for _, v in rows]) if rows else np.zeros(0, dtype=np.float32)
        return csr_matrix((values, indices, pointers), shape=(len(rows), _SLOTS))


def _folded(word: str) -> str:
    low = word.casefold()
    return low[:-1] if len(low) > 4 and low[-1] == "s" and low[-2] != "s" else low


def _row(terms: Ints, counts: NDArray[np.uint8], weights: Floats) -> tuple[Ints, Floats]:
    values = (1 + np.log(counts.astype(np.float32))) * weights[terms]
    if len(values) > _KEPT:
        best = np.sort(np.argsort(-values, kind="stable")[:_KEPT])
        terms, values = terms[best], values[best]
    length = float(np.sqrt(np.square(values).sum()))
    return terms, (values / length if length else values).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of texts and how alike they are.

    Attributes
    ----------
    first, second : ndarray of int, length n_pairs
        Numbers of texts, ``first < second``; each pair once, in rising order.
    cosine : ndarray of float, length n_pairs
        Above 0, at most 1.
    """

    first: Ints
    second: Ints
    cosine: Floats


def neighbour_pairs(
    vectors: csr_matrix,
    *,
    floor: float,
    days: NDArray[np.float64] | None = None,
    window: float = 3.0,
    top: int = _TOP,
) -> Pairs:
    """Find the pairs of texts that are alike.

    Parameters
    ----------
    vectors : csr_matrix of shape (n_texts, n_slots)
        From `TermCounts.vectors`.
    floor : float
        The least cosine that is wanted.
    days : ndarray of float, length n_texts, optional
        When each text appeared, in days; NaN where unknown. Given, only pairs of dated texts
        within `window` days of one another are looked at.
    window : float
    top : int
        The most candidates that are kept for a text, by the words that few texts share.

    Returns
    -------
    Pairs
        Exact cosines. Up to 2,000 texts (or texts within the window) all that share a word are
        looked at; beyond that, those that share some of their 64 weightiest words among the words
        that at most 300 texts have.
    """
    found = [
        _exact(vectors, rows, others, floor)
        for rows, others in _candidates(vectors, days, window, floor, top)
    ]
    if not found:
        none = np.zeros(0, dtype=np.int32)
        return Pairs(none, none, np.zeros(0, dtype=np.float32))
    first, second, cosine = (np.concatenate(part) for part in zip(*found, strict=True))
    low, high = np.minimum(first, second), np.maximum(first, second)
    keys = low.astype(np.int64) * vectors.shape[0] + high
    _, unique = np.unique(keys, return_index=True)
    return Pairs(low[unique].astype(np.int32), high[unique].astype(np.int32), cosine[unique])


def _candidates(
    vectors: csr_matrix, days: NDArray[np.float64] | None, window: float, floor: float, top: int
) -> Iterator[tuple[Ints, Ints]]:
    for rows, pool in _blocks(vectors.shape[0], days, window):
        large = len(pool) > _LARGE
        block = _keys(vectors[pool], _POSTINGS if large else len(pool), _KEYS if large else _KEPT)
        place = {int(text): number for number, text in enumerate(pool)}
        turned = block.T.tocsr()
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            shared = (block[[place[int(text)] for text in part]] @ turned).tocoo()
            likely = shared.data >= (floor / 2 if large else 0.0)
            first, second = part[shared.row[likely]], pool[shared.col[likely]]
            fits = first != second
            if days is not None:
                fits &= np.abs(days[first] - days[second]) <= window
            yield _best(first[fits], second[fits], shared.data[likely][fits], top)


def _blocks(
    texts: int, days: NDArray[np.float64] | None, window: float
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Rows, and all texts that they can be paired with; each day's rows stand in one block."""
    if days is None:
        everything = np.arange(texts)
        if texts > 1:
            yield everything, everything
        return
    dated = np.flatnonzero(~np.isnan(days))
    order = dated[np.argsort(days[dated], kind="stable")]
    times = days[order]
    start = 0
    while start < len(order):
        end = int(np.searchsorted(times, times[start] + 1.0, side="right"))
        last = int(np.searchsorted(times, times[end - 1] + window, side="right"))
        if last - start > 1:
            yield order[start:end], order[start:last]
        start = end


def _keys(block: csr_matrix, most: int, kept: int) -> csr_matrix:
    """The weightiest words of each text that at least two and at most `most` of the texts have."""
    spread = np.bincount(block.indices, minlength=1)
    telling = (spread[block.indices] > 1) & (spread[block.indices] <= most)
    rows = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))[telling]
    indices, data = block.indices[telling], block.data[telling]
    order = np.lexsort((indices, -data, rows))
    rows, indices, data = rows[order], indices[order], data[order]
    rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
    best = rank < kept
    shape = (block.shape[0], block.shape[1])
    return csr_matrix((data[best], (rows[best], indices[best])), shape=shape)


def _best(first: NDArray[np.intp], second: NDArray[np.intp], score: Floats, top: int) -> tuple[Ints, Ints]:
    """For each first text the `top` likeliest; ties go to the lower number, not to the order."""
    order = np.lexsort((second, -score, first))
    first, second = first[order], second[order]
    best = np.arange(len(first)) - np.searchsorted(first, first) < top
    return first[best].astype(np.int32), second[best].astype(np.int32)


def _exact(vectors: csr_matrix, first: Ints, second: Ints, floor: float) -> tuple[Ints, Ints, Floats]:
    cosine = np.zeros(len(first), dtype=np.float32)
    for start in range(0, len(first), 4096):
        span = slice(start, start + 4096)
        product = vectors[first[span]].multiply(vectors[second[span]])
        cosine[span] = np.asarray(product.sum(axis=1)).ravel()
    enough = cosine >= floor
    return first[enough], second[enough], np.minimum(cosine[enough], np.float32(1.0))
