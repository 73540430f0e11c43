"""What a line shows only among its neighbours: its place, its distances, its repetitions.

Pages are looked at many at once: all lines of all pages in one row, a number for each line and
feature family, so that a page costs no loop of its own where its lines need none.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from framing.pages.features import Look, look
from framing.pages.lines import Line

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

_PLACES = (0, 1, 2, 3, 4, 6, 9, 14, 25, 50)
_SOME = (0, 1, 2, 3, 5, 9)
#: Headlines are repeated within other lines (breadcrumbs) only near the top.
_TOP = 40
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Family:
    """Features of which a line has one at most.

    Attributes
    ----------
    names : tuple of str
        The features.
    held : ndarray of shape (lines,)
        Index into `names` for each line of all pages, -1 where none holds.
    """

    names: tuple[str, ...]
    held: "Ints"


def features_of(lines: Sequence[Line]) -> list[list[str]]:
    """The features of each line of a page.

    Parameters
    ----------
    lines : sequence of Line
        The page's non-blank lines.

    Returns
    -------
    list of list of str
        Names, one list a line; only what holds is named.

    Examples
    --------
    >>> from framing.pages.lines import lines_of
    >>> "from top 0" in features_of(lines_of("Rain ahead"))[0]
    True
    """
    if not lines:
        return []
    looks = [look(line.text) for line in lines]
    found = [[*seen.names] for seen in looks]
    for family in families([lines], looks):
        for names, held in zip(found, family.held.tolist(), strict=True):
            if held >= 0:
                names.append(family.names[held])
    return found


def families(pages: Sequence[Sequence[Line]], looks: Sequence[Look]) -> Iterator[Family]:
    """What the lines of pages show among their neighbours.

    Parameters
    ----------
    pages : sequence of sequence of Line
        None of them empty.
    looks : sequence of Look
        What each line of all pages shows alone.
    """
    rows = _Rows(pages)
    prose = _flags(seen.prose for seen in looks)
    yield from _gaps(rows, list(chain.from_iterable(pages)))
    yield from _places(rows, prose)
    yield from _crowds(rows, looks, prose)
    yield from _runs(rows, _flags(seen.titled for seen in looks))
    kin: list[tuple[int, int]] = []
    repeats: list[tuple[int, int, int]] = []
    for page, start in zip(pages, rows.starts.tolist(), strict=True):
        own = looks[start : start + len(page)]
        kin += _kinship(own)
        repeats += _repeats(page, own)
    yield from _paired(kin)
    yield from _recurring(repeats)


class _Rows:
    """All lines of some pages in one row: where each line's page begins and ends."""

    def __init__(self, pages: Sequence[Sequence[Line]]) -> None:
        import numpy as np

        sizes = np.array([len(page) for page in pages])
        ends = np.cumsum(sizes)
        self.starts = ends - sizes
        self.sizes = sizes
        self.first = np.repeat(self.starts, sizes)
        self.end = np.repeat(ends, sizes)
        self.index = np.arange(len(self.first))

    def per_page(self, flags: "Flags") -> "Ints":
        """How many lines of the page a flag holds on, for each line."""
        import numpy as np

        return np.repeat(np.add.reduceat(flags.astype(np.int64), self.starts), self.sizes)

    def last_before(self, flags: "Flags") -> "Ints":
        """The nearest earlier line with the flag; negative or on another page if there is none."""
        import numpy as np

        last = np.maximum.accumulate(np.where(flags, self.index, -1))
        return np.concatenate([[-1], last[:-1]])

    def next_after(self, flags: "Flags", *, itself: bool = False) -> "Ints":
        """The nearest later line (or the line itself) with the flag; beyond the page if there is none."""
        import numpy as np

        size = len(flags)
        following = np.minimum.accumulate(np.where(flags, self.index, size)[::-1])[::-1]
        return following if itself else np.concatenate([following[1:], [size]])


def _flags(values: Iterator[bool]) -> "Flags":
    import numpy as np

    return np.fromiter(values, dtype=np.bool_)


def _sums(flags: "Flags") -> "Ints":
    """How many lines before each one, and before the end, have the flag."""
    import numpy as np

    return np.concatenate([[0], np.cumsum(flags)])


def _stepped(name: str, steps: Sequence[int], values: "Ints", holds: "Flags | None" = None) -> Family:
    """A number as the last step that it reaches."""
    import numpy as np

    held = np.searchsorted(steps, values, side="right") - 1
    if holds is not None:
        held = np.where(holds, held, -1)
    return Family(tuple(f"{name} {step}" for step in steps), held)


def _or(family: Family, otherwise: str) -> Family:
    """Name what it is where no feature of a family holds."""
    import numpy as np

    return Family((*family.names, otherwise), np.where(family.held < 0, len(family.names), family.held))


def _gaps(rows: _Rows, lines: Sequence[Line]) -> Iterator[Family]:
    """Blank lines around a line, judged against what is usual on the page."""
    import numpy as np

    spaced = rows.per_page(_flags(line.blank_before > 0 for line in lines)) * 2 > rows.end - rows.first
    sides = {
        "before": [line.blank_before for line in lines],
        "after": [line.blank_after for line in lines],
    }
    for side, blank in sides.items():
        held = np.minimum(blank, 2)
        yield Family(tuple(f"blank {side} {n}" for n in range(3)), held)
        pages = ("dense page", "spaced page")
        names = tuple(f"{page}, blank {side} {n}" for page in pages for n in range(3))
        yield Family(names, held + 3 * spaced)
    yield Family(("indented",), np.where([line.indent > 0 for line in lines], 0, -1))


