"""What an input holds, by its first bytes and its name."""

import json
import re
from pathlib import PurePath

from framing.articles.decode import encoding_at
from framing.articles.rows import SEPARATORS, csv_header
from framing.articles.streams import packed_name

_HTML = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*|<!--.{0,2000}?-->\s*){0,5}<(?:!doctype\s+html|html|head|body|article)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<[a-zA-Z!/][^<>]{0,2000}>")
_JSON_LIST = re.compile(r"\s*\[\s*\{\s*[\"}]")
_JSON_OPENS = re.compile(r'\{\s*"(?:[^"\\]|\\.){0,200}"\s*:')
_BY_NAME = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}
TEXT_COLUMNS = ("text", "html")


def kind_of_bytes(head: bytes, name: str) -> str:
    """Tell what an input holds from its first 64 KB.

    Returns
    -------
    str
        ``parquet``, ``warc``, or a kind of `kind_of`.

    Raises
    ------
    UnreadableError
        If the bytes are empty or no text.
    """
    if head.startswith(b"PAR1"):
        return "parquet"
    if re.match(rb"\s{0,8}WARC/\d", head):
        return "warc"
    encoding = encoding_at(head) or "utf-8"
    return kind_of(head.decode(encoding, errors="replace").removeprefix("\ufeff"), name)


def kind_of(text: str, name: str) -> str:
    """Tell whether a text is ``jsonl``, ``json``, ``csv``, ``tsv``, ``html`` or plain ``text``.

    Examples
    --------
    >>> kind_of('{"text": "Rain."}', "a.txt"), kind_of("Rain.", "a.txt")
    ('jsonl', 'text')
    """
    by_name = _BY_NAME.get(PurePath(packed_name(name)).suffix.lower(), "")
    if by_name and (by_name != "html" or _TAG.search(text)):
        return by_name
    by_json = _kind_of_json(text)
    if by_json:
        return by_json
    if _HTML.match(text):
        return "html"
    for kind, separator in SEPARATORS.items():
        header = csv_header(text, separator)
        if len(header) > 1 and set(TEXT_COLUMNS) & set(header):
            return kind
    return "text"


def _kind_of_json(text: str) -> str:
    """A record a line is ``jsonl``; one list or one record over several lines is ``json``."""
    start = text.lstrip()
    if _JSON_LIST.match(start):
        return "json"
    if not start.startswith("{"):
        return ""
    line, broken, _ = start.partition("\n")
    try:
        return "jsonl" if isinstance(json.loads(line), dict) else ""
    except (ValueError, RecursionError):
        pass
    if not broken:  # one line that is longer than what was read of it
        return "jsonl" if _JSON_OPENS.match(line) else ""
    return "json" if line.strip() == "{" and _JSON_OPENS.match(start) else ""
