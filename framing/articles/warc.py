"""WARC archives such as CC-News: their HTML responses, one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from framing.articles.html import HTML_LIMIT
from framing.articles.streams import Source, UnreadableError
from framing.errors import InputError

#: Headers written without blanks are that much shorter than computed.
_UNSURE = 32
_ENDS = (b"\r\n\r\n", b"\n\n")
_HTML_TYPES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Response:
    """One HTML response.

    Attributes
    ----------
    number : int
        Number of the record in the archive, from 1.
    url, date : str
        Where and when (ISO 8601) it was fetched.
    charset : str
        As the HTTP header tells; empty where it does not.
    body : bytes
        The page; at most one byte over `HTML_LIMIT`.
    end : int
        Where the record ends in the archive, at least.
    """

    number: int
    url: str
    date: str
    charset: str
    body: bytes
    end: int


def responses(source: Source, where: str) -> Iterator[Response]:
    """Read the successful HTML responses of an archive; all other records don't count.

    Parameters
    ----------
    source : Source
        The archive, decompressed.
    where : str
        How messages call it.

    Raises
    ------
    InputError
        If fastwarc is not installed.
    UnreadableError
        If the archive is truncated or damaged, or holds no HTML response; what came before was
        given already.
    """
    number = pages = 0
    held: Response | None = None
    for number, record in enumerate(_records(source, where), 1):
        if held:
            yield held
        held = _response(record, number) if _is_page(record) else None
        pages += held is not None
    ended = not source.fault and source.tail.endswith(_ENDS)
    if held and source.tell() >= held.end - (_UNSURE if ended else 0):
        yield held
        held = None
    if held or not ended:
        raise UnreadableError(f"after record {number}: {source.fault or 'the archive is truncated'}")
    if not pages:
        raise UnreadableError(f"none of the {number} records is an HTML response")


class _Quiet:
    """A source that ends where it is damaged, so that the records before can be read; it keeps the fault."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:
        try:
            return self._source.read(size) or b""
        except UnreadableError:
            return b""

    def tell(self) -> int:
        return self._source.tell()

    def seek(self, *_: int) -> int:
        raise OSError("not seekable")

    def close(self) -> None:
        """Whoever opened the source closes it."""


def _records(source: Source, where: str) -> Iterator[Any]:
    try:
        from fastwarc.warc import ArchiveIterator
    except ImportError:
        raise InputError(
            f"{where}: WARC archives need fastwarc, which is not installed",
            hint="pip install 'framing[warc]'",
        ) from None
    try:
        yield from ArchiveIterator(_Quiet(source), auto_decode="all")
    except OSError as error:
        source.fault = source.fault or f"damaged: {' '.join(str(error).split())[:120]}"


def _is_page(record: Any) -> bool:
    if record.headers.get("WARC-Type", "").lower() != "response" or not record.is_http:
        return False
    headers = record.http_headers
    if headers is None or record.http_content_type not in _HTML_TYPES:
        return False
    return headers.status_code is None or 200 <= headers.status_code < 300


def _response(record: Any, number: int) -> Response:
    headers = record.headers
    # As long as the header is when written in the usual way; WARC/1.0, and the blank line.
    header = 12 + sum(len(name) + len(value) + 4 for name, value in headers.items())
    end = record.stream_pos + header + record.content_length
    return Response(
        number,
        headers.get("WARC-Target-URI", "").strip("<>") or f"record {number}",
        headers.get("WARC-Date", ""),
        record.http_charset or "",
        record.reader.read(HTML_LIMIT + 1),
        end,
    )
