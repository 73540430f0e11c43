"""Who an article is, and whether it was there before."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from framing.articles.inputs import find_inputs
from framing.errors import InputError
from framing.records import Article, digest

#: Bits of a line's number, and of a place: number of the input and line.
_LINES, _PLACE = 40, 72


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article stands in what was given.

    Attributes
    ----------
    number : int
        Number of the input.
    line : int
        Line or record; 0 where the input is one article.
    """

    number: int
    line: int = 0


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is remembered of an article: hashes of its source and its text, and its place.

    Attributes
    ----------
    source, text, place : int
        64 bits each.
    """

    source: int
    text: int
    place: int

    @classmethod
    def of(cls, article: Article, place: Place) -> "Fingerprint":
        """The fingerprint of an article at a place."""
        return cls(_number(article.source), _number(article.text), place.number << _LINES | place.line)


@dataclass
class Identities:
    """The articles seen so far; some 130 bytes each, whatever their length.

    Attributes
    ----------
    given : sequence of str or Path
        The inputs, to name a place that is in the way.
    """

    given: Sequence[str | Path]
    # A source's number, to its text's number and its place in one: a third less memory than two.
    _seen: dict[int, int] = field(default_factory=dict)

    def is_new(self, found: Fingerprint, source: str) -> bool:
        """Whether an article was not there before.

        Raises
        ------
        InputError
            If another text came under the same source.
        """
        mark = found.text << _PLACE | found.place
        before, first = divmod(self._seen.setdefault(found.source, mark), 1 << _PLACE)
        if before != found.text:
            there, here = self._told(first), self._told(found.place)
            raise InputError(
                f"two different texts are called {source!r}: {there} and {here}",
                hint="give each its own id or URL; for files, give the folder above them",
            )
        return first == found.place

    def _told(self, place: int) -> str:
        number, line = place >> _LINES, place % (1 << _LINES)
        where = next(islice(find_inputs(self.given), number, None)).where
        return f"{where}:{line}" if line else where


@dataclass
class Numbering:
    """Names for the rows of one table that have neither id nor URL."""

    _seen: set[int] = field(default_factory=set)
    _repeated: Counter[int] = field(default_factory=Counter)

    def name(self, file: str, text: str) -> str:
        """Name a row by its file and text, numbered if the table repeats it."""
        mark = digest(text, size=8)
        key = int(mark, 16)
        if key not in self._seen:
            self._seen.add(key)
            return f"{file}#{mark}"
        self._repeated[key] += 1
        return f"{file}#{mark}-{self._repeated[key] + 1}"


def _number(text: str) -> int:
    return int(digest(text, size=8), 16)
