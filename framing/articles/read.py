"""Any mix of inputs to a stream of articles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from framing.articles.decode import decode
from framing.articles.html import HTML_LIMIT, Page, read_page
from framing.articles.identity import Identities, Place
from framing.articles.inputs import Input, find_inputs
from framing.articles.metadata import FIELDS, metadata_faults, metadata_of
from framing.articles.rows import TABLES, Row, table_rows
from framing.articles.sniff import kind_of_bytes
from framing.articles.streams import PAGE_LIMIT, Source, UnreadableError, opened
from framing.articles.warc import Response, responses
from framing.records import Article, Unusable, as_text, known

_Item = Article | Unusable


def read_articles(
    inputs: Sequence[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
    stdin: BinaryIO | None = None,
    fast: bool = False,
) -> Iterator[Article | Unusable]:
    """Read articles one by one; what can't be used comes with its reason and stops nothing.

    Parameters
    ----------
    inputs : sequence of str or Path
        Files, folders, globs, ``-`` for standard input. What each holds is told by its content:
        plain text, HTML, CSV, TSV, JSONL, Parquet or WARC, as such or in gzip or zstd.
    columns : mapping of str to str, optional
        Where a table calls its columns otherwise: ``{"text": "body"}``.
    stdin : binary stream, optional
        What ``-`` reads; the process' own by default.
    fast : bool
        Whether to find the article within HTML by its structure alone, without trafilatura: many
        times faster, somewhat less exact (see `framing.articles.html`).

    Yields
    ------
    Article or Unusable
        Articles in the order of the inputs, an exact repetition of an article left out. Tables
        and WARC are read record by record, in memory that does not grow with them.

    Raises
    ------
    InputError
        If two different texts come under one id or URL, or a library is missing that the input needs.

    Examples
    --------
    >>> [str(item) for item in read_articles(["nowhere.txt"])]
    ['nowhere.txt: no such file or folder']
    """
    for folder in dict.fromkeys(Path(item) for item in inputs if Path(item).is_dir()):
        yield from metadata_faults(folder)
    reader = _Reader(columns or {}, stdin, fast)
    for number, source in enumerate(find_inputs(inputs)):
        if isinstance(source, Unusable):
            yield source
        else:
            yield from reader.read(source, number)


@dataclass
class _Reader:
    columns: Mapping[str, str]
    stdin: BinaryIO | None
    fast: bool
    identities: Identities = field(default_factory=Identities)

    def read(self, source: Input, number: int) -> Iterator[_Item]:
        """Read one input, whatever it holds."""
        try:
            with opened(source, self.stdin) as stream:
                yield from self._of_kind(source, number, stream)
        except UnreadableError as error:
            yield Unusable(source.where, str(error))

    def _of_kind(self, source: Input, number: int, stream: Source) -> Iterator[_Item]:
        kind = kind_of_bytes(stream.head, source.name)
        if kind == "json":
            raise UnreadableError("one JSON value over the whole file, expected one object a line (JSONL)")
        if kind in TABLES:
            yield from self._table(source, number, stream, kind)
        elif kind == "warc":
            yield from self._warc(source, number, stream)
        else:
            yield from self._new(_page(source, stream, kind, self.fast), Place(number, source.where))

    def _new(self, article: Article, place: Place) -> Iterator[Article]:
        if self.identities.is_new(article.source, article.text, place):
            yield article

    def _table(self, source: Input, number: int, stream: Source, kind: str) -> Iterator[_Item]:
        count = 0
        for row in table_rows(stream, kind, source.where, source.name, self.columns):
            count += 1
            if isinstance(row, Unusable):
                yield row
                continue
            if count == 1 and kind != "jsonl":
                check_columns(row, self.columns)
            try:
                place = Place(number, source.where, row.line)
                yield from self._new(self._article(row, place), place)
            except UnreadableError as error:
                yield Unusable(row.where, str(error))
        if not count:
            raise UnreadableError("the table holds no rows")

    def _article(self, row: Row, place: Place) -> Article:
        told = known(row.fields, *FIELDS)
        page, content = self._content(row)
        name = as_text(row.fields.get("id")) or told["url"]
        source = name or self.identities.unnamed(row.file, content, place)
        return _built(source, page, told, row.encoding)

    def _content(self, row: Row) -> tuple[Page, str]:
        """The page of a row, and the cell that its identity hangs on."""
        html = row.fields.get("html")
        if not as_text(row.fields.get("text")).strip() and html:
            if not isinstance(html, str | bytes):
                raise UnreadableError(f"field 'html': found {type(html).__name__}, expected text")
            markup = html if isinstance(html, str) else decode(html)[0]
            return read_page(markup, fast=self.fast), markup
        fault = no_text(row)
        if fault:
            raise UnreadableError(fault.reason)
        text = str(row.fields["text"])
        return Page(text), text

    def _warc(self, source: Input, number: int, stream: Source) -> Iterator[_Item]:
        for response in responses(stream, source.where):
            place = Place(number, source.where, response.number)
            try:
                yield from self._new(_archived(response, self.fast), place)
            except UnreadableError as error:
                yield Unusable(f"{place} {response.url}", str(error))


def check_columns(row: Row, columns: Mapping[str, str], accepted: Sequence[str] = ("text", "html")) -> None:
    """Check that a table has one of the accepted columns with the texts.

    Raises
    ------
    UnreadableError
        Naming the column that was expected and those that were found.
    """
    if not set(accepted) & set(row.fields):
        wanted, found = columns.get("text", "text"), " ".join(row.fields)[:200]
        raise UnreadableError(f"no column {wanted!r}, found {found}; name it with --column text=<column>")


def no_text(row: Row) -> Unusable | None:
    """Say why a row without usable text can't be an article or a unit; None if it has text."""
    text = row.fields.get("text")
    if text is None and "text" not in row.fields:
        names = " ".join(map(str, row.fields))[:120] or "nothing"
        return Unusable(row.where, f"no field 'text', found {names}")
    if text is not None and not isinstance(text, str):
        return Unusable(row.where, f"field 'text': found {type(text).__name__}, expected text")
    if not text or not text.strip():
        return Unusable(row.where, "field 'text' is empty")
    return None


def _page(source: Input, stream: Source, kind: str, fast: bool) -> Article:
    text, encoding = decode(stream.whole(HTML_LIMIT if kind == "html" else PAGE_LIMIT))
    if not text.strip():
        raise UnreadableError("only white space, expected text")
    told = metadata_of(source.path) if source.path else {}
    page = read_page(text, fast=fast) if kind == "html" else Page(text)
    return _built(source.name, page, told, encoding)


def _archived(response: Response, fast: bool) -> Article:
    if not response.body:
        raise UnreadableError("an empty response, expected a page")
    if len(response.body) > HTML_LIMIT:
        raise UnreadableError(f"over {HTML_LIMIT >> 20} MB, expected one page")
    text, encoding = decode(response.body, response.charset)
    page = read_page(text, fast=fast)
    told = {"url": response.url, "published": page.facts.get("published") or response.date}
    return _built(response.url, page, told, encoding)


def _built(source: str, page: Page, told: Mapping[str, str], encoding: str) -> Article:
    """What the record tells comes before what the page says of itself."""
    facts: dict[str, Any] = {name: told.get(name) or page.facts.get(name, "") for name in FIELDS}
    return Article(source=source, text=page.text, encoding=encoding, marks=page.marks, **facts)
