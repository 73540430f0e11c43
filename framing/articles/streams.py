"""Inputs as streams of bytes: opened, decompressed where they are compressed, never without bound."""

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

from framing.articles.inputs import Input
from framing.formats import TIMES, is_bomb

#: One page; a longer one is no page, and would be held in memory several times over.
PAGE_LIMIT = 100 << 20
_HEAD = 1 << 16
#: Packed data may give so much before anything is said of how far they grow; gzip ends at 1032:1.
_BOMB_SIZE = 256 << 20
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_BROKEN = (EOFError, OSError, zlib.error, ValueError)


class UnreadableError(ValueError):
    """Bytes that can't be used; the message is the reason."""


class Source(io.RawIOBase):
    """The bytes of one input, decompressed, with their beginning at hand.

    Attributes
    ----------
    head : bytes
        The first 64 KB; reading begins before them nevertheless.
    tail : bytes
        The last four bytes that were read.
    packed : str
        ``gzip``, ``zstd`` or empty.
    fault : str
        Why reading ended before the end; empty if it did not. Libraries that read from here may
        take an error for the end of the data, so it is kept.
    """

    def __init__(self, stream: BinaryIO, packed: str, raw: "_Counted") -> None:
        super().__init__()
        self.packed, self._raw = packed, raw
        self.fault = ""
        self._some = getattr(stream, "read1", stream.read)
        self._given = 0
        self.tail = self.head = b""
        self.head = self._ahead = self._take(_HEAD)

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True

    def tell(self) -> int:
        """How many bytes were handed out."""
        return self._given - len(self._ahead)

    @property
    def taken(self) -> int:
        """How many bytes of the input were read so far, as they lie on the disk."""
        return self._raw.count

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer`, at least in part.

        Raises
        ------
        UnreadableError
            If the data are damaged, truncated or a decompression bomb.
        """
        if not self._ahead:
            self._ahead = self._take(max(len(buffer), _HEAD))
        size = min(len(buffer), len(self._ahead))
        buffer[:size] = self._ahead[:size]
        self._ahead = self._ahead[size:]
        return size

    def whole(self, limit: int = PAGE_LIMIT) -> bytes:
        """Read all of it.

        Raises
        ------
        UnreadableError
            If there are more than `limit` bytes, or they are damaged.
        """
        data = io.BufferedReader(self, 1 << 20).read(limit + 1)
        if len(data) > limit:
            raise UnreadableError(f"over {limit >> 20} MB, expected one page; tables are read row by row")
        return data

    def _take(self, size: int) -> bytes:
        if self.fault:
            raise UnreadableError(self.fault)
        pieces, missing = [], size
        try:
            while missing:
                piece = self._some(missing)
                if not piece:
                    break
                pieces.append(piece)
                missing -= len(piece)
        except _BROKEN as error:
            self.fault = _told(error, self.packed)
            if not pieces:
                raise UnreadableError(self.fault) from error
        self._given += size - missing
        self._check_growth()
        data = b"".join(pieces)
        self.tail = (self.tail + data[-4:])[-4:]
        return data

    def _check_growth(self) -> None:
        if self.packed and is_bomb(self._given, self._raw.count, _BOMB_SIZE):
            self.fault = (
                f"decompresses to over {TIMES} times its size, expected articles ({self.packed} data)"
            )
            raise UnreadableError(self.fault)


class _Counted(io.RawIOBase):
    """Raw bytes and how many were taken."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)


@contextmanager
def opened(source: Input, stdin: BinaryIO | None) -> Iterator[Source]:
    """Open an input, decompressing what is gzip or zstd by its first bytes.

    Raises
    ------
    UnreadableError
        If it can't be opened, its first bytes are damaged, or it was changed while it was read.
    """
    if not (source.path or source.remote):
        yield _source(stdin or source.open())
        return
    try:
        stream = source.open()
    except OSError as error:
        raise UnreadableError(f"can't be read: {error.strerror or error}") from error
    with stream:
        before = _state(source, stream)
        yield _source(stream)
        after = _state(source, stream)
    if before != after:
        raise UnreadableError(f"changed while it was read: {before[0]} bytes at first, {after[0]} at the end")


def _state(source: Input, stream: IO[bytes]) -> tuple[int, object]:
    """Size, and what changes with the content; on the disk of what was opened, whatever its name is now."""
    try:
        if not source.path:
            return source.state()
        told = os.fstat(stream.fileno())
    except OSError as error:
        raise UnreadableError(f"can't be read: {error.strerror or error}") from error
    return told.st_size, told.st_mtime_ns


def _source(stream: IO[bytes]) -> Source:
    raw = _Counted(stream)
    buffered = io.BufferedReader(raw, 1 << 18)
    try:
        magic = buffered.peek(4)[:4]
    except OSError as error:
        raise UnreadableError(f"can't be read: {error.strerror or error}") from error
    if magic.startswith(_GZIP):
        return Source(gzip.GzipFile(fileobj=buffered), "gzip", raw)  # type: ignore[arg-type]
    if magic.startswith(_ZSTD):
        import pyarrow

        return Source(pyarrow.CompressedInputStream(pyarrow.PythonFile(buffered, "r"), "zstd"), "zstd", raw)
    return Source(buffered, "", raw)


def _told(error: Exception, packed: str) -> str:
    if not packed:
        return f"can't be read: {getattr(error, 'strerror', None) or error}"
    said = str(error)
    if isinstance(error, EOFError) or "ended before" in said or "Truncated" in said:
        return f"truncated: the {packed} data end before their end mark"
    return f"damaged {packed} data: {' '.join(said.split())[:120]}"


def packed_name(name: str) -> str:
    """A file's name without the ending of its compression.

    Examples
    --------
    >>> packed_name("news.csv.gz"), packed_name("news.csv")
    ('news.csv', 'news.csv')
    """
    path = Path(name)
    return str(path.with_suffix("")) if path.suffix.lower() in (".gz", ".zst", ".zstd") else name
