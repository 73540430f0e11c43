"""Bytes to text, whole or as a stream, and which encoding it was."""

import codecs
import io
import re
from typing import Any

from framing.articles.streams import UnreadableError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
_SURROGATES = re.compile("[\ud800-\udfff]")
_LINE = re.compile(rb"[^\n]*\n?")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
#: Codecs that are no encodings of pages, decoders that can be made to run for hours, and those in
#: which the declaration itself could not have been read.
_NO_ENCODINGS = frozenset(
    "idna punycode utf-7 unicode-escape raw-unicode-escape undefined utf-16 utf-16-le utf-16-be utf-32 "
    "utf-32-le utf-32-be".split()
)
_HIGH = re.compile(rb"[\x80-\xff]+")
#: Where single letters are more than ASCII, the alphabet is Latin.
_LATIN = ["cp1252", "cp1250", "cp1254", "cp1257", "iso8859_15", "iso8859_2", "mac_roman", "cp850"]
_SAMPLE = 1 << 16
_CHUNK = 1 << 18
DAMAGED = "utf-8 (damaged)"
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "gzip data inside compressed data"),
    (b"\x28\xb5\x2f\xfd", "zstd data inside compressed data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ", "xz data"),
)


def decode(data: bytes, declaration: str = "") -> tuple[str, str]:
    """Decode a page: BOM, then UTF-8, then what is declared or detected.

    Parameters
    ----------
    data : bytes
        The whole file.
    declaration : str
        An encoding that was declared elsewhere, as in an HTTP header.

    Returns
    -------
    text : str
        BOM removed, line ends kept.
    encoding : str
        For example ``utf-8``, ``utf-16`` or ``cp1252``; ``utf-8 (damaged)`` where single bytes
        were none and were replaced by U+FFFD.

    Raises
    ------
    UnreadableError
        If the bytes are empty or no text.

    Examples
    --------
    >>> decode("Über Nacht".encode("utf-16"))
    ('Über Nacht', 'utf-16')
    """
    encoding = encoding_at(data)
    if encoding:
        text = well_formed(data.decode(_codec(encoding), errors="replace"))
        if not text:
            raise UnreadableError("the file is empty but for a byte order mark")
        return text, encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        encoding = _usable(declaration, data) or declared(data) or otherwise(data)
        return well_formed(data.decode(_codec(encoding), errors="replace")), encoding


def encoding_at(head: bytes) -> str | None:
    """The encoding that a byte order mark tells, None without one.

    Raises
    ------
    UnreadableError
        If the beginning is empty or no text.
    """
    if not head:
        raise UnreadableError("the file is empty")
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    found = next((what for magic, what in _MAGIC if head.startswith(magic)), None)
    if found:
        raise UnreadableError(f"{found}, expected text")
    start = head[:_SAMPLE]
    if len(start.translate(None, _CONTROLS)) < 0.99 * len(start):
        raise UnreadableError("binary data, expected text")
    return None


def declared(data: bytes) -> str | None:
    """Read the encoding that a page names in its first kilobytes, if it exists and fits."""
    found = _DECLARED.search(data[:4096])
    return _usable(found.group(1).decode("ascii"), data) if found else None


def _usable(name: str, data: bytes) -> str | None:
    """The codec of that name if the data are in it; Latin-1 stands for cp1252, as in browsers."""
    try:
        found = codecs.lookup(name).name
        candidates = ("cp1252", found) if found in ("iso8859-1", "ascii") else (found,)
    except (LookupError, ValueError):
        return None
    for candidate in candidates:
        if candidate.replace("_", "-") in _NO_ENCODINGS:
            continue
        try:
            data.decode(candidate)
        except (LookupError, ValueError):
            continue
        return candidate
    return None


def otherwise(data: bytes) -> str:
    """Guess the encoding of bytes that are not UTF-8, or not all of them."""
    good = len(_MULTIBYTE.findall(data))
    bad = len(_MULTIBYTE.sub(b"", data).translate(None, bytes(range(128))))
    return DAMAGED if good > 10 * bad else detected(data)


def detected(data: bytes) -> str:
    """Guess an encoding from the lines that are more than ASCII."""
    from charset_normalizer import from_bytes

    telling, size = [], 0
    for match in _LINE.finditer(data):
        if size >= _SAMPLE:
            break
        if not match[0].isascii():
            telling.append(match[0][:_SAMPLE])
            size += len(telling[-1])
    sample = b"".join(telling)[:_SAMPLE]
    runs = _HIGH.findall(sample)
    scattered = sum(len(run) == 1 for run in runs) >= 0.8 * len(runs)
    best = from_bytes(sample, cp_isolation=_LATIN if scattered else None).best()
    if best is None or str(best) == sample.decode("cp1252", errors="replace"):
        return "cp1252"  # of several that read alike, the usual one
    return best.encoding


def well_formed(text: str) -> str:
    """Replace lone surrogates, which no file can hold, by U+FFFD, one for one."""
    try:
        text.encode("utf-8")  # ten times faster than a search
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)
    return text


def _codec(encoding: str) -> str:
    return "utf-8-sig" if encoding in ("utf-8", DAMAGED) else encoding


class _Utf8(io.RawIOBase):
    """A stream in any encoding as UTF-8 bytes.

    UTF-8 is believed until a byte is none; from there on the rest is read in the encoding that the
    declaration or that byte's surroundings tell. What came before was the same in both.
    """

    def __init__(self, source: Any, head: bytes) -> None:
        super().__init__()
        self._source, self._head = source, head
        told = encoding_at(head)
        self.encoding = told or "utf-8"
        self._decoder = codecs.getincrementaldecoder(_codec(self.encoding))(
            errors="replace" if told else "strict"
        )
        self._sure = told is not None
        self._ahead = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ahead and not self._ended:
            data = self._source.read(_CHUNK)
            self._ended = not data
            self._ahead = self._decoded(data).encode("utf-8")
        size = min(len(buffer), len(self._ahead))
        buffer[:size] = self._ahead[:size]
        self._ahead = self._ahead[size:]
        return size

    def _decoded(self, data: bytes) -> str:
        try:
            return well_formed(self._decoder.decode(data, final=self._ended))
        except UnicodeDecodeError:
            if self._sure:
                raise
        held = self._decoder.getstate()[0] + data
        self.encoding = declared(self._head) or otherwise(held)
        self._sure = True
        self._decoder = codecs.getincrementaldecoder(_codec(self.encoding))(errors="replace")
        return well_formed(self._decoder.decode(held, final=self._ended))


class Text(io.TextIOWrapper):
    """A stream of bytes as text.

    Parameters
    ----------
    source : Source
        See `framing.articles.streams`.
    newline : str
        As for `open`: ``""`` ends lines at any line end, ``"\\n"`` at that alone; both keep them.
    """

    def __init__(self, source: Any, newline: str) -> None:
        self._utf8 = _Utf8(source, source.head)
        super().__init__(io.BufferedReader(self._utf8, _CHUNK), encoding="utf-8", newline=newline)

    @property
    def read_as(self) -> str:
        """The encoding, as far as it was read."""
        return self._utf8.encoding
