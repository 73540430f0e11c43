"""Files are written whole or not at all."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

from framing.errors import FramingError


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a scratch file beside `path` that takes its name once the block has ended well.

    Parameters
    ----------
    path : Path
        The file that is to be there afterwards; its folder is made if missing.

    Yields
    ------
    Path
        An empty file in the same folder. If the block raises, it is removed and `path` keeps
        what it held before.

    Raises
    ------
    FramingError
        If the folder can't be written to or the disk is full.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> with whole(folder / "a.txt") as scratch:
    ...     _ = scratch.write_text("done")
    >>> (folder / "a.txt").read_text()
    'done'
    """
    scratch: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", suffix=".part", dir=path.parent)
        os.close(handle)
        scratch = Path(name)
        yield scratch
        _settle(scratch, path)
    except OSError as error:
        raise FramingError(
            f"{path}: can't be written: {error.strerror or error}",
            hint="free some space or choose another place with -o",
        ) from error
    finally:
        if scratch is not None:
            scratch.unlink(missing_ok=True)


def _settle(scratch: Path, path: Path) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    scratch.chmod(mode)
    with scratch.open("rb") as stream:
        os.fsync(stream.fileno())
    scratch.replace(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def whole_text(path: Path) -> Iterator[TextIO]:
    """Open `path` for UTF-8 text, line ends untouched, to be there whole or not at all."""
    with whole(path) as scratch, scratch.open("w", encoding="utf-8", newline="") as stream:
        yield stream


@contextlib.contextmanager
def whole_binary(path: Path) -> Iterator[BinaryIO]:
    """Open `path` for bytes, to be there whole or not at all."""
    with whole(path) as scratch, scratch.open("wb") as stream:
        yield stream


def write_secret(path: Path, secret: str) -> None:
    """Write a file that only its owner can read (mode 600), never wider even for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(secret)
