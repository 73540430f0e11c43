"""What is constant about a token: its words, letters, word pieces and shape, as numbers.

A token is what stands between white space. Everything the classifier reads of a text is a sum over
its tokens and over pairs of neighbouring words, so each distinct token is looked at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from framing.classifier.pieces import PieceTable

Hashes = NDArray[np.uint32]
Codes = NDArray[np.uint64]
Counts = NDArray[np.int64]

#: Of a longer token only the beginning is read: a line of megabytes is no word.
LONGEST = 256
#: Lengths of the runs of letters.
SHORTEST_RUN, LONGEST_RUN = 2, 5
#: Columns of `Described.shapes`.
SHAPES = (
    "characters",
    "letters",
    "capitals",
    "digits",
    "words",
    "capitalised",
    "questions",
    "exclamations",
    "quotes",
    "ending",
)
#: Kinds of signs, columns of `_flags`.
SIGNS = (
    "word",
    "letter",
    "upper",
    "digit",
    "question",
    "exclamation",
    "quote",
    "closing",
    "ending",
    "space",
)
_QUOTES, _CLOSING, _ENDINGS = '"“”„«»‘', "\"”’')]»", ".?!…"
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_FIRST, _SECOND = np.uint64(0xD6E8FEB86659FD93), np.uint64(0xA0761D6478BD642F)


@dataclass(frozen=True, slots=True)
class Lists:
    """One list of numbers a token, end to end.

    Attributes
    ----------
    starts : ndarray of int, shape (n_tokens + 1,)
        Token `i` holds ``values[starts[i]:starts[i + 1]]``.
    values : ndarray
    """

    starts: Counts
    values: NDArray[np.generic]

    @property
    def owners(self) -> Counts:
        """For each number the token that holds it."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


@dataclass(frozen=True, slots=True)
class Described:
    """Tokens as numbers.

    Attributes
    ----------
    words : Lists of uint32
        Hashes of each token's words and of the pairs within it (``well-known``).
    letters : Lists of uint32
        Hashes of its runs of 2 to 5 letters, white space around it included.
    pieces : Lists of int
        Rows of the embedding table; empty without a table.
    first, last : ndarray of uint32, shape (n_tokens,)
        Hash of its first and last word; 0 where it has none.
    shapes : ndarray of float, shape (n_tokens, len(SHAPES))
    """

    words: Lists
    letters: Lists
    pieces: Lists
    first: Hashes
    last: Hashes
    shapes: NDArray[np.float64]


def describe(tokens: Sequence[str], table: PieceTable | None) -> Described:
    """Turn distinct tokens into numbers, the same on every machine.

    Parameters
    ----------
    tokens : sequence of str
        Without white space, in their own case.
    table : PieceTable or None
        Whose pieces to look up; None: none.

    Examples
    --------
    >>> found = describe(["Well-known", "–"], None)
    >>> len(found.words.values), found.last.tolist()[1]
    (3, 0)
    """
    kept = [token[:LONGEST] for token in tokens]
    small = [token.lower() for token in kept]
    codes, starts = _codes([f" {token} " for token in small])
    words, first, last = _words(codes, starts)
    pieces = _joined([table.pieces(token) for token in small] if table else [[] for _ in small])
    return Described(words, _letters(codes, starts), pieces, first, last, _shapes(kept))


def pair_hashes(first: Hashes, second: Hashes) -> Hashes:
    """Hash pairs of words, given the hashes of the words."""
    return _mixed(first.astype(np.uint64) * _FIRST + second.astype(np.uint64) * _SECOND)


def _words(codes: Codes, starts: Counts) -> tuple[Lists, Hashes, Hashes]:
    """Hash the words of padded tokens, then the pairs of neighbours within each token."""
    count = len(starts) - 1
    first, last = np.zeros(count, dtype=np.uint32), np.zeros(count, dtype=np.uint32)
    inside = _flags(codes)[:, SIGNS.index("word")] > 0
    edges = np.flatnonzero(np.diff(inside, prepend=False))  # padding: each run begins and ends within
    begins, sizes = edges[::2], edges[1::2] - edges[::2]
    if not len(begins):
        return Lists(np.zeros(count + 1, dtype=np.int64), first[:0]), first, last
    place = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    terms = (codes[inside] + np.uint64(1)) * _powers(int(sizes.max()))[place]
    hashes = np.maximum(_mixed(np.add.reduceat(terms, np.cumsum(sizes) - sizes)), np.uint32(1))
    owners = np.searchsorted(starts, begins, side="right") - 1
    last[owners] = hashes
    first[owners[::-1]] = hashes[::-1]
    near = np.flatnonzero(owners[1:] == owners[:-1])
    pairs = pair_hashes(hashes[near], hashes[near + 1])
    both = np.concatenate([owners, owners[near]])
    return _grouped(both, np.concatenate([hashes, pairs]), count), first, last


