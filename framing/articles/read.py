"""Any mix of inputs to a stream of articles."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from framing.articles.decode import UndecodableError, decode
from framing.articles.inputs import Input, find_inputs
from framing.articles.metadata import metadata_faults, metadata_of
from framing.articles.rows import Row, csv_header, table_rows
from framing.articles.sniff import kind_of
from framing.errors import InputError
from framing.records import Article, Unusable, as_text, digest, known

_FIELDS = ("title", "outlet", "author", "published", "url", "story")


def read_articles(
    inputs: Sequence[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
    stdin: BinaryIO | None = None,
) -> Iterator[Article | Unusable]:
    """Read articles one by one; what can't be used comes with its reason and stops nothing.

    Parameters
    ----------
    inputs : sequence of str or Path
        Files, folders, globs, ``-`` for standard input.
    columns : mapping of str to str, optional
        Where a table calls its columns otherwise: ``{"text": "body"}``.
    stdin : binary stream, optional
        What ``-`` reads; the process' own by default.

    Yields
    ------
    Article or Unusable
        Articles in the order of the inputs, an exact repetition of an article left out.

    Raises
    ------
    InputError
        If two different texts come under one id or URL.

    Examples
    --------
    >>> [str(item) for item in read_articles(["nowhere.txt"])]
    ['nowhere.txt: no such file or folder']
    """
    seen: dict[str, tuple[str, str]] = {}
    for folder in dict.fromkeys(Path(item) for item in inputs if Path(item).is_dir()):
        yield from metadata_faults(folder)
    for source in find_inputs(inputs):
        if isinstance(source, Unusable):
            yield source
            continue
        for where, item in _read(source, columns or {}, stdin):
            if isinstance(item, Unusable) or _is_new(item, where, seen):
                yield item


def _is_new(article: Article, where: str, seen: dict[str, tuple[str, str]]) -> bool:
    mark = digest(article.text, size=8)
    before, first = seen.setdefault(article.source, (mark, where))
    if before != mark:
        raise InputError(
            f"two different texts are called {article.source!r}: {first} and {where}",
            hint="give each its own id or URL; for files, give the folder above them",
        )
    return first == where


def load(source: Input, stdin: BinaryIO | None) -> tuple[str, str]:
    """Read and decode one input.

    Returns
    -------
    text, encoding : str
        See `decode`.

    Raises
    ------
    UndecodableError
        If it can't be read or is no text.
    """
    try:
        data = source.path.read_bytes() if source.path else (stdin or sys.stdin.buffer).read()
    except OSError as error:
        raise UndecodableError(f"can't be read: {error.strerror}") from error
    return decode(data)


def _read(
    source: Input, columns: Mapping[str, str], stdin: BinaryIO | None
) -> Iterator[tuple[str, Article | Unusable]]:
    try:
        text, encoding = load(source, stdin)
    except UndecodableError as error:
        yield source.where, Unusable(source.where, str(error))
        return
    kind = kind_of(text, source.name)
    if kind == "html":
        yield source.where, Unusable(source.where, "an HTML page, expected plain text or a table")
    elif kind == "text":
        yield source.where, _page(source, text, encoding)
    else:
        yield from _table(source, text, kind, columns, encoding)


def _page(source: Input, text: str, encoding: str) -> Article | Unusable:
    if not text.strip():
        return Unusable(source.where, "only white space, expected text")
    told = metadata_of(source.path) if source.path else {}
    return Article(source=source.name, text=text, encoding=encoding, **told)


def _table(
    source: Input, text: str, kind: str, columns: Mapping[str, str], encoding: str
) -> Iterator[tuple[str, Article | Unusable]]:
    fault = missing_text(text, kind, columns)
    if fault:
        yield source.where, Unusable(source.where, fault)
        return
    unnamed: Counter[str] = Counter()
    for row in table_rows(text, kind, source.where, source.name, columns, encoding):
        if isinstance(row, Unusable):
            yield row.where, row
        else:
            yield row.where, _article(row, unnamed)


def missing_text(text: str, kind: str, columns: Mapping[str, str]) -> str | None:
    """Say what is wrong with a CSV whose header has no text column; None where it has one."""
    if kind == "jsonl":
        return None
    header = csv_header(text, "\t" if kind == "tsv" else ",")
    wanted = columns.get("text", "text")
    if wanted in header:
        return None
    return f"no column {wanted!r}, found {' '.join(header)[:200]}; name it with --column text=<column>"


def _article(row: Row, unnamed: Counter[str]) -> Article | Unusable:
    fault = no_text(row)
    if fault:
        return fault
    told = known(row.fields, *_FIELDS)
    text = str(row.fields["text"])
    source = as_text(row.fields.get("id")) or told["url"] or _unnamed(row, text, unnamed)
    return Article(source=source, text=text, encoding=row.encoding, **told)


def no_text(row: Row) -> Unusable | None:
    """Say why a row without usable text can't be an article or a unit; None if it has text."""
    text = row.fields.get("text")
    if text is None:
        names = " ".join(map(str, row.fields))[:120] or "nothing"
        return Unusable(row.where, f"no field 'text', found {names}")
    if not isinstance(text, str):
        return Unusable(row.where, f"field 'text': found {type(text).__name__}, expected text")
    if not text.strip():
        return Unusable(row.where, "field 'text' is empty")
    return None


def _unnamed(row: Row, text: str, unnamed: Counter[str]) -> str:
    name = f"{row.file}#{digest(text, size=8)}"
    unnamed[name] += 1
    return name if unnamed[name] == 1 else f"{name}-{unnamed[name]}"
