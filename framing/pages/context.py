"""What a line shows only among its neighbours: its place, its distances, its repetitions.

Pages are looked at many at once: all lines of all pages in one row, a number for each line and
feature family, so that a page costs no loop of its own where its lines need none.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, chain, product

import numpy as np

from framing.pages.chars import Flags, Ints, apart
from framing.pages.families import Family, States, named, reached
from framing.pages.lines import Line
from framing.pages.looks import Looks, looks_of

_PLACES = (0, 1, 2, 3, 4, 6, 9, 14, 25, 50)
_SOME = (0, 1, 2, 3, 5, 9)
#: Headlines are repeated within other lines (breadcrumbs) only near the top.
_TOP = 40
_TITLE = range(21, 200)
#: Says “we” or “you”; tells what somebody said.
_VOICES = ("personal", "quoting")


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
    texts = [line.text for line in lines]
    alone, looks = looks_of(texts)
    first = {text: number for number, text in enumerate(texts, 1)}
    same = np.array([first[text] for text in texts])
    return named([*alone, *families([lines], looks, same)], len(lines))


def families(pages: Sequence[Sequence[Line]], looks: Looks, texts: Ints) -> Iterator[Family]:
    """What the lines of pages show among their neighbours.

    Parameters
    ----------
    pages : sequence of sequence of Line
        None of them empty.
    looks : Looks
        What each line of all pages shows alone.
    texts : ndarray of int
        Numbers of the lines' texts, from 1: equal ones have the same.
    """
    rows = _Rows(pages)
    yield from _gaps(rows, list(chain.from_iterable(pages)))
    yield from _places(rows, looks.prose)
    yield from _crowds(rows, looks)
    yield _voices(rows, looks)
    yield from _runs(rows, looks.titled)
    yield from _kin(rows, looks)
    yield _recurring("same", rows, texts, least=2)
    yield _recurring("alike", rows, looks.pattern, least=1)
    yield from _nestings(pages, rows)


class _Rows:
    """All lines of some pages in one row: where each line's page begins and ends."""

    def __init__(self, pages: Sequence[Sequence[Line]]) -> None:
        sizes = np.array([len(page) for page in pages])
        self.page = np.repeat(np.arange(len(pages)), sizes)
        ends = np.cumsum(sizes)
        self.starts = ends - sizes
        self.sizes = sizes
        self.first = np.repeat(self.starts, sizes)
        self.end = np.repeat(ends, sizes)
        self.index = np.arange(len(self.first))

    def per_page(self, flags: Flags) -> Ints:
        """How many lines of the page a flag holds on, for each line."""
        return np.repeat(np.add.reduceat(flags.astype(np.int64), self.starts), self.sizes)

    def last_before(self, flags: Flags) -> Ints:
        """The nearest earlier line with the flag; negative or on another page if there is none."""
        last = np.maximum.accumulate(np.where(flags, self.index, -1))
        return np.concatenate([[-1], last[:-1]])

    def next_after(self, flags: Flags, *, itself: bool = False) -> Ints:
        """The nearest later line (or the line itself) with the flag; beyond the page if there is none."""
        size = len(flags)
        following = np.minimum.accumulate(np.where(flags, self.index, size)[::-1])[::-1]
        return following if itself else np.concatenate([following[1:], [size]])


def _sums(flags: Flags) -> Ints:
    """How many lines before each one, and before the end, have the flag."""
    return np.concatenate([[0], np.cumsum(flags)])


def _stepped(name: str, steps: Sequence[int], values: Ints, holds: Flags | None = None) -> Family:
    """A number as the last step that it reaches."""
    held = np.searchsorted(steps, values, side="right") - 1
    if holds is not None:
        held = np.where(holds, held, -1)
    return Family(tuple((f"{name} {step}",) for step in steps), held)


def _or(family: Family, otherwise: str) -> Family:
    """Name what it is where no feature of a family holds."""
    held = np.where(family.held < 0, len(family.states), family.held)
    return Family((*family.states, (otherwise,)), held)


def _gaps(rows: _Rows, lines: Sequence[Line]) -> Iterator[Family]:
    """Blank lines around a line, judged against what is usual on the page."""
    _, _, _, _, indent, before, after = zip(*lines, strict=True)
    sides = {"before": np.array(before), "after": np.array(after)}
    spaced = rows.per_page(sides["before"] > 0) * 2 > rows.end - rows.first
    for side, blank in sides.items():
        states = tuple(
            (f"blank {side} {n}", f"{page}, blank {side} {n}")
            for page in ("dense page", "spaced page")
            for n in range(3)
        )
        yield Family(states, np.minimum(blank, 2) + 3 * spaced)
    yield Family((("indented",),), np.minimum(indent, 1) - 1)


def _places(rows: _Rows, prose: Flags) -> Iterator[Family]:
    """Distance from the page's edges and from the running text."""
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
    yield Family((("prose",), ("alone in prose",)), np.where(prose, 0, np.where(alone, 1, -1)))


