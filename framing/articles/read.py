"""Any mix of inputs to a stream of articles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from framing.articles.decode import decode
from framing.articles.html import HTML_LIMIT, Page, read_page
from framing.articles.identity import Fingerprint, Identities, Numbering, Place
from framing.articles.inputs import Input, find_inputs
from framing.articles.metadata import FIELDS, metadata_faults, metadata_of
from framing.articles.rows import TABLES, Row, table_rows
from framing.articles.sniff import kind_of_bytes
from framing.articles.streams import PAGE_LIMIT, Source, UnreadableError, opened
from framing.articles.warc import Response, responses
from framing.files import there
from framing.records import Article, Unusable, as_text, known


@dataclass(frozen=True, slots=True)
class Record:
    """An article as it lies in its input: read, but not yet decoded or taken from its HTML.

    Attributes
    ----------
    source : str
        The article's identity.
    content : str or bytes
    where : str
        How messages call it.
    place : Place
    html : bool
        Whether the content is HTML.
    told : mapping of str to str
        What the input says of it, before what the page itself says.
    encoding : str
        How the content was decoded; of bytes, how the input says that they are encoded.
    fetched : str
        When it was fetched: its date where nothing else tells one.
    taken : int
        How many bytes of the input were read up to here, as they lie on the disk.
    """

    source: str
    content: str | bytes
    where: str
    place: Place
    html: bool = False
    told: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    fetched: str = ""
    taken: int = 0


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
    yield from side_faults(inputs)
    identities = Identities(inputs)
    for number, source in enumerate(find_inputs(inputs)):
        for item in read_records(source, number, columns=columns, stdin=stdin):
            if isinstance(item, Unusable):
                yield item
                continue
            try:
                article = article_of(item, fast=fast)
            except UnreadableError as error:
                yield Unusable(item.where, str(error))
                continue
            if identities.is_new(Fingerprint.of(article, item.place), article.source):
                yield article


def side_faults(inputs: Sequence[str | Path]) -> Iterator[Unusable]:
    """Name what can't be used of the side files of the folders that were given."""
    for path in dict.fromkeys(map(Path, inputs)):
        if there(path) and path.is_dir():
            yield from metadata_faults(path)


def read_records(
    source: Input | Unusable,
    number: int,
    *,
    columns: Mapping[str, str] | None = None,
    stdin: BinaryIO | None = None,
) -> Iterator[Record | Unusable]:
    """Read the records of one input, the `number`-th, leaving the work on each to `article_of`.

    Raises
    ------
    InputError
        If a library is missing that the input needs.
    """
    if isinstance(source, Unusable):
        yield source
        return
    try:
        with opened(source, stdin) as stream:
            kind = kind_of_bytes(stream.head, source.name)
            if kind == "json":
                raise UnreadableError(
                    "one JSON value over the whole file, expected one object a line (JSONL)"
                )
            if kind in TABLES:
                yield from _table(source, number, stream, kind, columns or {})
            elif kind == "warc":
                yield from _warc(source, number, stream)
            else:
                data = stream.whole(HTML_LIMIT if kind == "html" else PAGE_LIMIT)
        if kind not in (*TABLES, "warc"):
            told = metadata_of(source.path) if source.path else {}
            place = Place(number)
            yield Record(source.name, data, source.where, place, kind == "html", told, taken=len(data))
    except UnreadableError as error:
        yield Unusable(source.where, str(error))


def article_of(record: Record, *, fast: bool = False) -> Article:
    """Decode a record, and take the article from its HTML.

    Raises
    ------
    UnreadableError
        If it can't be used.
    """
    text, encoding = record.content, record.encoding
    if isinstance(text, bytes):
        text, encoding = decode(text, encoding)
    if not text.strip():
        raise UnreadableError("only white space, expected text")
    page = read_page(text, fast=fast) if record.html else Page(text)
    facts: dict[str, Any] = {name: record.told.get(name) or page.facts.get(name, "") for name in FIELDS}
    facts["published"] = facts["published"] or record.fetched
    return Article(source=record.source, text=page.text, encoding=encoding, marks=page.marks, **facts)


def _table(
    source: Input, number: int, stream: Source, kind: str, columns: Mapping[str, str]
) -> Iterator[Record | Unusable]:
    numbering, count = Numbering(), 0
    for row in table_rows(stream, kind, source.where, source.name, columns):
        count += 1
        if isinstance(row, Unusable):
            yield row
            continue
        if count == 1 and kind != "jsonl":
            check_columns(row, columns)
        try:
            content, html = _content(row)
        except UnreadableError as error:
            yield Unusable(row.where, str(error))
            continue
        told = known(row.fields, *FIELDS)
        name = as_text(row.fields.get("id")) or told["url"] or numbering.name(row.file, str(content))
        encoding, place = row.encoding if isinstance(content, str) else "", Place(number, row.line)
        yield Record(name, content, row.where, place, html, told, encoding, taken=stream.taken)
    if not count:
        raise UnreadableError("the table holds no rows")


def _content(row: Row) -> tuple[str | bytes, bool]:
    """The cell with the page, and whether it is HTML."""
    html = row.fields.get("html")
    if not as_text(row.fields.get("text")).strip() and html:
        if not isinstance(html, str | bytes):
            raise UnreadableError(f"field 'html': found {type(html).__name__}, expected text")
        return html, True
    fault = no_text(row)
    if fault:
        raise UnreadableError(fault.reason)
    return str(row.fields["text"]), False


def _warc(source: Input, number: int, stream: Source) -> Iterator[Record | Unusable]:
    for response in responses(stream, source.where):
        where = f"{source.where}:{response.number} {response.url}"
        fault = _fault(response)
        if fault:
            yield Unusable(where, fault)
            continue
        yield Record(
            response.url,
            response.body,
            where,
            Place(number, response.number),
            html=True,
            told={"url": response.url},
            encoding=response.charset,
            fetched=response.date,
            taken=stream.taken,
        )


def _fault(response: Response) -> str:
    if not response.body:
        return "an empty response, expected a page"
    return f"over {HTML_LIMIT >> 20} MB, expected one page" if len(response.body) > HTML_LIMIT else ""


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
