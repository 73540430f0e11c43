"""A second look at letters to readers, which tell like a report before they ask.

The sequence model sees a line and its neighbours. That a letter goes on from its greeting to its
last plea, whatever it tells in between, is a matter of the whole block.
"""

import re
from collections.abc import Sequence

from framing.pages.lines import Line

#: How letters to readers begin.
_GREETING = re.compile(
    r"(?:dear|hello|hi|friends|good (?:morning|evening)),?(?: (?:all|our))?"
    r"(?: (?:readers?|friends?|supporters?|members?|subscribers?)(?: of .{2,40})?)?\s?[,!:.]$"
    r"|(?:a|an)\s(?:(?:special|important|personal|urgent)\s)?(?:message|letter|note|word|appeal|plea)\s(?:from|to)\s.{2,60}$",
    re.I,
)
#: No letter is longer, in lines.
_LONGEST = 25
#: What ends a letter: a story goes on, or something else begins.
_OTHER = frozenset({"headline", "standfirst", "subhead", "byline", "related", "comment", "comment_meta"})


def whole_letters(lines: Sequence[Line], regions: Sequence[str]) -> Sequence[str]:
    """Make text between a letter's greeting and its last plea part of the letter.

    Parameters
    ----------
    lines : sequence of Line
        A page's lines.
    regions : sequence of str
        What the model makes of them.

    Returns
    -------
    sequence of str
        The regions, corrected.

    Examples
    --------
    >>> from framing.pages.lines import lines_of
    >>> page = lines_of("Dear readers,\\nThe court fined us in May.\\nPlease support us today.\\nMore")
    >>> whole_letters(page, ["appeal", "body", "appeal", "related"])
    ['appeal', 'appeal', 'appeal', 'related']
    """
    if "appeal" not in regions or "body" not in regions:
        return regions
    found = list(regions)
    for start, region in enumerate(regions):
        if region == "appeal" and _GREETING.match(lines[start].text):
            for line in range(start, _last_plea(regions, start)):
                if found[line] == "body":
                    found[line] = "appeal"
    return found


def _last_plea(regions: Sequence[str], start: int) -> int:
    """The letter's last line that the model takes for an appeal."""
    last = start
    for line in range(start, min(start + _LONGEST, len(regions))):
        if regions[line] in _OTHER:
            break
        if regions[line] == "appeal":
            last = line
    return last
