"""The shape of lines: length, first and last character, capitals, separators, dates, credits.

Whatever characters alone decide is counted for all lines together; regular expressions run on
those lines only that hold the characters they need.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import product

import numpy as np

from framing.pages import chars as ch
from framing.pages.chars import Chars, Flags, Ints
from framing.pages.compiled import COMPILED, native
from framing.pages.families import Family, States, flag, reached
from framing.pages.features import (
    ADDRESS,
    AGO,
    BRACKET_END,
    CLOCK,
    HEAD,
    NAMES,
    NUMBERED,
    SENTENCE_END,
    credited,
    dated,
)

#: How far into a line figures and stops within it are looked for.
_FIGURES, _STOPS = 120, 300
#: Captions are no longer than this.
_CAPTION = 400

_LENGTHS = (0, 3, 8, 15, 25, 40, 60, 80, 110, 150, 220, 400)
_PARTS = (0, 1, 2, 3, 4, 6, 9, 14, 20)
_FIRST = ("capital", "small", "digit", "quote", *"([-–—•*@#>©←→×|/↳", "sign")
_LAST = ("stop quote", "quote", "letter", "digit", *".?!:…)],-→*;", "sign")
ENDS_STOP, ENDS_STOP_QUOTE = _LAST.index("."), _LAST.index("stop quote")


@cache
def _edge_states() -> States:
    return tuple(
        (f"long {size}", f"ends {last}", f"long {size}, ends {last}")
        for size, last in product(_LENGTHS, _LAST)
    )


@cache
def _first(char: str) -> int:
    if char.isupper():
        return _FIRST.index("capital")
    if char.islower():
        return _FIRST.index("small")
    if char.isdigit():
        return _FIRST.index("digit")
    if char in "\"'“”‘’«„":
        return _FIRST.index("quote")
    return _FIRST.index(char if char in _FIRST else "sign")


@lru_cache(maxsize=4096)
def _last(close: str) -> int:
    """Kind of a line's last character; `close` is the last two."""
    char = close[-1]
    if char in "\"'”’»" and len(close) > 1:
        return _LAST.index("stop quote" if close[0] in ".!?…," else "quote")
    if char.isalpha():
        return _LAST.index("letter")
    if char.isdigit():
        return _LAST.index("digit")
    return _LAST.index(char if char in _LAST else "sign")


def ends_of(texts: Sequence[str]) -> Ints:
    """Which of the kinds of last characters each line has."""
    return np.fromiter([_last(text[-2:]) for text in texts], dtype=np.int64, count=len(texts))


def edges(texts: Sequence[str], sizes: Ints, ends: Ints) -> Iterator[Family]:
    """A line's length, its first and its last character."""
    yield Family(_edge_states(), reached(_LENGTHS, sizes) * len(_LAST) + ends)
    first = np.fromiter([_first(text[0]) for text in texts], dtype=np.int64, count=len(texts))
    yield Family(tuple((f"first {name}",) for name in _FIRST), first)


def _may_tell(texts: Sequence[str], digits: Flags) -> tuple[Flags, Flags]:
    """Of the lines with digits, which may hold a date and which an age, so that few need be searched."""
    if not COMPILED:
        return digits, digits
    date, ago = np.zeros_like(digits), np.zeros_like(digits)
    date[digits], ago[digits] = native.times([texts[line] for line in np.flatnonzero(digits).tolist()])
    return date, ago


