"""Many texts as one array of characters, so that what all of them hold is found at once."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint32]
Bits64 = npt.NDArray[np.uint64]

(SPACE, BLANK, LETTER, UPPER, SMALL, A_TO_Z, CAPITAL_A_TO_Z, WORD, DIGIT, FIGURE, QUOTE, APOSTROPHE, SIGN) = (
    1 << n for n in range(13)
)  # fmt: skip
(BAR, MONEY, AT, EMOJI, SHOUT, ASK, STOP, CLOSER, HASH, SOLID, EDGE, DECIMAL, JOINER, TOKEN, DOT) = (
    1 << n for n in range(13, 28)
)  # fmt: skip
COLON, W, _KNOWN = (1 << n for n in range(28, 31))

#: Signs that are words of their own.
TOKENS = "©°@#☰×→←♥"
#: Which characters have which bit, for those that are listed.
_LISTED = {
    QUOTE: '"“”‘«',
    APOSTROPHE: "'",
    SIGN: "|·•/»›>–—∙-",
    BAR: "|\t",
    MONEY: "$€£¥₽₹",
    AT: "@",
    SHOUT: "!",
    ASK: "?",
    STOP: ".!?…",
    CLOSER: "\"'”’)]",
    HASH: "#",
    BLANK: " ",
    DOT: ".",
    COLON: ":",
    W: "w",
    JOINER: ".'&:-",
    TOKEN: TOKENS,
}
_FIRST_EMOJI = "\U0001f300"
#: Odd numbers without a pattern, for numbers of texts and of groups.
_BASE, _APART = 0x9E3779B97F4A7C15, np.uint64(0xD1B54A32D192ED03)
_BITS: Bits = np.zeros(0x110000, dtype=np.uint32)


def _bits_of(char: str) -> int:
    """What a character is; the edge of a text is nothing else."""
    if char == "\n":
        return EDGE | _KNOWN
    held = {
        SPACE: char.isspace(),
        SOLID: not char.isspace(),
        LETTER: char.isalnum() and not char.isdecimal(),
        DECIMAL: char.isdecimal(),
        UPPER: char.isupper(),
        SMALL: char.islower() or (char.istitle() and not char.isupper()),
        A_TO_Z: "a" <= char <= "z",
        CAPITAL_A_TO_Z: "A" <= char <= "Z",
        WORD: char.isalnum() or char == "_",
        DIGIT: char.isdecimal() or char in "²³¹",
        FIGURE: char.isdigit(),
        EMOJI: char >= _FIRST_EMOJI,
    }
    held |= {bit: char in listed for bit, listed in _LISTED.items()}
    return sum(bit for bit, holds in held.items() if holds) | _KNOWN


def coded(text: str) -> tuple[Bits, Bits]:
    """The code points of a text, and what each character is."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    bits = _BITS[codes]
    if not bits.all():
        for code in np.unique(codes[bits == 0]).tolist():
            _BITS[code] = _bits_of(chr(code))
        bits = _BITS[codes]
    return codes, bits


def numbered(codes: Bits, begins: Ints, ends: Ints) -> Ints:
    """Number pieces of a text, none empty: equal ones alike, others by chance once in 10**15 pairs.

    A piece is a polynomial of its characters at `_BASE`, modulo 2**64; sums from the beginning of
    the text on give those of all pieces, wherever they stand.
    """
    powers, inverses = _powers(len(codes))
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum((codes + np.uint32(1)) * powers, out=sums[1:])
    found: Ints = ((sums[ends] - sums[begins]) * inverses[begins]).view(np.int64)
    return found


@lru_cache(maxsize=1)
def _power_table(size: int) -> tuple[Bits64, Bits64]:
    def table(base: int) -> Bits64:
        found = np.full(size, base, dtype=np.uint64)
        found[0] = 1
        return np.cumprod(found, dtype=np.uint64)

    return table(_BASE), table(pow(_BASE, -1, 1 << 64))


def _powers(size: int) -> tuple[Bits64, Bits64]:
    """Powers of `_BASE` and of its inverse, kept for the next text: sizes go in steps of two."""
    powers, inverses = _power_table(1 << max(18, (size - 1).bit_length()))
    return powers[:size], inverses


def apart(group: Ints, numbers: Ints) -> Ints:
    """Numbers of `numbered` that differ where their groups do."""
    return numbers + (group.astype(np.uint64) * _APART).view(np.int64)


def runs(flags: Flags) -> tuple[Ints, Ints]:
    """Where runs of a flag begin and end; the flag stands neither on the first nor on the last place."""
    turns = np.flatnonzero(flags[1:] != flags[:-1]) + 1
    return turns[::2], turns[1::2]


class Chars:
    """Characters of many texts, one after another, with what each character is.

    Parameters
    ----------
    texts : sequence of str
        None empty, none with a line feed.

    Attributes
    ----------
    text : str
        All texts; a line feed stands before the first and behind each.
    bits : ndarray of shape (characters,)
        What each is.
    starts, sizes : ndarray of shape (texts,)
        Where each text begins, and its length.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.text = "\n".join(["", *texts, ""])
        self.codes, self.bits = coded(self.text)
        self.sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        self.starts = np.cumsum(self.sizes + 1) - self.sizes

    def bounds(self, limit: int) -> Ints:
        """Beginning and end of each text's first `limit` characters, one after the other."""
        found = np.empty(2 * len(self.starts), dtype=np.int64)
        found[::2] = self.starts
        found[1::2] = self.starts + np.minimum(self.sizes, limit)
        return found

    def held(self, bounds: Ints) -> Bits:
        """What any character within bounds is."""
        found: Bits = np.bitwise_or.reduceat(self.bits, bounds)[::2]
        return found

    def count(self, flags: Flags, bounds: Ints) -> Ints:
        """On how many characters within bounds a flag stands."""
        found: Ints = np.add.reduceat(flags, bounds, dtype=np.int64)[::2]
        return found

    def any(self, flags: Flags, bounds: Ints) -> Flags:
        """Whether a flag stands on any character within bounds."""
        found: Flags = np.logical_or.reduceat(flags, bounds)[::2]
        return found

    def run(self, *kinds: int) -> Flags:
        """On the last of neighbouring characters that are of these kinds in turn.

        A run that ends within a text may begin at the edge before it, if `kinds` says so.
        """
        size = len(kinds) - 1
        found = np.zeros(len(self.bits), dtype=np.bool_)
        whole = (self.bits[size:] & kinds[-1]) != 0
        for place, kind in enumerate(kinds[:-1]):
            whole &= (self.bits[place : place - size] & kind) != 0
        found[size:] = whole
        return found