def _crowds(rows: _Rows, looks: Looks) -> Iterator[Family]:
    """How many comment headers and appeals stand near; how far above comments and lists of links open."""
    index, first, end = rows.index, rows.first, rows.end
    opening = rows.next_after(looks.prose, itself=True)[first]
    opening = np.where(opening < end, opening, first)
    # Bylines look like headers of comments, but come before the text.
    metas = looks.meta & (index >= opening)
    pleas = _sums(looks.plea)
    sums = _sums(metas)
    before = sums[index] - sums[first]
    near = sums[np.minimum(index + 7, end)] - sums[np.maximum(index - 6, first)]
    yield _stepped("metas near", _SOME, near)
    yield _stepped("metas before", _SOME, before)
    yield _stepped("metas after", _SOME, sums[end] - sums[index + 1])
    asked = pleas[np.minimum(index + 4, end)] - pleas[np.maximum(index - 3, first)]
    yield _stepped("pleas near", _SOME, asked)
    yield _stepped("since meta", _PLACES, index - rows.last_before(metas), before > 0)
    for name, flags in (("opener", looks.opener), ("listing", looks.listing)):
        last = rows.last_before(flags)
        yield _stepped(f"since {name}", _PLACES, index - last, last >= first)
    yield Family((("plea in text",), ("plea apart",)), np.where(looks.plea, 1 - looks.prose, -1))


@cache
def _voice_states() -> States:
    """How many lines near, and which quarter of a run of paragraphs, say “we” or “you”, and quote."""
    near = [[f"{voice} near {n}" for n in _SOME] for voice in _VOICES]
    runs = [[f"paragraphs {voice} {n}" for n in range(5)] for voice in _VOICES]
    return tuple((*around, *run) for around in product(*near) for run in chain(product(*runs), [()]))


def _voices(rows: _Rows, looks: Looks) -> Family:
    """Whether the lines around, and the paragraphs in a row, speak as “we” to “you” or tell who said what.

    A letter to readers may be told like a report for paragraphs, but not all along.
    """
    begin, stop = _run(rows, looks.prose)
    size = np.maximum(stop - begin, 1)
    left, right = np.maximum(rows.index - 3, rows.first), np.minimum(rows.index + 4, rows.end)
    near: Ints = np.zeros(len(rows.index), dtype=np.int64)
    run = near
    for flags in (looks.personal, looks.quoting):
        sums = _sums(flags)
        near = near * len(_SOME) + reached(_SOME, sums[right] - sums[left])
        run = run * 5 + (sums[stop] - sums[begin]) * 4 // size
    return Family(_voice_states(), near * 26 + np.where(looks.prose, run, 25))


def _run(rows: _Rows, flags: Flags) -> tuple[Ints, Ints]:
    """Where the lines with a flag that a line stands among begin and stop."""
    begin = np.maximum(rows.last_before(~flags) + 1, rows.first)
    return begin, np.minimum(rows.next_after(~flags), rows.end)


def _runs(rows: _Rows, titled: Flags) -> Iterator[Family]:
    """Lists of links: lines like headlines in a row."""
    begin, stop = _run(rows, titled)
    yield _stepped("run of", _SOME, stop - begin, titled)
    yield _stepped("in run", _SOME, rows.index - begin, titled)


def _kin(rows: _Rows, looks: Looks) -> Iterator[Family]:
    """How many of a line's longer words the running text has elsewhere, and of how many.

    A headline speaks of what the story speaks of; menus, pleas and links to other stories do not.
    """
    line = np.repeat(rows.index, looks.counts)
    _, word = np.unique(apart(rows.page[line], looks.words), return_inverse=True)
    prose = looks.prose[line]
    told = np.bincount(word, weights=prose, minlength=1)[word]
    elsewhere = told > prose
    count = np.bincount(line, weights=elsewhere, minlength=len(rows.index)).astype(np.int64)
    of = looks.counts
    yield _stepped("kin", _SOME, count, of > 0)
    shares = np.where(of > 0, count * 4 // np.maximum(of, 1), -1)
    yield Family(tuple((f"kin share {n}",) for n in range(5)), shares)


def _recurring(name: str, rows: _Rows, numbers: Ints, *, least: int) -> Family:
    """How often what has a number (a text, a pattern) stands on the page; 0 stands for none."""
    _, place, counts = np.unique(apart(rows.page, numbers), return_inverse=True, return_counts=True)
    found = counts[place]
    return _stepped(name, _SOME, found, (found >= least) & (numbers != 0))


def _nestings(pages: Sequence[Sequence[Line]], rows: _Rows) -> Iterator[Family]:
    """Lines that hold another one of the page's beginning, or are held by one, as in breadcrumbs."""
    nested = np.zeros(len(rows.index), dtype=np.int64)
    for page, start in zip(pages, rows.starts.tolist(), strict=True):
        for line, kind in _nested([line.text for line in page[:_TOP]]):
            nested[start + line] = kind
    yield Family((("holds another",),), (nested & 1) - 1)
    yield Family((("held by another",),), (nested >> 1) - 1)


def _nested(top: Sequence[str]) -> list[tuple[int, int]]:
    """Lines that hold another one (1), are held by another (2), or both (3)."""
    titles = sorted({text for text in top if len(text) in _TITLE}, key=len, reverse=True)
    whole = "\n".join(titles)
    ends = accumulate(len(text) + 1 for text in titles)
    # Only a longer one can hold it: those before it.
    inner = {
        text for text, end in zip(titles, ends, strict=True) if whole.find(text, 0, end - len(text) - 1) >= 0
    }
    if not inner:
        return []
    found = []
    for index, text in enumerate(top):
        if len(text) in _TITLE:
            holds = any(other != text and other in text for other in inner)
            kind = holds + 2 * (text in inner)
            if kind:
                found.append((index, kind))
    return found