def _letters(codes: Codes, starts: Counts) -> Lists:
    """Hash every run of 2 to 5 letters of each padded token."""
    count = len(starts) - 1
    owner = np.repeat(np.arange(count), np.diff(starts))
    room = np.repeat(starts[1:], np.diff(starts)) - np.arange(len(codes))
    powers = _powers(LONGEST_RUN)
    terms = codes + np.uint64(1)
    sums, owners = terms * powers[0], [owner[:0]]
    hashes: list[Hashes] = [np.zeros(0, dtype=np.uint32)]
    for size in range(SHORTEST_RUN, LONGEST_RUN + 1):
        sums = sums[:-1] + terms[size - 1 :] * powers[size - 1]
        whole = room[: len(sums)] >= size
        owners.append(owner[: len(sums)][whole])
        hashes.append(_mixed(sums[whole] * np.uint64(2) + np.uint64(1)))
    return _grouped(np.concatenate(owners), np.concatenate(hashes), count)


def _shapes(tokens: Sequence[str]) -> NDArray[np.float64]:
    """Count signs, words and capitals of tokens in their own case, columns as in `SHAPES`."""
    codes, starts = _codes([f" {token} " for token in tokens])
    if not tokens:
        return np.zeros((0, len(SHAPES)))
    flags = _flags(codes)
    of = dict(zip(SIGNS, flags.T, strict=True))
    word, upper = of["word"], of["upper"]
    begins = word & ~np.roll(word, 1)
    told = [np.ones_like(word), of["letter"], upper, of["digit"], begins, begins & upper]
    told += [of["question"], of["exclamation"], of["quote"]]
    sums = np.add.reduceat(np.column_stack(told).astype(np.int64), starts[:-1], axis=0)
    sums[:, 0] -= 2
    # The last sign that closes nothing decides how a token ends.
    open_ = np.flatnonzero(~(of["closing"] | of["space"]))
    spot = np.searchsorted(open_, starts[1:]) - 1
    known = (spot >= 0) & (open_[np.maximum(spot, 0)] >= starts[:-1]) if len(open_) else spot >= 0
    ending = np.zeros(len(tokens))
    ending[known] = of["ending"][open_[spot[known]]]
    return np.column_stack([sums, ending]).astype(np.float64)


_known = np.zeros(0x110000, dtype=bool)
_signs = np.zeros((0x110000, len(SIGNS)), dtype=bool)


def _flags(codes: Codes) -> NDArray[np.bool_]:
    """For each code point what kind of sign it is, shape (n_codes, len(SIGNS))."""
    fresh = np.unique(codes[~_known[codes]])
    for code in fresh.tolist():
        _signs[code] = _sign(chr(code))
    _known[fresh] = True
    return _signs[codes]


def _sign(char: str) -> tuple[bool, ...]:
    return (
        char.isalnum() or char == "_",
        char.isalpha(),
        char.isupper(),
        char.isdigit(),
        char == "?",
        char == "!",
        char in _QUOTES,
        char in _CLOSING,
        char in _ENDINGS,
        char.isspace(),
    )


def _codes(texts: Sequence[str]) -> tuple[Codes, Counts]:
    """Code points end to end, and where each text starts."""
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    raw = "".join(texts).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(raw, dtype="<u4").astype(np.uint64)
    return codes, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _powers(count: int) -> NDArray[np.uint64]:
    return np.multiply.accumulate(np.full(count, _PRIME, dtype=np.uint64))


def _mixed(sums: NDArray[np.uint64]) -> Hashes:
    """Spread 64 bits over 32 (the finaliser of SplitMix64, Steele et al. 2014)."""
    mixed = (sums ^ (sums >> np.uint64(30))) * _MIX
    return ((mixed ^ (mixed >> np.uint64(27))) >> np.uint64(32)).astype(np.uint32)


def _grouped(owners: Counts, values: Hashes, count: int) -> Lists:
    order = np.argsort(owners, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=count))]).astype(np.int64)
    return Lists(starts, values[order])


def _joined(lists: Sequence[Sequence[int]]) -> Lists:
    sizes = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    flat = chain.from_iterable(lists)
    return Lists(starts, np.fromiter(flat, dtype=np.int64, count=int(starts[-1])))