def _places(rows: _Rows, prose: "Flags") -> Iterator[Family]:
    """Distance from the page's edges and from the running text."""
    import numpy as np

    index, first, end, sums = rows.index, rows.first, rows.end, _sums(prose)
    before, after = sums[index] - sums[first], sums[end] - sums[index + 1]
    last, following = rows.last_before(prose), rows.next_after(prose)
    yield _stepped("prose on page", _PLACES, sums[end] - sums[first])
    yield _stepped("from top", _PLACES, index - first)
    yield _stepped("from bottom", _PLACES, end - 1 - index)
    yield _stepped("prose before", _PLACES, before)
    yield _stepped("prose after", _PLACES, after)
    yield _or(_stepped("since prose", _PLACES, index - last, before > 0), "no prose yet")
    yield _or(_stepped("until prose", _PLACES, following - index, after > 0), "no more prose")
    alone = (before > 0) & (after > 0) & (following - last == 2)
    yield Family(("prose", "alone in prose"), np.where(prose, 0, np.where(alone, 1, -1)))


def _crowds(rows: _Rows, looks: Sequence[Look], prose: "Flags") -> Iterator[Family]:
    """How many comment headers, appeals and openers of comment sections stand near and before."""
    import numpy as np

    index, first, end = rows.index, rows.first, rows.end
    opening = rows.next_after(prose, itself=True)[first]
    opening = np.where(opening < end, opening, first)
    # Bylines look like headers of comments, but come before the text.
    metas = _flags(seen.meta for seen in looks) & (index >= opening)
    pleas = _sums(_flags(seen.plea for seen in looks))
    sums = _sums(metas)
    before = sums[index] - sums[first]
    near = sums[np.minimum(index + 7, end)] - sums[np.maximum(index - 6, first)]
    yield _stepped("metas near", _SOME, near)
    yield _stepped("metas before", _SOME, before)
    yield _stepped("metas after", _SOME, sums[end] - sums[index + 1])
    asked = pleas[np.minimum(index + 4, end)] - pleas[np.maximum(index - 3, first)]
    yield _stepped("pleas near", _SOME, asked)
    yield _stepped("since meta", _PLACES, index - rows.last_before(metas), before > 0)
    opened = rows.last_before(_flags(seen.opener for seen in looks))
    yield _stepped("since opener", _PLACES, index - opened, opened >= first)


def _runs(rows: _Rows, titled: "Flags") -> Iterator[Family]:
    """Lists of links: lines like headlines in a row."""
    import numpy as np

    breaks = ~titled
    begin = np.maximum(rows.last_before(breaks) + 1, rows.first)
    stop = np.minimum(rows.next_after(breaks), rows.end)
    yield _stepped("run of", _SOME, stop - begin, titled)
    yield _stepped("in run", _SOME, rows.index - begin, titled)


def _kinship(looks: Sequence[Look]) -> list[tuple[int, int]]:
    """How many of a line's longer words the running text has elsewhere, and of how many.

    A headline speaks of what the story speaks of; menus, pleas and links to other stories do not.
    """
    once: set[str] = set()
    twice: set[str] = set()
    for seen in looks:
        if seen.prose:
            twice |= seen.words & once
            once |= seen.words
    return [(len(seen.words & (twice if seen.prose else once)), len(seen.words)) for seen in looks]


def _paired(kin: list[tuple[int, int]]) -> Iterator[Family]:
    import numpy as np

    count, of = np.array(kin).T
    yield _stepped("kin", _SOME, count, of > 0)
    shares = np.where(of > 0, count * 4 // np.maximum(of, 1), -1)
    yield Family(tuple(f"kin share {n}" for n in range(5)), shares)


def _repeats(lines: Sequence[Line], looks: Sequence[Look]) -> list[tuple[int, int, int]]:
    """How often a line recurs in its words and in its pattern, and whether it holds another one."""
    texts = Counter([line.text for line in lines])
    alike = Counter([seen.pattern for seen in looks])
    nested = _nested([line.text for line in lines[:_TOP]])
    found = [
        (texts[line.text], alike[seen.pattern] if seen.pattern else 0, 0)
        for line, seen in zip(lines, looks, strict=True)
    ]
    for index, kind in nested:
        found[index] = (*found[index][:2], kind)
    return found


def _nested(top: Sequence[str]) -> list[tuple[int, int]]:
    """Lines that hold another one (1), are held by another (2), or both (3)."""
    titles = {text for text in top if 20 < len(text) < _LONGEST_TITLE}
    whole = "\n".join(titles)
    inner = [text for text in titles if whole.count(text) > 1]
    if not inner:
        return []
    found = []
    for index, text in enumerate(top):
        if text in titles:
            holds = any(other != text and other in text for other in inner)
            kind = holds + 2 * (text in inner)
            if kind:
                found.append((index, kind))
    return found


def _recurring(repeats: list[tuple[int, int, int]]) -> Iterator[Family]:
    import numpy as np

    same, alike, nested = np.array(repeats).T
    yield _stepped("same", _SOME, same, same > 1)
    yield _stepped("alike", _SOME, alike, alike > 0)
    yield Family(("holds another",), (nested & 1) - 1)
    yield Family(("held by another",), (nested >> 1) - 1)
