"""Lines with regions to units with offsets and ids."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from framing.pages.credits import credit_at
from framing.pages.lines import Line, lines_of
from framing.pages.regions import Place, places_of_pages
from framing.pages.sentences import sentence_spans
from framing.records import Article, Mark, Unit, unit_id

#: What gets coded: a sentence or line that stands for itself; a line; a whole page.
UnitSize = Literal["sentence", "paragraph", "article"]

#: A language, or what tells it from the lines of a page.
Language = str | Callable[[Sequence[Line]], str]

#: Start and end on the page, line number and place of a unit.
_Piece = tuple[int, int, int, Place]

#: Characters of pages that are looked at together.
_BATCH = 1 << 19

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
    >>> page = Article("a.txt", "The rain will last all day. Please stay in.\\n\\n“Stay,” he said.")
    >>> [found.text for found in split_article(page)]
    ['The rain will last all day.', 'Please stay in.', '“Stay,” he said.']
    >>> [found.text for found in split_article(page, unit="paragraph")]
    ['The rain will last all day. Please stay in.', '“Stay,” he said.']
    """
    _, units = next(split_articles([article], language=language, unit=unit))
    yield from units


def split_articles(
    articles: Iterable[Article], *, language: Language = "en", unit: UnitSize = "sentence"
) -> Iterator[tuple[Article, list[Unit]]]:
    """Split many pages into units, some at a time, which is faster than page by page.

    Parameters
    ----------
    articles : iterable of Article
        Pages; some 500 KB of them are held at once.
    language : str or callable
        ISO 639-1 code, or what tells it for each page, as `framing.pages.languages.Languages` does.
    unit
        As in `split_article`.

    Yields
    ------
    (Article, list of Unit)
        Each page with its units.
    """
    for batch in _batches(articles):
        pages = [lines_of(article.text) for article in batch]
        found = (
            places_of_pages(pages, [article.title for article in batch])
            if unit != "article"
            else [[] for _ in pages]
        )
        for article, lines, guessed in zip(batch, pages, found, strict=True):
            yield article, _units(article, _cut(article, lines, guessed, language, unit))


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    held: list[Article] = []
    size = 0
    for article in articles:
        held.append(article)
        size += len(article.text)
        if size >= _BATCH:
            yield held
            held, size = [], 0
    if held:
        yield held


def _units(article: Article, pieces: Iterable[_Piece]) -> list[Unit]:
    identity, page, source = article.article_id, article.text, article.source
    told = (article.outlet, article.title, article.author, article.published, article.url, article.story)
    seen: dict[str, int] = {}
    units = []
    for position, (start, end, line, place) in enumerate(pieces):
        text = page[start:end]
        seen[text] = occurrence = seen.get(text, -1) + 1
        cells = (
            unit_id(identity, text, occurrence),
            identity,
            source,
            start,
            end,
            text,
            place.region,
            line,
            position,
            *told,
            place.comment_author,
            place.comment_time,
            place.reply_depth,
        )
        units.append(tuple.__new__(Unit, cells))  # half the time of the constructor by names
    return units


def _cut(
    article: Article, lines: Sequence[Line], found: Sequence[Place], language: Language, unit: UnitSize
) -> Iterable[_Piece]:
    if unit == "article":
        return _whole(lines)
    if unit == "paragraph":
        return _pieces(article, lines, found, None)
    return _pieces(article, lines, found, language if isinstance(language, str) else language(lines))


def _whole(lines: Sequence[Line]) -> list[_Piece]:
    return [(lines[0].start, lines[-1].end, lines[0].number, Place("body"))] if lines else []


def _pieces(
    article: Article, lines: Sequence[Line], found: Sequence[Place], language: str | None
) -> Iterator[_Piece]:
    """Sentences of a language; None: whole lines."""
    known = {mark.line: mark for mark in article.marks}
    for line, guessed in zip(lines, found, strict=True):
        mark = known.get(line.number) if known else None
        place = _given(mark, line) if mark else guessed
        spans = [(0, len(line.text))] if language is None else _spans(line, place, language)
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
