"""Files are written whole or not at all."""

import contextlib
import os
import re
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from errno import ELOOP
from functools import cache
from pathlib import Path
from typing import BinaryIO, TextIO

from framing.errors import FramingError

#: Seconds after which nobody can still be writing a scratch file or folder.
_FORGOTTEN = 86_400
_SCRATCH = re.compile(r"\.(.+)\.[a-z0-9_]{8}\.part")
#: Names of what a process has open already; its number at the end.
_OPEN = re.compile(r"/(?:dev|proc/(?:self|thread-self))/fd/(\d+)")
#: The folder of a workspace that only its owner can look into; see `framing.private`.
PRIVATE = ".framing"
#: How Python holds bytes of a name that are no UTF-8.
_NO_UTF8 = re.compile("[\udc80-\udcff]")
#: Links that lead to links, at most.
_LINKS = 40


@contextlib.contextmanager
def whole(path: Path, *, mode: int | None = None) -> Iterator[Path]:
    """Give a scratch file beside `path` that takes its name once the block has ended well.

    A link stays one: the file that it leads to is the one that is made. A pipe or a device (also
    ``/dev/stdout``) is written to at the end, all at once; if the block raises, nothing is.

    Parameters
    ----------
    path : Path
        The file that is to be there afterwards; its folder is made if missing.
    mode : int, optional
        Its permissions; those of the file before it, else the usual ones, unless given.

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
        with _stream_at(path) as stream:
            place = Path(tempfile.gettempdir(), path.name) if stream else landing(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            sweep(place)
            handle, name = tempfile.mkstemp(prefix=f".{place.name[:80]}.", suffix=".part", dir=place.parent)
            os.close(handle)
            scratch = Path(name)
            yield scratch
            if stream:
                with scratch.open("rb") as made:
                    shutil.copyfileobj(made, stream)
            else:
                _settle(scratch, place, mode)
    except OSError as error:
        raise FramingError(
            f"{path}: can't be written: {error.strerror or error}",
            hint="free some space or choose another place with -o",
        ) from error
    finally:
        if scratch is not None:
            scratch.unlink(missing_ok=True)


def landing(path: Path) -> Path:
    """Where a file of that name comes to lie: where its link leads, whether anything is there or not.

    Raises
    ------
    OSError
        If it is a link that leads round in a circle.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp()).resolve()
    >>> (folder / "link").symlink_to("file")
    >>> landing(folder / "link").name, landing(folder / "other").name
    ('file', 'other')
    """
    if not path.is_symlink() or _is_stream(path):
        return path
    end = Path(os.path.realpath(path))
    if end.is_symlink():
        raise OSError(ELOOP, os.strerror(ELOOP))
    return end


def _is_stream(path: Path) -> bool:
    """Whether what lies there takes bytes and keeps none: a pipe, a device, or what is open already."""
    if _number_of(path) is not None:
        return True
    return path.exists() and not (path.is_file() or path.is_dir())


def _number_of(path: Path) -> int | None:
    """The number under which this process has a file open that a path names, as /dev/stdout does."""
    here = path.absolute()
    for _ in range(_LINKS):
        named = _OPEN.fullmatch(str(here))
        if named:
            return int(named[1])
        if not here.is_symlink():
            return None
        here = here.parent / here.readlink()
    return None


@contextlib.contextmanager
def _stream_at(path: Path) -> Iterator[BinaryIO | None]:
    """Open the pipe or device that a path names; None for a file, or nothing."""
    if not _is_stream(path):
        yield None
        return
    number = _number_of(path)
    if number is not None:
        # Opened a second time by its name a file would be written from its beginning, over what it holds.
        sys.stdout.flush()
        sys.stderr.flush()
        with os.fdopen(os.dup(number), "wb") as stream:
            yield stream
        return
    kind = path.stat().st_mode
    if not (stat.S_ISFIFO(kind) or stat.S_ISCHR(kind)):
        raise OSError("found a disk or a socket, expected a file or a pipe")
    with path.open("wb") as stream:
        yield stream


def _settle(scratch: Path, path: Path, mode: int | None) -> None:
    usual = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    if PRIVATE in path.absolute().parts:
        usual = 0o600
    scratch.chmod(usual if mode is None else mode)
    with scratch.open("rb") as stream:
        os.fsync(stream.fileno())
    scratch.replace(path)


def sweep(path: Path) -> None:
    """Remove what runs that were killed a day ago or more have left beside `path`, under its name.

    Each is looked for once in a process. A folder that holds what it was to replace is kept.
    """
    for name in _forgotten(path.parent.absolute()).get(path.name[:80], ()):
        left = path.parent / name
        if left.is_dir() and not left.is_symlink():
            if not (left / "old").exists():
                shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


@cache
def _forgotten(folder: Path) -> dict[str, list[str]]:
    """Scratch files and folders in a folder that nobody has touched for long, by whose they are."""
    found: dict[str, list[str]] = {}
    with contextlib.suppress(OSError), os.scandir(folder) as entries:  # one may be written to, but not read
        for entry in entries:
            told = _SCRATCH.fullmatch(entry.name)
            if told and entry.stat(follow_symlinks=False).st_mtime < time.time() - _FORGOTTEN:
                found.setdefault(told[1], []).append(entry.name)
    return found


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def whole_text(path: Path, *, mode: int | None = None) -> Iterator[TextIO]:
    """Open `path` for UTF-8 text, line ends untouched, to be there whole or not at all."""
    with whole(path, mode=mode) as scratch, scratch.open("w", encoding="utf-8", newline="") as stream:
        yield stream


@contextlib.contextmanager
def whole_binary(path: Path) -> Iterator[BinaryIO]:
    """Open `path` for bytes, to be there whole or not at all."""
    with whole(path) as scratch, scratch.open("wb") as stream:
        yield stream


def text_of(path: Path, largest: int = 16 << 20) -> str:
    """Read a UTF-8 file that somebody else may have made; a byte order mark is left out.

    Parameters
    ----------
    path : Path
        A pipe or a device, which may never end, is not read.
    largest : int
        Bytes.

    Raises
    ------
    FileNotFoundError
        If nothing is there.
    OSError, UnicodeDecodeError
        If it is no file, over `largest` bytes, or no UTF-8.
    """
    if path.exists() and not path.is_file():
        raise OSError("found no regular file, expected one")
    if path.stat().st_size > largest:
        raise OSError(f"found {path.stat().st_size} bytes, expected at most {largest}")
    return path.read_text(encoding="utf-8-sig")


def there(path: Path) -> bool:
    """Whether something lies at a path, which may be one that no system can hold.

    Examples
    --------
    >>> there(Path(tempfile.gettempdir())), there(Path("a" * 999)), there(Path("a\\0"))
    (True, False, False)
    """
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def readable(name: str | Path) -> str:
    """Write a file's name as text: bytes of it that are no UTF-8 as ``\\xe9``, all else as it is.

    Every output can hold it, and it is the same wherever the file lies.

    Examples
    --------
    >>> readable(os.fsdecode(b"caf\\xe9.txt")), readable("café.txt")
    ('caf\\\\xe9.txt', 'café.txt')
    """
    text = _NO_UTF8.sub(lambda byte: f"\\x{ord(byte[0]) - 0xDC00:02x}", str(name))
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def write_secret(path: Path, secret: str) -> None:
    """Write a file that only its owner can read (mode 600), never wider even for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(secret)
