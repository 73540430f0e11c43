"""Folders that only their owner can look into: `.framing/`, whatever the umask and whoever writes there."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from framing.files import PRIVATE

#: The folder of a workspace that holds its server, secrets and locks.
NAME = PRIVATE
FOLDER, FILE = 0o700, 0o600
_OTHERS = 0o077


def keep_private(folder: Path) -> Path:
    """Make a folder that nobody else can read, and close what others could read in it.

    Of a folder below `.framing/` all of `.framing/` is seen to. What a link leads to is not its own and is
    left alone, for a stranger's study may link to anything; of a `.framing/` that is a link itself only the
    folder is closed. A file system without modes, or another owner's file, stays as it is; `open_to_others`
    names it. Git leaves the folder out by a `.gitignore` of its own.

    Parameters
    ----------
    folder : Path
        Made if missing.

    Returns
    -------
    Path
        `folder`.

    Examples
    --------
    >>> import tempfile
    >>> place = keep_private(Path(tempfile.mkdtemp()) / ".framing" / "studio")
    >>> oct(place.parent.stat().st_mode & 0o777), (place.parent / ".gitignore").read_text()
    ('0o700', '*\\n')
    """
    top = home_of(folder)
    top.parent.mkdir(parents=True, exist_ok=True)
    top.mkdir(mode=FOLDER, exist_ok=True)
    _close(top, FOLDER)  # first of all: below it nothing can be reached from here on
    if not top.is_symlink():
        _close_within(top)
    for part in reversed([folder, *folder.parents][: len(folder.parts) - len(top.parts)]):
        part.mkdir(mode=FOLDER, exist_ok=True)
    return folder


def _close_within(top: Path) -> None:
    for path, status in _within(top):
        if not stat.S_ISLNK(status.st_mode):
            _close(path, FOLDER if stat.S_ISDIR(status.st_mode) else FILE, status.st_mode)
    ignore = top / ".gitignore"
    if not ignore.is_symlink() and not ignore.exists():
        with private_file(ignore) as stream:
            stream.write(b"*\n")


def home_of(folder: Path) -> Path:
    """The `.framing/` that a folder lies in, else the folder itself.

    Examples
    --------
    >>> home_of(Path("study/.framing/studio")).as_posix(), home_of(Path("elsewhere")).as_posix()
    ('study/.framing', 'elsewhere')
    """
    return next((path for path in (folder, *folder.parents) if path.name == NAME), folder)


def open_to_others(folder: Path) -> list[Path]:
    """Name what others than its owner may read or change: the folder, what lies in it, and where links lead.

    Returns
    -------
    list of Path
        Empty where all is closed, or where there is no such folder.
    """
    found = []
    for path, _ in _within(folder, follow=True):
        with suppress(OSError):
            if path.stat().st_mode & _OTHERS:
                found.append(path)
    with suppress(OSError):
        if folder.stat().st_mode & _OTHERS:
            found.insert(0, folder)
    return found


def private_file(path: Path) -> BinaryIO:
    """Open a file for writing that only its owner can read, never wider even for a moment."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE)
    return os.fdopen(handle, "wb")


def _close(path: Path, mode: int, now: int | None = None) -> None:
    """Give a file or folder its mode, unless it has it."""
    with suppress(OSError):
        if stat.S_IMODE(path.stat().st_mode if now is None else now) != mode:
            path.chmod(mode)


def _within(folder: Path, *, follow: bool = False) -> Iterator[tuple[Path, os.stat_result]]:
    """Everything below a folder, with its own status; what vanishes meanwhile is left out."""
    for root, folders, files in os.walk(folder, followlinks=False):
        for name in folders + files:
            path = Path(root) / name
            with suppress(OSError):
                status = path.lstat()
                yield path, status
                if follow and stat.S_ISLNK(status.st_mode) and path.is_dir():
                    yield from _within(path)
