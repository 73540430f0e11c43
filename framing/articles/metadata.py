"""`metadata.csv`: what a text file can't say about itself."""

import io
import os
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from framing.articles.decode import decode
from framing.articles.inputs import SIDE_FILE
from framing.articles.rows import csv_rows
from framing.articles.streams import PAGE_LIMIT, UnreadableError
from framing.files import readable, there
from framing.records import Unusable, known

_ESCAPED = re.compile(rb"\\x([89a-f][0-9a-f])")
FIELDS = ("outlet", "published", "url", "author", "title", "story")


def metadata_of(path: Path) -> Mapping[str, str]:
    """Look up a text file in the side file of its folder or of a folder above it.

    Returns
    -------
    mapping of str to str
        The fields of `FIELDS`; all empty where nothing is known.
    """
    for folder in path.resolve().parents[:3]:
        table = _table(folder / SIDE_FILE, _changed(folder / SIDE_FILE))
        found = table.get(readable(path.resolve().relative_to(folder).as_posix()))
        if found:
            return found
    return known({}, *FIELDS)


def metadata_faults(folder: Path) -> Iterator[Unusable]:
    """Name the rows of a folder's side file that can't be used or name no file."""
    path = folder / SIDE_FILE
    named = readable(path)
    for line, row in _rows(path):
        if isinstance(row, str):
            yield Unusable(f"{named}:{line}", row)
        elif not row.get("file"):
            yield Unusable(f"{named}:{line}", "column file is missing or empty")
        elif _is_outside(str(row["file"])):
            yield Unusable(f"{named}:{line}", f"names {row['file']!r}, expected a file below this folder")
        elif not any(_is_file(folder / name) for name in (str(row["file"]), _bytes_of(str(row["file"])))):
            yield Unusable(f"{named}:{line}", f"names {row['file']!r}, which is not there")


def _is_outside(name: str) -> bool:
    return Path(name).is_absolute() or ".." in Path(name).parts


def _is_file(path: Path) -> bool:
    return there(path) and path.is_file()


def _bytes_of(name: str) -> str:
    """The name that is written so where it is no UTF-8, see `readable`."""
    return os.fsdecode(_ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), os.fsencode(name)))


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=64)
def _table(path: Path, changed: int) -> Mapping[str, Mapping[str, str]]:
    rows = (row for _, row in _rows(path) if not isinstance(row, str))
    return {str(row["file"]): known(row, *FIELDS) for row in rows if row.get("file")}


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, object] | str]]:
    if not path.is_file():
        return
    size = path.stat().st_size
    if size > PAGE_LIMIT:
        yield 1, f"{size} bytes, expected at most {PAGE_LIMIT >> 20} MB"
        return
    try:
        text, _ = decode(path.read_bytes())
    except (OSError, UnreadableError) as error:
        yield 1, str(error)
        return
    yield from csv_rows(io.StringIO(text, newline=""), ",")
