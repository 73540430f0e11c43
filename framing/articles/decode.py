"""Bytes to text, and which encoding it was."""

import codecs
import re

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


class UndecodableError(ValueError):
    """Bytes that are no text; the message is the reason."""


def decode(data: bytes) -> tuple[str, str]:
    """Decode a text file: BOM, then UTF-8, then what is declared or detected.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    text : str
        BOM removed, line ends kept.
    encoding : str
        For example ``utf-8``, ``utf-16`` or ``cp1252``.

    Raises
    ------
    UndecodableError
        If the bytes are empty or no text.

    Examples
    --------
    >>> decode("Über Nacht".encode("utf-16"))
    ('Über Nacht', 'utf-16')
    """
    if not data:
        raise UndecodableError("the file is empty")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decoded(data, "utf-8-sig" if encoding == "utf-8" else encoding), encoding
    head = data[: 1 << 16]
    if len(head.translate(None, _CONTROLS)) < 0.99 * len(head):
        raise UndecodableError("binary data, expected text")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        encoding = declared(data) or detected(data)
        return _decoded(data, encoding), encoding


def declared(data: bytes) -> str | None:
    """Read the encoding that a page names in its first kilobytes, if it exists and fits."""
    found = _DECLARED.search(data[:4096])
    if not found:
        return None
    try:
        name = codecs.lookup(found.group(1).decode("ascii")).name
        data.decode(name)
    except (LookupError, ValueError):
        return None
    return name


def detected(data: bytes) -> str:
    """Guess the encoding of bytes that are not UTF-8."""
    from charset_normalizer import from_bytes

    best = from_bytes(data[: 1 << 20]).best()
    return best.encoding if best else "cp1252"


def well_formed(text: str) -> str:
    """Replace lone surrogates, which no file can hold, by U+FFFD, one for one."""
    return _SURROGATES.sub("\ufffd", text)


def _decoded(data: bytes, encoding: str) -> str:
    return well_formed(data.decode(encoding, errors="replace"))
