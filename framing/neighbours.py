"""Neighbours: which texts share their telling words, without comparing all pairs.

Candidates come from words that few texts share. Nothing is held that grows with the texts: their
vectors are read block by block, and pairs are handed on as they are found.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from framing.terms import SLOTS, Floats, Ints, Vectors

_LARGE = 2000
_POSTINGS = 300
_KEYS = 64
_TOP = 50
#: Texts whose vectors are held together: as rows, as columns, and as rows of one product.
_ROWS = 4096
_COLUMNS = 16_384
_CHUNK = 128
_EXACT = 1024

Numbers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of texts and how alike they are.

    Attributes
    ----------
    first, second : ndarray of int, length n_pairs
        Numbers of texts, ``first < second``.
    cosine : ndarray of float, length n_pairs
        Above 0, at most 1.
    """

    first: Ints
    second: Ints
    cosine: Floats


def neighbour_pairs(
    vectors: Vectors,
    *,
    floor: float,
    days: NDArray[np.float64] | None = None,
    window: float = 3.0,
    top: int = _TOP,
    scratch: Callable[[], BinaryIO] = BytesIO,
) -> Iterator[Pairs]:
    """Find the pairs of texts that are alike, block by block.

    Parameters
    ----------
    vectors : Vectors
        From `TermCounts.vectors`.
    floor : float
        The least cosine that is wanted.
    days : ndarray of float, length n_texts, optional
        When each text appeared, in days; NaN where unknown. Given, only pairs of dated texts
        within `window` days of one another are looked at.
    window : float
    top : int
        The most candidates that are kept for a text, by the words that few texts share.
    scratch : callable
        Opens an empty file for what is looked at; in memory by default.

    Yields
    ------
    Pairs
        Exact cosines; a pair that both its texts find comes twice. Up to 2,000 texts (or texts
        within the window) all that share a word are looked at; beyond that, those that share some
        of their 64 weightiest words among the words that at most 300 texts have.

    Examples
    --------
    >>> from framing.terms import TermCounts
    >>> counts = TermCounts()
    >>> counts.add(["rain in Ashmouth", "Rains over Ashmouth", "the price of bread"])
    >>> pairs = next(neighbour_pairs(counts.vectors(), floor=0.1))
    >>> sorted(set(zip(pairs.first.tolist(), pairs.second.tolist())))
    [(0, 1)]
    """
    for rows, numbers in _pools(len(vectors), days, window):
        with scratch() as stream:
            pool = _pool(vectors, numbers, stream)
            least = floor / 2 if pool.pruned else 0.0
            for start in range(0, len(rows), _ROWS):
                places = np.searchsorted(numbers, rows[start : start + _ROWS])
                first, second = _search(pool, places, least, top, _near(numbers, days, window))
                yield _exact(vectors, numbers[first], numbers[second], floor)


def _pools(texts: int, days: NDArray[np.float64] | None, window: float) -> Iterator[tuple[Numbers, Numbers]]:
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
            yield np.sort(order[start:end]), np.sort(order[start:last])
        start = end


@dataclass(frozen=True, slots=True)
class _Pool:
    """Texts that may be paired, and the words by which they are.

    Attributes
    ----------
    vectors : Vectors
    at : ndarray of int
        Where the words of each text stand in `vectors`.
    pruned : bool
        Whether these are some of its words only.
    """

    vectors: Vectors
    at: Numbers
    pruned: bool

    def __len__(self) -> int:
        return len(self.at)

    def block(self, places: Numbers) -> csr_matrix:
        return self.vectors.rows(self.at[places])


def _pool(vectors: Vectors, numbers: Numbers, stream: BinaryIO) -> _Pool:
    """A large pool's texts are known by their weightiest words among those that few of them have."""
    if len(numbers) <= _LARGE:
        return _Pool(vectors, numbers, pruned=False)
    parts = [numbers[start : start + _EXACT] for start in range(0, len(numbers), _EXACT)]
    spread = np.zeros(SLOTS, dtype=np.int32)
    for part in parts:
        terms, counts = np.unique(vectors.rows(part).indices, return_counts=True)
        spread[terms] += counts.astype(np.int32)
    telling = (spread > 1) & (spread <= _POSTINGS)
    keys = Vectors(stream)
    for part in parts:
        keys.extend(_telling(vectors.rows(part), telling))
    return _Pool(keys, np.arange(len(numbers)), pruned=True)


def _telling(block: csr_matrix, telling: NDArray[np.bool_]) -> csr_matrix:
    wanted = telling[block.indices]
    rows = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))[wanted]
    indices, data = block.indices[wanted], block.data[wanted]
    order = np.lexsort((indices, -data, rows))
    rows, indices, data = rows[order], indices[order], data[order]
    rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
    best = rank < _KEYS
    return csr_matrix((data[best], (rows[best], indices[best])), shape=block.shape)


def _near(
    numbers: Numbers, days: NDArray[np.float64] | None, window: float
) -> Callable[[Numbers, Numbers], NDArray[np.bool_]]:
    """Whether texts at two places of a pool may be a pair."""
    if days is None:
        return lambda first, second: first != second
    own = days[numbers]
    return lambda first, second: (first != second) & (np.abs(own[first] - own[second]) <= window)


def _search(
    pool: _Pool,
    rows: Numbers,
    least: float,
    top: int,
    near: Callable[[Numbers, Numbers], NDArray[np.bool_]],
) -> tuple[Numbers, Numbers]:
    """For each of these rows the likeliest others, by places in the pool."""
    found = []
    block = pool.block(rows)
    for start in range(0, len(pool), _COLUMNS):
        columns = np.arange(start, min(start + _COLUMNS, len(pool)))
        turned = pool.block(columns).T.tocsr()
        for at in range(0, len(rows), _CHUNK):
            shared = (block[at : at + _CHUNK] @ turned).tocoo()
            likely = shared.data >= least
            first, second = rows[at + shared.row[likely]], columns[shared.col[likely]]
            fits = near(first, second)
            found.append(_best(first[fits], second[fits], shared.data[likely][fits], top))
    first, second, score = (np.concatenate(part) for part in zip(*found, strict=True))
    first, second, _ = _best(first, second, score, top)
    return first, second


def _best(first: Numbers, second: Numbers, score: Floats, top: int) -> tuple[Numbers, Numbers, Floats]:
    """For each first text the `top` likeliest; ties go to the lower number, not to the order."""
    order = np.lexsort((second, -score, first))
    first, second = first[order], second[order]
    best = np.arange(len(first)) - np.searchsorted(first, first) < top
    return first[best], second[best], score[order][best]


def _exact(vectors: Vectors, first: Numbers, second: Numbers, floor: float) -> Pairs:
    cosine = np.zeros(len(first), dtype=np.float32)
    for start in range(0, len(first), _EXACT):
        span = slice(start, start + _EXACT)
        product = vectors.rows(first[span]).multiply(vectors.rows(second[span]))
        cosine[span] = np.asarray(product.sum(axis=1)).ravel()
    enough = cosine >= floor
    one, other = first[enough], second[enough]
    return Pairs(
        np.minimum(one, other).astype(np.int32),
        np.maximum(one, other).astype(np.int32),
        np.minimum(cosine[enough], np.float32(1.0)),
    )
