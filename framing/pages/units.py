"""Lines with regions to units with offsets and ids."""

from collections import Counter
from collections.abc import Iterator
from typing import Literal

from framing.pages.credits import credit_at
from framing.pages.lines import Line, lines_of
from framing.pages.regions import Place, places
from framing.pages.sentences import sentence_spans
from framing.records import Article, Mark, Unit, unit_id

#: What gets coded: a sentence or line that stands for itself; a line; a whole page.
UnitSize = Literal["sentence", "paragraph", "article"]

#: Regions whose lines stand for themselves, however many sentences they seem to hold.
WHOLE_LINES = frozenset({"headline", "subhead", "byline", "related", "comment_meta"})


def split_article(article: Article, *, language: str = "en", unit: UnitSize = "sentence") -> Iterator[Unit]:
    """Split a page into units.

    Parameters
    ----------
    article : Article
        The page.
    language : str
        ISO 639-1 code of the page's language.
    unit : {"sentence", "paragraph", "article"}
        What gets coded. A whole page is one unit of the region ``body``.

    Yields
    ------
    Unit
        In the order of the page. Every non-space character belongs to exactly one unit, no unit
        crosses a line break (but for whole pages), and
        ``article.text[unit.start:unit.end] == unit.text``.

    Examples
    --------
    >>> page = Article(source="a.txt", text="It will rain all day. Stay in.\\n\\n“Stay,” he said.")
    >>> [found.text for found in split_article(page)]
    ['It will rain all day.', 'Stay in.', '“Stay,” he said.']
    >>> [found.text for found in split_article(page, unit="paragraph")]
    ['It will rain all day. Stay in.', '“Stay,” he said.']
    """
    identity = article.article_id
    seen: Counter[str] = Counter()
    for position, (start, end, line, place) in enumerate(_pieces(article, language, unit)):
        text = article.text[start:end]
        yield Unit(
            unit_id=unit_id(identity, text, seen[text]),
            article_id=identity,
            source=article.source,
            start=start,
            end=end,
            text=text,
            region=place.region,
            paragraph=line,
            position=position,
            outlet=article.outlet,
            title=article.title,
            author=article.author,
            published=article.published,
            url=article.url,
            story=article.story,
            comment_author=place.comment_author,
            comment_time=place.comment_time,
            reply_depth=place.reply_depth,
        )
        seen[text] += 1


def _pieces(article: Article, language: str, unit: UnitSize) -> Iterator[tuple[int, int, int, Place]]:
    """Start and end on the page, line number and place of each unit."""
    lines = lines_of(article.text)
    if unit == "article":
        if lines:
            yield lines[0].start, lines[-1].end, lines[0].number, Place("body")
        return
    known = {mark.line: mark for mark in article.marks}
    for line, guessed in zip(lines, places(lines, article.title), strict=True):
        mark = known.get(line.number)
        place = _given(mark, line) if mark else guessed
        spans = [(0, len(line.text))] if unit == "paragraph" else _spans(line, place, language)
        for start, end in spans:
            yield line.start + start, line.start + end, line.number, place


def _given(mark: Mark, line: Line) -> Place:
    """What the markup says goes before what the words suggest."""
    return Place(
        mark.region,
        credit_at=credit_at(line.text) if mark.region == "caption" else 0,
        comment_author=mark.comment_author,
        comment_time=mark.comment_time,
        reply_depth=mark.reply_depth,
    )


def _spans(line: Line, place: Place, language: str) -> list[tuple[int, int]]:
    if place.region in WHOLE_LINES and not _is_prose(line, place):
        return [(0, len(line.text))]
    if place.credit_at:
        caption = sentence_spans(line.text[: place.credit_at], language)
        return [*caption, (place.credit_at, len(line.text))]
    return sentence_spans(line.text, language, loose=place.region == "comment")


def _is_prose(line: Line, place: Place) -> bool:
    """A teaser or subhead may hold a stop; one that also ends with one is sentences."""
    return line.text[-1] == "." and place.region in ("subhead", "related")
