"""Where on the page each line stands, and what is known of it there.

The regions come from a sequence model (`framing.pages.model`) over readable features
(`framing.pages.features`, `framing.pages.context`); letters to readers are made whole, credits and
comment headers are read by rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from framing.pages.comments import Comment, talk_of
from framing.pages.credits import credit_at
from framing.pages.letters import whole_letters
from framing.pages.lines import Line
from framing.pages.model import regions_of_pages

_TALK = frozenset({"comment", "comment_meta"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands.

    Attributes
    ----------
    region : str
        One of `framing.records.REGIONS`.
    credit_at : int
        Where a closing credit begins in the line, 0 if there is none.
    comment_author, comment_time : str
        Who wrote the comment that the line belongs to, and when; empty outside comments.
    reply_depth : int or None
        Depth of that comment.
    """

    region: str
    credit_at: int = 0
    comment_author: str = ""
    comment_time: str = ""
    reply_depth: int | None = None


def places(lines: Sequence[Line], title: str = "") -> list[Place]:
    """Give each line of a page its place.

    Parameters
    ----------
    lines : sequence of Line
        The page's non-blank lines.
    title : str
        The article's title, if it is known: a line that repeats it is probably the headline.

    Returns
    -------
    list of Place
        One a line.

    Examples
    --------
    >>> from framing.pages.lines import lines_of
    >>> page = lines_of("Home | News | Sport\\nThe quay at night (Image: Getty)\\n© 2024. All rights")
    >>> [place.region for place in places(page)]
    ['furniture', 'caption', 'furniture']
    """
    return places_of_pages([lines], [title])[0]


def places_of_pages(pages: Sequence[Sequence[Line]], titles: Sequence[str]) -> list[list[Place]]:
    """Give each line of many pages its place, which is faster than page by page."""
    favoured = [_repeats(lines, title) for lines, title in zip(pages, titles, strict=True)]
    regions = regions_of_pages(pages, favoured)
    return [_placed(lines, whole_letters(lines, found)) for lines, found in zip(pages, regions, strict=True)]


def _placed(lines: Sequence[Line], regions: Sequence[str]) -> list[Place]:
    found = list(map(_plain_place, regions))
    if "caption" in regions:
        for i, region in enumerate(regions):
            if region == "caption":
                found[i] = Place(region, credit_at=credit_at(lines[i].text))
    if not _TALK.isdisjoint(regions):
        for i, comment in enumerate(talk_of(lines, regions)):
            if comment is not None:
                found[i] = _said(regions[i], comment)
    return found


@cache
def _plain_place(region: str) -> Place:
    return Place(region)


@lru_cache(maxsize=256)
def _said(region: str, comment: Comment) -> Place:
    return Place(region, 0, comment.author, comment.time, comment.depth)


def _repeats(lines: Sequence[Line], title: str) -> list[int]:
    wanted = _plain(title)
    if not wanted:
        return []
    size = len(title) * 2 + 20
    return [i for i, line in enumerate(lines) if len(line.text) <= size and _plain(line.text) == wanted]


def _plain(text: str) -> str:
    """Letters and digits only: quotes and blanks differ between a page and its metadata."""
    return "".join(char for char in text.casefold() if char.isalnum())
