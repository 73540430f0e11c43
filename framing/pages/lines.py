"""A page's text as lines with their place."""

from typing import NamedTuple

from framing.pages.compiled import COMPILED, native


class Line(NamedTuple):
    """One line of a page that holds more than white space.

    Attributes
    ----------
    number : int
        Number of the line on the page, blank ones counted, from 0.
    start, end : int
        Indices into the page's text, white space at the ends left out.
    text : str
        ``page[start:end]``.
    indent : int
        White-space characters before the text.
    blank_before, blank_after : int
        Blank lines before and after; the page's edges count as 1.
    """

    number: int
    start: int
    end: int
    text: str
    indent: int
    blank_before: int
    blank_after: int


def lines_of(page: str) -> list[Line]:
    """Cut a page at its line breaks (all that `str.splitlines` knows).

    Examples
    --------
    >>> [(line.text, line.blank_before) for line in lines_of("Rain \\n\\n  By Jo")]
    [('Rain', 1), ('By Jo', 1)]
    """
    return native.lines_of(page, Line) if COMPILED else _lines_of(page)


def _lines_of(page: str) -> list[Line]:
    found: list[tuple[int, int, str, int]] = []
    offset = 0
    for number, raw in enumerate(page.splitlines(keepends=True)):
        text = raw.strip()
        if text:
            indent = len(raw) - len(raw.lstrip()) if raw[0].isspace() else 0
            found.append((number, offset + indent, text, indent))
        offset += len(raw)
    lines = []
    for index, (number, start, text, indent) in enumerate(found):
        before = number - found[index - 1][0] - 1 if index else 1
        after = found[index + 1][0] - number - 1 if index + 1 < len(found) else 1
        lines.append(Line(number, start, start + len(text), text, indent, before, after))
    return lines
