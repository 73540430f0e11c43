"""INPUT as it stands on the command line: files, folders, globs, URLs and `-`."""

import glob
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import IO, cast

from framing.articles.remote import Remote, RemoteError, found_at, is_url
from framing.files import readable, there
from framing.records import Unusable

STDIN = "-"
SIDE_FILE = "metadata.csv"
_MAGIC = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read.

    Attributes
    ----------
    path : Path or None
        None for standard input, and for a file elsewhere.
    name : str
        The path relative to the folder that was given, else the file's name; with ``/``, and with
        bytes that are no UTF-8 written as ``\\xe9``.
    remote : Remote or None
        The file elsewhere.
    """

    path: Path | None
    name: str
    remote: Remote | None = None

    @property
    def where(self) -> str:
        """How messages call it."""
        if self.remote:
            return self.remote.url
        return readable(self.path) if self.path else "standard input"

    def open(self) -> IO[bytes]:
        """Open it for reading; for standard input, the process' own.

        Raises
        ------
        OSError
            If it can't be opened.
        """
        if self.remote:
            return cast("IO[bytes]", self.remote.open())
        return self.path.open("rb") if self.path else sys.stdin.buffer

    def state(self) -> tuple[int, str]:
        """How many bytes it holds, 0 where that is not known, and what changes when they do.

        Raises
        ------
        OSError
            If that can't be told.
        """
        if self.remote:
            return self.remote.state()
        if not self.path:
            return 0, ""
        found = self.path.stat()
        return found.st_size, f"{found.st_size}\t{found.st_mtime_ns}"


def find_inputs(given: Sequence[str | Path]) -> Iterator[Input | Unusable]:
    """Turn what was given into files, folders read recursively and in a fixed order.

    Dot files, ``README*`` and side files (`metadata.csv`) are no articles.
    """
    for item in given:
        path = Path(item)
        if str(item) == STDIN:
            yield Input(None, "stdin")
        elif is_url(str(item)):
            yield from _elsewhere(str(item))
        elif there(path) and path.is_dir():
            yield from _folder(path)
        elif there(path):
            yield Input(path, readable(path.name))
        elif _MAGIC & set(str(item)):
            yield from _pattern(str(item))
        else:
            yield Unusable(readable(item), "no such file or folder")


def _elsewhere(url: str) -> Iterator[Input | Unusable]:
    """The files at a URL; those that a folder or a pattern gives are chosen as on the disk."""
    try:
        found = list(found_at(url))
    except RemoteError as error:
        yield Unusable(url, str(error))
        return
    names = [(remote, PurePosixPath(name)) for remote, name in found]
    chosen = [pair for pair in names if is_article(pair[1]) and not _hidden(pair[1])]
    if len(found) == 1 and not chosen:
        chosen = names
    if not chosen:
        yield Unusable(url, "holds no articles")
    for remote, name in chosen:
        yield Input(None, name.as_posix(), remote)


def _pattern(pattern: str) -> Iterator[Input | Unusable]:
    found = sorted(Path(name) for name in glob.glob(pattern, recursive=True))  # noqa: PTH207
    if not found:
        yield Unusable(readable(pattern), "no file matches this pattern")
    for path in found:
        if path.is_dir():
            yield from _folder(path)
        elif is_article(path):
            yield _regular(path, path.name)


def _folder(folder: Path) -> Iterator[Input | Unusable]:
    empty = True
    for path in sorted(folder.rglob("*"), key=lambda item: item.as_posix()):
        name = path.relative_to(folder)
        if not path.is_dir() and is_article(path) and not _hidden(name):
            empty = False
            yield _regular(path, name.as_posix())
    if empty:
        yield Unusable(readable(folder), "the folder holds no articles")


def _regular(path: Path, name: str) -> Input | Unusable:
    # What was not named itself is not waited for: a pipe or a device may never end.
    if path.is_file():
        return Input(path, readable(name))
    return Unusable(readable(path), "no regular file, expected one")


def is_article(path: PurePath) -> bool:
    """Whether a file's name says that it can be an article."""
    name = path.name
    return not (name.startswith((".", "README")) or name == SIDE_FILE)


def _hidden(name: PurePath) -> bool:
    return any(part.startswith(".") for part in name.parts)
