"""INPUT as it stands on the command line: files, folders, globs and `-`."""

import glob
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

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
        None for standard input.
    name : str
        The path relative to the folder that was given, else the file's name; with ``/``.
    """

    path: Path | None
    name: str

    @property
    def where(self) -> str:
        """How messages call it."""
        return str(self.path) if self.path else "standard input"


def find_inputs(given: Sequence[str | Path]) -> Iterator[Input | Unusable]:
    """Turn what was given into files, folders read recursively and in a fixed order.

    Dot files, ``README*`` and side files (`metadata.csv`) are no articles.
    """
    for item in given:
        path = Path(item)
        if str(item) == STDIN:
            yield Input(None, "stdin")
        elif path.is_dir():
            yield from _folder(path)
        elif path.exists():
            yield Input(path, path.name)
        elif _MAGIC & set(str(item)):
            yield from _pattern(str(item))
        else:
            yield Unusable(str(item), "no such file or folder")


def _pattern(pattern: str) -> Iterator[Input | Unusable]:
    found = sorted(Path(name) for name in glob.glob(pattern, recursive=True))  # noqa: PTH207
    if not found:
        yield Unusable(pattern, "no file matches this pattern")
    for path in found:
        if path.is_dir():
            yield from _folder(path)
        elif is_article(path):
            yield Input(path, path.name)


def _folder(folder: Path) -> Iterator[Input | Unusable]:
    empty = True
    for path in sorted(folder.rglob("*"), key=lambda item: item.as_posix()):
        name = path.relative_to(folder)
        if path.is_file() and is_article(path) and not _hidden(name):
            empty = False
            yield Input(path, name.as_posix())
    if empty:
        yield Unusable(str(folder), "the folder holds no articles")


def is_article(path: Path) -> bool:
    """Whether a file's name says that it can be an article."""
    name = path.name
    return not (name.startswith((".", "README")) or name == SIDE_FILE)


def _hidden(name: Path) -> bool:
    return any(part.startswith(".") for part in name.parts)
