"""What a file holds, by its content and its name."""

import json
import re
from pathlib import PurePath

from framing.articles.rows import csv_header

_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|article)\b", re.IGNORECASE)
_BY_NAME = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
TEXT_COLUMNS = ("text", "html")


def kind_of(text: str, name: str) -> str:
    """Tell whether a decoded file is ``jsonl``, ``csv``, ``tsv``, ``html`` or plain ``text``.

    Examples
    --------
    >>> kind_of('{"text": "Rain."}', "a.txt"), kind_of("Rain.", "a.txt")
    ('jsonl', 'text')
    """
    by_name = _BY_NAME.get(PurePath(name).suffix.lower())
    if by_name:
        return by_name
    if _is_json_record(text):
        return "jsonl"
    if _HTML.search(text[:2048].lstrip()[:512]):
        return "html"
    for kind, separator in (("csv", ","), ("tsv", "\t")):
        header = csv_header(text, separator)
        if len(header) > 1 and set(TEXT_COLUMNS) & set(header):
            return kind
    return "text"


def _is_json_record(text: str) -> bool:
    first = text.lstrip()[:1]
    if first != "{":
        return False
    try:
        return isinstance(json.loads(text.lstrip().split("\n", 1)[0]), dict)
    except (ValueError, RecursionError):
        return False
