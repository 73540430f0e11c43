"""Who an article is, and whether it was there before."""

from collections import Counter
from dataclasses import dataclass

from framing.errors import InputError
from framing.records import digest

_LINES = 40


@dataclass(slots=True)
class Place:
    """Where an article stands in what was given.

    Attributes
    ----------
    number : int
        Number of the input.
    where : str
        How messages call that input.
    line : int
        Line or record; 0 where the input is one article.
    """

    number: int
    where: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.where}:{self.line}" if self.line else self.where


class Identities:
    """The sources seen so far; some 150 bytes an article, whatever its length."""

    def __init__(self) -> None:
        self._texts: dict[int, int] = {}
        self._places: dict[int, int] = {}
        self._names: dict[int, str] = {}
        self._repeated: Counter[str] = Counter()

    def is_new(self, source: str, text: str, place: Place) -> bool:
        """Whether an article was not there before.

        Raises
        ------
        InputError
            If another text came under the same source.
        """
        key, mark = _number(source), _number(text)
        self._names[place.number] = place.where
        here = place.number << _LINES | place.line
        before, first = self._texts.setdefault(key, mark), self._places.setdefault(key, here)
        if before != mark:
            there = Place(first >> _LINES, self._names[first >> _LINES], first % (1 << _LINES))
            raise InputError(
                f"two different texts are called {source!r}: {there} and {place}",
                hint="give each its own id or URL; for files, give the folder above them",
            )
        return first == here

    def unnamed(self, file: str, text: str, place: Place) -> str:
        """Name a row without id or URL by its file and text, numbered if the file repeats it."""
        name = f"{file}#{digest(text, size=8)}"
        first = self._places.get(_number(name))
        if first is None or first >> _LINES != place.number or first % (1 << _LINES) == place.line:
            return name
        self._repeated[f"{place.number} {name}"] += 1
        return f"{name}-{self._repeated[f'{place.number} {name}'] + 1}"


def _number(text: str) -> int:
    return int(digest(text, size=8), 16)
