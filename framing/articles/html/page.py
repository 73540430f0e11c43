"""An HTML page to an article's text, marks and facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from framing.articles.html.blocks import Block, Comment, Walk, walk_of
from framing.articles.html.body import DEEPEST, MOST_ELEMENTS, by_trafilatura, densest
from framing.articles.html.dates import printed_time
from framing.articles.html.facts import facts_of
from framing.articles.html.regions import Region, regions_of, void_wrong_roles
from framing.articles.streams import UnreadableError
from framing.records import Mark

#: Bytes of one HTML page.
HTML_LIMIT = 32 << 20
_APART = frozenset("p h1 h2 h3 h4 h5 h6 blockquote figcaption pre section article".split())
_NAME_END = 80


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a page and what is known of it.

    Attributes
    ----------
    text : str
        One block a line.
    marks : tuple of Mark
        The lines whose place the structure tells.
    facts : mapping of str to str
        `title outlet author published url`, as far as the page tells.
    """

    text: str
    marks: tuple[Mark, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


def read_page(markup: str, *, fast: bool = False) -> Page:
    """Read an HTML page.

    Parameters
    ----------
    markup : str
    fast : bool
        Whether to find the article by density alone, without trafilatura.

    Raises
    ------
    UnreadableError
        If there is no visible text.

    Examples
    --------
    >>> page = read_page("<title>Rain</title><h1>Rain</h1><figcaption>A cloud</figcaption>")
    >>> page.text.split(), [(mark.line, mark.region) for mark in page.marks]
    (['Rain', 'A', 'cloud'], [(0, 'headline'), (2, 'caption')])
    """
    walk = walk_of(markup)
    blocks = walk.blocks
    facts = facts_of(walk.notes, blocks)
    void_wrong_roles(blocks)
    body = set() if fast or _too_much(walk) else by_trafilatura(markup, blocks)
    body = body or densest(blocks)
    regions = regions_of(blocks, body, facts.get("title", ""))
    text, marks = _lines(blocks, regions)
    if not text:
        raise UnreadableError("an HTML page without visible text")
    return Page(text, marks, facts)


def _too_much(walk: Walk) -> bool:
    return walk.deepest > DEEPEST or walk.elements > MOST_ELEMENTS


def _lines(blocks: Sequence[Block], regions: Sequence[Region | None]) -> tuple[str, tuple[Mark, ...]]:
    lines: list[str] = []
    marks: list[Mark] = []
    told: dict[int, dict[str, Any]] = {}
    before = ""
    for block, region in zip(blocks, regions, strict=True):
        if region is None:
            continue
        if lines and (block.tag in _APART or region.name != before):
            lines.append("")
        if region.name:
            known = told.get(id(region.comment))
            if known is None:
                known = told[id(region.comment)] = _of_comment(region.comment)
            marks.append(Mark(len(lines), region.name, **known))
        lines.append(block.text)
        before = region.name
    return "\n".join(lines), tuple(marks)


def _of_comment(comment: Comment | None) -> dict[str, Any]:
    if comment is None:
        return {}
    return {
        "comment_author": comment.author[:_NAME_END].strip(" :|·•,-–"),
        "comment_time": printed_time(comment.time) or comment.time[:_NAME_END],
        "reply_depth": comment.depth,
    }