class Shapes:
    """Lines that are no paragraphs: what their characters show, each in an array over these lines."""

    def __init__(self, texts: Sequence[str], lines: Ints, total: int) -> None:
        self._texts, self._lines, self._total = texts, lines, total
        self._heads = [text[:HEAD] for text in texts]
        self._chars = Chars([text[:_STOPS] for text in texts])
        self._head = self._chars.bounds(HEAD)
        self._held = self._chars.held(self._head)
        self._start = self._chars.bits[self._chars.starts]
        self.handle, self.digits, self.ago, self.dated = self._no(), self._no(), self._no(), self._no()

    def _no(self) -> Flags:
        return np.zeros(len(self._texts), dtype=np.bool_)

    def spread(self, flags: Flags) -> Flags:
        """The same over all lines, paragraphs too."""
        found = np.zeros(self._total, dtype=np.bool_)
        found[self._lines] = flags
        return found

    def families(self) -> list[Family]:
        """The lines' features but for length and edges."""
        if not self._texts:
            return []
        found = [*self._shape(), *self._marks(), *self._figures()]
        return [Family(family.states, family.held, self._lines) for family in found]

    def _where(self, flags: Flags, test: Callable[[int], object]) -> Flags:
        """Of the lines with a flag, those that pass a test."""
        found = self._no()
        for line in np.flatnonzero(flags).tolist():
            found[line] = bool(test(line))
        return found

    def _shape(self) -> Iterator[Family]:
        """Words, capitals and stops within the line."""
        bits, head = self._chars.bits, self._head
        begins = self._chars.run(ch.SPACE | ch.EDGE, ch.SOLID)
        parts = self._chars.count(begins, head)
        capitals = self._chars.count(begins & ((bits & ch.LETTER) != 0) & ((bits & ch.A_TO_Z) == 0), head)
        yield Family(tuple((f"parts {n}",) for n in _PARTS), reached(_PARTS, parts))
        yield Family(tuple((f"capitals {n}",) for n in range(5)), np.minimum(4, capitals * 4 // parts))
        loud = self._has(ch.UPPER) & ~self._has(ch.SMALL)
        yield flag("all capitals", loud)
        yield flag("first word in capitals", self._loud_word(~loud))
        yield flag("names only", self._where(parts <= 6, lambda line: NAMES.fullmatch(self._heads[line])))
        yield Family(tuple((f"inner stops {n}",) for n in range(4)), self._stops())
        humps = self._chars.count(self._chars.run(ch.A_TO_Z, ch.CAPITAL_A_TO_Z), head)
        yield Family((("glued",), ("glued often",)), np.minimum(humps, 2) - 1)

    def _has(self, kind: int) -> Flags:
        found: Flags = (self._held & kind) != 0
        return found

    def _loud_word(self, otherwise: Flags) -> Flags:
        bits, starts = self._chars.bits, self._chars.starts
        quiet = ch.SMALL | ch.SPACE | ch.EDGE
        may = otherwise & (self._chars.sizes > 2)
        for place in range(3):
            may[may] = (bits[starts[may] + place] & quiet) == 0
        heads = self._heads
        return self._where(may, lambda line: heads[line].split(None, 1)[0].isupper())

    def _stops(self) -> Ints:
        """How many sentences end within the line, three at most."""
        inner = self._chars.run(ch.STOP, ch.SPACE | ch.CLOSER)
        found = np.zeros(len(self._texts), dtype=np.int64)
        for line in np.flatnonzero(self._chars.any(inner, self._chars.bounds(_STOPS))).tolist():
            found[line] = min(3, len(SENTENCE_END.findall(self._texts[line], 0, _STOPS)))
        return found

    def _marks(self) -> Iterator[Family]:
        """Signs that a line holds: quotes, separators, addresses, money, emoji."""
        run, texts, heads = self._chars.run, self._texts, self._heads
        opened = self._within(run(ch.BLANK, ch.APOSTROPHE)) | ((self._start & ch.APOSTROPHE) != 0)
        yield flag("quotation", self._has(ch.QUOTE) | opened)
        yield flag("separators", self._separated())
        yield flag("money", self._has(ch.MONEY))
        self.handle = self._within(run(ch.SPACE | ch.EDGE, ch.AT, ch.WORD))
        yield flag("handle", self.handle)
        dotted = run(ch.DOT, ch.A_TO_Z) | run(ch.WORD, ch.AT) | run(ch.A_TO_Z, ch.COLON) | run(ch.W, ch.DOT)
        linked = self._within(dotted)
        yield flag("address", self._where(linked, lambda line: ADDRESS.search(heads[line])))
        cries = run(ch.SHOUT, ch.SHOUT) | run(ch.ASK, ch.ASK)
        yield flag("scream", self._has(ch.EMOJI) | self._within(cries))
        close = np.array([text[-1] for text in texts])
        may = ~np.isin(close, list(".?!”")) & (self._sizes() < _CAPTION)
        credit, unclosed = self._no(), np.flatnonzero(may)
        credit[unclosed[credited([texts[line] for line in unclosed.tolist()])]] = True
        yield flag("credit near end", credit)
        yield flag("bracket at end", self._where(np.isin(close, list(")]")), self._bracket))

    def _sizes(self) -> Ints:
        return np.fromiter(map(len, self._texts), dtype=np.int64, count=len(self._texts))

    def _within(self, flags: Flags) -> Flags:
        return self._chars.any(flags, self._head)

    def _separated(self) -> Flags:
        bits, run = self._chars.bits, self._chars.run
        sign, blank = ch.SIGN | ch.BAR, run(ch.BLANK, ch.BLANK)
        gate = self._has(sign) | self._within(blank)
        apart = run(ch.SPACE, ch.SPACE) | run(ch.SPACE, ch.SIGN, ch.SPACE) | ((bits & ch.BAR) != 0)
        return gate & self._within(apart)

    def _bracket(self, line: int) -> object:
        text = self._texts[line]
        return BRACKET_END.search(text, max(0, len(text) - 100))

    def _figures(self) -> Iterator[Family]:
        """Dates, times and numbers of a line's beginning."""
        bounds = self._chars.bounds(_FIGURES)
        self.digits = (self._chars.held(bounds) & ch.DIGIT) != 0
        heads = [text[:_FIGURES] for text in self._texts]
        digits, sizes = self.digits, np.minimum(self._chars.sizes, _FIGURES)
        yield flag("digits", digits)
        run = self._chars.run
        timed = self._chars.any(run(ch.DECIMAL, ch.DOT | ch.COLON), bounds)
        clock = self._where(timed, lambda line: CLOCK.search(heads[line]))
        date, ago = _may_tell(heads, digits)
        date = self._where(date, lambda line: dated(heads[line]))
        self.ago = self._where(ago, lambda line: AGO.search(heads[line]))
        opened = digits & ((self._start & (ch.DECIMAL | ch.HASH)) != 0)
        numbered = self._where(opened, lambda line: NUMBERED.match(heads[line]))
        yield from (flag("clock", clock), flag("date", date), flag("ago", self.ago))
        yield flag("numbered", numbered)
        figures = self._chars.count((self._chars.bits & ch.FIGURE) != 0, bounds)
        yield flag("mostly digits", digits & (figures * 2 >= sizes))
        self.dated = (date | clock) & (sizes < 45)
        yield flag("short dated", self.dated)
