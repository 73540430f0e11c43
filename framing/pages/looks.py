"""What lines show without their neighbours: shape, wording, figures; for many lines at once.

A feature is a short readable name (``ends .``, ``word appeal``, ``parts 3``). The model gives each
one weights; here is only what is there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from framing.pages import chars as ch
from framing.pages.chars import Chars, Flags, Ints
from framing.pages.compiled import COMPILED, native
from framing.pages.families import Family, States, flag, named
from framing.pages.phrases import Wording, kinds, wording
from framing.pages.shapes import ENDS_STOP, ENDS_STOP_QUOTE, Shapes, edges, ends_of

#: Longer lines that end like a sentence are paragraphs: their wording tells more than their shape.
_PARAGRAPH, _PARAGRAPH_ENDS = 160, '.?!”"’'
#: Headers and openers of comments are no longer than this.
_HEADER = 90
#: Headings of lists of links are no longer than this.
_HEADING = 40
#: How much of a line is read for the words it shares, and how long these are.
_READ = 200
_LONG_WORD = 5
#: What stands for a word and for a number in a pattern: no characters.
_SIGNS = (np.uint32(0x110000), np.uint32(0x110001))


@dataclass(frozen=True, slots=True)
class Looks:
    """What lines show to their neighbours' features.

    Attributes
    ----------
    prose : ndarray of bool
        Running text: long, or of some length and closed by a stop.
    meta : ndarray of bool
        Looks like a comment's header or its buttons.
    plea : ndarray of bool
        Asks readers for something.
    personal : ndarray of bool
        Says “we” or “you”.
    quoting : ndarray of bool
        Tells what somebody said.
    opener : ndarray of bool
        Opens a comment section.
    listing : ndarray of bool
        Short and says that other stories follow.
    titled : ndarray of bool
        Could be a headline: some words, no stop at the end.
    pattern : ndarray of int
        Number of the line with each word and number exchanged for a sign; 0 for long lines.
    counts : ndarray of int
        How many different longer words each line holds.
    words : ndarray of int
        Numbers of these words, line after line.
    """

    prose: Flags
    meta: Flags
    plea: Flags
    personal: Flags
    quoting: Flags
    opener: Flags
    listing: Flags
    titled: Flags
    pattern: Ints
    counts: Ints
    words: Ints

    def take(self, rows: Ints) -> "Looks":
        """The same for some of the lines, in any order and as often as wanted."""
        counts = self.counts[rows]
        begins = (np.cumsum(self.counts) - self.counts)[rows]
        words = np.arange(counts.sum()) + np.repeat(begins - (np.cumsum(counts) - counts), counts)
        return Looks(
            self.prose[rows],
            self.meta[rows],
            self.plea[rows],
            self.personal[rows],
            self.quoting[rows],
            self.opener[rows],
            self.listing[rows],
            self.titled[rows],
            self.pattern[rows],
            counts,
            self.words[words],
        )

    def joined(self, more: "Looks") -> "Looks":
        """These lines and more."""
        pairs = [(getattr(self, name), getattr(more, name)) for name in self.__slots__]
        return Looks(*[np.concatenate(pair) for pair in pairs])


def of_text(text: str) -> list[str]:
    """The names of all that a line shows without its neighbours.

    Examples
    --------
    >>> "names only" in of_text("Bo Lane")
    True
    """
    return named(looks_of([text])[0], 1)[0]


def looks_of(texts: Sequence[str]) -> tuple[list[Family], Looks]:
    """See what lines show without their neighbours.

    Parameters
    ----------
    texts : sequence of str
        Lines without white space at their ends; none is empty.

    Returns
    -------
    features : list of Family
    looks : Looks
    """
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    ends = ends_of(texts)
    closed = np.fromiter([text[-1] in _PARAGRAPH_ENDS for text in texts], dtype=np.bool_)
    paragraph = (sizes >= _PARAGRAPH) & closed
    plain = np.flatnonzero(~paragraph)
    seen = Shapes([texts[line] for line in plain.tolist()], plain, len(texts))
    said = wording(texts)
    families = [
        *edges(texts, sizes, ends),
        flag("paragraph", paragraph),
        *seen.families(),
        *_spoken(said),
    ]
    return families, _looks(texts, sizes, ends, seen, said)


@cache
def _spoken_states() -> States:
    """For each kind: the word alone, several, mostly, and the line opens with it, in all combinations."""
    return tuple(
        (
            f"word {kind}",
            *([f"words {kind}"] if several else []),
            *([f"mostly {kind}"] if mostly else []),
            *([f"opens {kind}"] if opens else []),
        )
        for kind in kinds()
        for several, mostly, opens in product((False, True), repeat=3)
    )


def _spoken(said: Wording) -> Iterator[Family]:
    """Which kinds of words a line holds, begins with, and mostly consists of."""
    mostly = said.count * 2 >= said.words[said.line]
    state = said.kind * 8 + (said.count >= 2) * 4 + mostly * 2 + said.opens
    yield Family(_spoken_states(), state, said.line)
    silent = said.words > 0
    silent[said.line] = False
    yield flag("no known words", silent)


def _looks(texts: Sequence[str], sizes: Ints, ends: Ints, seen: Shapes, said: Wording) -> Looks:
    def speaks(kind: str, holds: Flags | None = None) -> Flags:
        of_kind = said.kind == kinds().index(kind)
        found = np.zeros(len(texts), dtype=np.bool_)
        found[said.line[of_kind if holds is None else of_kind & holds]] = True
        return found

    mostly = said.count * 2 >= said.words[said.line]
    short = sizes <= _HEADER
    handled = seen.spread(seen.ago | seen.dated | seen.handle) | speaks("cmeta", mostly)
    appeals = speaks("appeal", said.count >= 2)
    personal = speaks("we") | speaks("you")
    opener = speaks("opener", said.opens) | speaks("opener", mostly)
    listing = speaks("related", said.opens) | speaks("related", mostly)
    stop = ends == ENDS_STOP
    counts, words = _long_words(texts)
    return Looks(
        prose=(sizes >= 60) & ((sizes >= 200) | stop | (ends == ENDS_STOP_QUOTE)),
        meta=short & handled,
        plea=(speaks("ask") | appeals) & (personal | speaks("appeal")),
        personal=personal,
        quoting=speaks("saying"),
        opener=(sizes < _HEADER) & opener,
        listing=(sizes <= _HEADING) & listing & ~stop,
        titled=(sizes >= 20) & (sizes <= 160) & ~stop & ~speaks("button", mostly),
        pattern=_patterns(texts, sizes),
        counts=counts,
        words=words,
    )


def _patterns(texts: Sequence[str], sizes: Ints) -> Ints:
    """Numbers of lines in which each word and each number is exchanged for a sign; 0 for long lines."""
    found = np.zeros(len(texts), dtype=np.int64)
    short = np.flatnonzero(sizes < _HEADER)
    if len(short):
        held = [texts[line] for line in short.tolist()]
        found[short] = native.patterns(held) if COMPILED else _pattern_numbers(held)
    return found


def _pattern_numbers(texts: list[str]) -> Ints:
    chars = Chars(texts)
    kind = chars.bits & (ch.LETTER | ch.DECIMAL)
    kept = np.concatenate([[True], (kind[1:] == 0) | (kind[1:] != kind[:-1])])
    signs = np.where(kind == 0, chars.codes, np.where(kind == ch.LETTER, *_SIGNS))[kept]
    place = np.cumsum(kept) - 1
    return ch.numbered(signs, place[chars.starts], place[chars.starts + chars.sizes])


def _long_words(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """How many different longer words each line holds, and their numbers."""
    read = "\n".join(["", *[text[:_READ].lower() for text in texts], ""])
    if COMPILED:
        return native.long_words(read, len(texts), _LONG_WORD)
    return _long_words_of(read, len(texts))


def _long_words_of(read: str, lines: int) -> tuple[Ints, Ints]:
    codes, bits = ch.coded(read)
    begins, ends = ch.runs((bits & ch.LETTER) != 0)
    long = ends - begins >= _LONG_WORD
    words = ch.numbered(codes, begins[long], ends[long])
    line = np.searchsorted(np.flatnonzero((bits & ch.EDGE) != 0), begins[long]) - 1
    _, first = np.unique(ch.apart(line, words), return_index=True)
    first.sort()
    return np.bincount(line[first], minlength=lines), words[first]
