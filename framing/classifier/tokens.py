"""What is constant about a token: its words, letters, word pieces and shape, as numbers.

A token is what stands between white space. Everything the classifier reads of a text is a sum over
its tokens and over pairs of neighbouring words, so each distinct token is looked at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framing.classifier.compiled import COMPILED, native
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
#: Kinds of signs, bits of `_flags`.
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
    none = np.zeros(len(small), dtype=np.int64), np.zeros(0, dtype=np.int64)
    sizes, rows = table.pieces(small) if table else none
    words, letters, first, last, shapes = _compiled(kept, small) if COMPILED else _plain(kept, small)
    return Described(words, letters, Lists(_ends(sizes), rows), first, last, shapes)


_Told = tuple[Lists, Lists, Hashes, Hashes, NDArray[np.float64]]


def _plain(tokens: list[str], small: list[str]) -> _Told:
    """Words, letters, first and last word, shapes."""
    codes, starts = _codes(small)
    words, first, last = _words(codes, starts)
    return words, _letters(codes, starts), first, last, _shapes(tokens)


def _compiled(tokens: list[str], small: list[str]) -> _Told:
    """The same, many times as fast."""
    starts, values, first, last = native.words(small)
    shapes = native.shapes(tokens, _QUOTES, _CLOSING, _ENDINGS)
    return Lists(starts, values), Lists(*native.letters(small)), first, last, shapes


def pair_hashes(first: Hashes, second: Hashes) -> Hashes:
    """Hash pairs of words, given the hashes of the words."""
    return _mixed(first.astype(np.uint64) * _FIRST + second.astype(np.uint64) * _SECOND)


def _words(codes: Codes, starts: Counts) -> tuple[Lists, Hashes, Hashes]:
    """Hash the words of padded tokens, then the pairs of neighbours within each token."""
    count = len(starts) - 1
    first, last = np.zeros(count, dtype=np.uint32), np.zeros(count, dtype=np.uint32)
    inside = _has(_flags(codes), "word")
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
    lengths = np.diff(starts)
    room = np.repeat(starts[1:], lengths) - np.arange(len(codes))
    sizes = np.arange(SHORTEST_RUN, LONGEST_RUN + 1)
    powers = _powers(LONGEST_RUN)
    terms = np.concatenate([codes + np.uint64(1), np.zeros(LONGEST_RUN, dtype=np.uint64)])
    sums, running = np.empty((len(codes), len(sizes)), dtype=np.uint64), terms[: len(codes)] * powers[0]
    for column, size in enumerate(sizes.tolist()):
        running = running + terms[size - 1 : size - 1 + len(codes)] * powers[size - 1]
        sums[:, column] = running
    hashes = _mixed(sums[room[:, None] >= sizes] * np.uint64(2) + np.uint64(1))
    return Lists(_ends(np.maximum(lengths[:, None] - sizes + 1, 0).sum(axis=1)), hashes)


def _shapes(tokens: Sequence[str]) -> NDArray[np.float64]:
    """Count signs, words and capitals of tokens in their own case, columns as in `SHAPES`."""
    codes, starts = _codes(tokens)
    if not tokens:
        return np.zeros((0, len(SHAPES)))
    flags = _flags(codes)
    word, upper = _has(flags, "word"), _has(flags, "upper")
    begins = word & ~np.roll(word, 1)
    told = [_has(flags, "letter"), upper, _has(flags, "digit"), begins, begins & upper]
    told += [_has(flags, name) for name in ("question", "exclamation", "quote")]
    sums = [np.add.reduceat(column.astype(np.int64), starts[:-1]) for column in told]
    # The last sign that closes nothing decides how a token ends.
    open_ = np.flatnonzero(~(_has(flags, "closing") | _has(flags, "space")))
    spot = np.searchsorted(open_, starts[1:]) - 1
    known = (spot >= 0) & (open_[np.maximum(spot, 0)] >= starts[:-1]) if len(open_) else spot >= 0
    ending = np.zeros(len(tokens))
    ending[known] = _has(flags, "ending")[open_[spot[known]]]
    return np.column_stack([np.diff(starts) - 2, *sums, ending]).astype(np.float64)


_known = np.zeros(0x110000, dtype=bool)
_signs = np.zeros(0x110000, dtype=np.uint16)


def _flags(codes: Codes) -> NDArray[np.uint16]:
    """For each code point what kinds of sign it is: a bit for each of `SIGNS`."""
    fresh = np.unique(codes[~_known[codes]])
    for code in fresh.tolist():
        _signs[code] = sum(is_so << bit for bit, is_so in enumerate(_sign(chr(code))))
    _known[fresh] = True
    return _signs[codes]


def _has(flags: NDArray[np.uint16], name: str) -> NDArray[np.bool_]:
    return (flags & np.uint16(1 << SIGNS.index(name))) > 0


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


def _codes(tokens: Sequence[str]) -> tuple[Codes, Counts]:
    """Code points of tokens end to end, each with a space before and after, and where each starts."""
    sizes = np.fromiter(map(len, tokens), dtype=np.int64, count=len(tokens)) + 2
    text = f" {'  '.join(tokens)} " if tokens else ""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    return codes, _ends(sizes)


def _ends(sizes: Counts) -> Counts:
    """Where lists of these sizes begin, end to end, and where the last ends."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _powers(count: int) -> NDArray[np.uint64]:
    return np.multiply.accumulate(np.full(count, _PRIME, dtype=np.uint64))


def _mixed(sums: NDArray[np.uint64]) -> Hashes:
    """Spread 64 bits over 32 (the finaliser of SplitMix64, Steele et al. 2014)."""
    mixed = (sums ^ (sums >> np.uint64(30))) * _MIX
    return ((mixed ^ (mixed >> np.uint64(27))) >> np.uint64(32)).astype(np.uint32)


def _grouped(owners: Counts, values: Hashes, count: int) -> Lists:
    order = np.argsort(owners, kind="stable")
    return Lists(_ends(np.bincount(owners, minlength=count)), values[order])
