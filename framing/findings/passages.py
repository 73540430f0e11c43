"""Quoted passages in a line of text, by straight and curly marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DOUBLE = re.compile('["“”„«»]')
_CLOSING = {'"': '"”', "“": '”"', "„": "“”", "«": "»", "»": "«", "”": "”"}
_SINGLE_OPEN = re.compile(r"(?:(?<=^)|(?<=[\s(\[“\"«—–:-]))['‘](?=[^\W_])")
_SINGLE_CLOSE = re.compile(r"(?<=[\w.,!?…;)])['’](?![\w])")
#: What an apostrophe stands for at the beginning of a word, decades included.
_CLIPPED = re.compile(r"['‘’](?:\d\ds?\b|(?:em|til|tis|twas|cause|cos|bout|round|n)\b)", re.I)
_PLURAL = re.compile(r"s['’]\s+[a-z]")


@dataclass(frozen=True, slots=True)
class Passage:
    """A quoted passage.

    Attributes
    ----------
    start, end : int
        The words between the marks: ``line[start:end]``.
    opened, closed : bool
        Whether the line has its opening and its closing mark. A passage of several paragraphs
        has its closing mark only in the last one.
    """

    start: int
    end: int
    opened: bool = True
    closed: bool = True


def passages(line: str) -> list[Passage]:
    """Find quoted passages; what is quoted within a quotation belongs to it.

    Parameters
    ----------
    line : str
        One paragraph or heading.

    Examples
    --------
    >>> [found.end - found.start for found in passages("He said: “Go.” It's the dogs' 'last day'.")]
    [3, 8]
    """
    apart: list[Passage] = []
    for found in sorted([*_doubles(line), *_singles(line)], key=lambda found: (found.start, -found.end)):
        if not apart or found.start > apart[-1].end:
            apart.append(found)
    return apart


def _doubles(line: str) -> Iterator[Passage]:
    start = opening = None
    first = True
    for found in _DOUBLE.finditer(line):
        at, mark = found.start(), found.group()
        if start is not None and opening is not None and mark in _CLOSING[opening]:
            yield Passage(start, at)
            start = None
        elif first and _ends_unopened(mark, line, at):
            yield Passage(0, at, opened=False)
        elif mark in _CLOSING and (start is None or mark == opening) and _has_end(mark, line, at):
            start, opening = at + 1, mark  # one that was open before was never closed
        first = False
    if start is not None and line[start:].strip():
        yield Passage(start, len(line.rstrip()), closed=False)


def _ends_unopened(mark: str, line: str, at: int) -> bool:
    """Whether a mark without an opening one before it ends a passage that began unmarked."""
    return mark == "”" and bool(line[:at].strip()) and not line[at - 1].isspace()


def _has_end(mark: str, line: str, at: int) -> bool:
    """Guillemets are bullets and arrows too: they open only what they also close."""
    return mark not in "«»" or _CLOSING[mark] in line[at + 1 :]


def _singles(line: str) -> Iterator[Passage]:
    at = 0
    while opening := _SINGLE_OPEN.search(line, at):
        at = opening.end()
        if _CLIPPED.match(line, opening.start()):
            continue
        closing = _closing(line, at)
        if closing is None:
            continue
        yield Passage(at, closing)
        at = closing + 1


def _closing(line: str, start: int) -> int | None:
    found = list(_SINGLE_CLOSE.finditer(line, start))
    # A possessive ("the dogs' day") closes only if nothing later does.
    plain = [item for item in found if not _PLURAL.match(line, item.start() - 1)]
    reopened = _SINGLE_OPEN.search(line, start)
    limit = reopened.start() if reopened else len(line)
    for item in plain or found:
        if item.start() < limit:
            return item.start()
    return None
