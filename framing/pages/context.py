"""What a line shows only among its neighbours: its place, its distances, its repetitions."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence

from framing.pages.features import bucket, of_text
from framing.pages.lines import Line

_PLACES = (0, 1, 2, 3, 4, 6, 9, 14, 25, 50)
_SOME = (0, 1, 2, 3, 5, 9)
#: Headlines are repeated within other lines (breadcrumbs) only near the top.
_TOP = 40
_LONGEST_TITLE = 200

_LONG_WORD = re.compile(r"[^\W\d_]{5,}")
#: How much of a line is read for the words it shares.
_READ = 200
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d_]+")


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
    found = [[*of_text(line.text)] for line in lines]
    for part in (_gaps, _places, _kinship, _crowds, _repeats, _runs):
        part(lines, found)
    return found


def _gaps(lines: Sequence[Line], found: list[list[str]]) -> None:
    """Blank lines around a line, judged against what is usual on the page."""
    spaced = sum(line.blank_before > 0 for line in lines) * 2 > len(lines)
    usual = "spaced page" if spaced else "dense page"
    for line, names in zip(lines, found, strict=True):
        before, after = min(line.blank_before, 2), min(line.blank_after, 2)
        names.extend(
            (
                f"blank before {before}",
                f"blank after {after}",
                f"{usual}, blank before {before}",
                f"{usual}, blank after {after}",
            )
        )
        if line.indent:
            names.append("indented")


def is_prose(names: Sequence[str], length: int) -> bool:
    """Running text: long, or of some length and closed by a stop."""
    if length < 60:
        return False
    return length >= 200 or "ends ." in names or "ends stop quote" in names


def _places(lines: Sequence[Line], found: list[list[str]]) -> None:
    """Distance from the page's edges and from the running text."""
    size = len(lines)
    prose = [i for i in range(size) if is_prose(found[i], len(lines[i].text))]
    page = f"prose on page {bucket(len(prose), _PLACES)}"
    for i, names in enumerate(found):
        before, after = bisect_left(prose, i), bisect_right(prose, i)
        names.extend(
            (
                page,
                f"from top {bucket(i, _PLACES)}",
                f"from bottom {bucket(size - 1 - i, _PLACES)}",
                f"prose before {bucket(before, _PLACES)}",
                f"prose after {bucket(len(prose) - after, _PLACES)}",
                f"since prose {bucket(i - prose[before - 1], _PLACES)}" if before else "no prose yet",
            )
        )
        if after < len(prose):
            names.append(f"until prose {bucket(prose[after] - i, _PLACES)}")
        else:
            names.append("no more prose")
        if after > before:
            names.append("prose")
        elif before and after < len(prose) and prose[after] - prose[before - 1] == 2:
            names.append("alone in prose")


def _kinship(lines: Sequence[Line], found: list[list[str]]) -> None:
    """How many of a line's longer words the running text has elsewhere.

    A headline speaks of what the story speaks of; menus, pleas and links to other stories do not.
    """
    words = [set(_LONG_WORD.findall(line.text[:_READ].lower())) for line in lines]
    common: Counter[str] = Counter()
    for names, own in zip(found, words, strict=True):
        if "prose" in names:
            common.update(own)
    for names, own in zip(found, words, strict=True):
        if own:
            least = 2 if "prose" in names else 1
            kin = sum(common[word] >= least for word in own)
            names.append(f"kin {bucket(kin, _SOME)}")
            names.append(f"kin share {kin * 4 // len(own)}")


def _is_meta(names: Sequence[str], length: int) -> bool:
    """Looks like a comment's header or its buttons."""
    if length > 90:
        return False
    return "ago" in names or "short dated" in names or "mostly cmeta" in names or "handle" in names


def _is_plea(names: Sequence[str]) -> bool:
    asks = "word ask" in names or "words appeal" in names
    return asks and ("word we" in names or "word you" in names or "word appeal" in names)


def _crowds(lines: Sequence[Line], found: list[list[str]]) -> None:
    """How many comment headers, appeals and openers of comment sections stand near and before."""
    first = next((i for i, names in enumerate(found) if "prose" in names), 0)  # bylines come before
    metas = [i for i, line in enumerate(lines) if i >= first and _is_meta(found[i], len(line.text))]
    pleas = [i for i, names in enumerate(found) if _is_plea(names)]
    openers = [
        i
        for i, line in enumerate(lines)
        if len(line.text) < 90 and ("opens opener" in found[i] or "mostly opener" in found[i])
    ]
    for i, names in enumerate(found):
        near = bisect_right(metas, i + 6) - bisect_left(metas, i - 6)
        before = bisect_left(metas, i)
        names.extend(
            (
                f"metas near {bucket(near, _SOME)}",
                f"metas before {bucket(before, _SOME)}",
                f"metas after {bucket(len(metas) - bisect_right(metas, i), _SOME)}",
                f"pleas near {bucket(bisect_right(pleas, i + 3) - bisect_left(pleas, i - 3), _SOME)}",
            )
        )
        if before:
            names.append(f"since meta {bucket(i - metas[before - 1], _PLACES)}")
        opened = bisect_left(openers, i)
        if opened:
            names.append(f"since opener {bucket(i - openers[opened - 1], _PLACES)}")


def _skeleton(text: str) -> str:
    return _WORDS.sub("w", _DIGITS.sub("0", text))


def _repeats(lines: Sequence[Line], found: list[list[str]]) -> None:
    """Lines that recur, in their words or in their pattern; lines that hold another one."""
    texts = Counter(line.text for line in lines)
    patterns = [_skeleton(line.text) if len(line.text) < 90 else "" for line in lines]
    alike = Counter(patterns)
    top = [line.text for line in lines[:_TOP] if 20 < len(line.text) < _LONGEST_TITLE]
    for i, (line, names) in enumerate(zip(lines, found, strict=True)):
        if texts[line.text] > 1:
            names.append(f"same {bucket(texts[line.text], _SOME)}")
        if patterns[i]:
            names.append(f"alike {bucket(alike[patterns[i]], _SOME)}")
        if i < _TOP and len(line.text) < _LONGEST_TITLE:
            text = line.text
            if any(other != text and other in text for other in top):
                names.append("holds another")
            if len(text) > 20 and any(other != text and text in other for other in top):
                names.append("held by another")


def _titled(names: Sequence[str], length: int) -> bool:
    """Could be a headline: some words, no stop at the end."""
    return 20 <= length <= 160 and "ends ." not in names and "mostly button" not in names


def _runs(lines: Sequence[Line], found: list[list[str]]) -> None:
    """Lists of links: lines like headlines in a row."""
    start = 0
    size = len(lines)
    flags = [_titled(found[i], len(lines[i].text)) for i in range(size)]
    while start < size:
        stop = start
        while stop < size and flags[stop]:
            stop += 1
        for i in range(start, stop):
            found[i] += (
                f"run of {bucket(stop - start, _SOME)}",
                f"in run {bucket(i - start, _SOME)}",
            )
        start = stop + 1
