"""Inputs that lie elsewhere: anything that fsspec reads, named by its URL."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from framing.errors import InputError

_URL = re.compile(r"[a-z][a-z0-9+.-]+(?:://|::)")
_PASSWORD = re.compile("://[^/@]*:[^/@]*@")
_MAGIC = frozenset("*?[")


class RemoteError(OSError):
    """What a file system elsewhere could not do; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A file elsewhere.

    Attributes
    ----------
    system : fsspec.AbstractFileSystem
    path : str
        Its path there.
    url : str
        By which it can be named.
    """

    system: Any
    path: str
    url: str

    def state(self) -> tuple[int, str]:
        """How many bytes it holds, 0 where that is not known, and a token that changes with it.

        Raises
        ------
        RemoteError
        """
        try:
            return int(self.system.info(self.path).get("size") or 0), str(self.system.ukey(self.path))
        except Exception as error:
            raise _told(error) from error

    def open(self) -> "_Stream":
        """Open it for reading.

        Raises
        ------
        RemoteError
        """
        try:
            return _Stream(self.system.open(self.path, "rb"))
        except Exception as error:
            raise _told(error) from error


def is_url(item: str) -> bool:
    """Whether an input is named by a URL.

    Examples
    --------
    >>> is_url("s3://news/2021"), is_url("zip://*.html::news.zip"), is_url("C:/news"), is_url("a.txt")
    (True, True, False, False)
    """
    return bool(_URL.match(item))


def found_at(url: str) -> Iterator[tuple[Remote, str]]:
    """Each file at a URL, which may be a folder or a pattern, with its path below that folder or its name.

    Raises
    ------
    InputError
        If a library is missing that the kind of URL needs, or the URL holds a password.
    RemoteError
        If nothing can be found there.
    """
    system, path = _system(url)
    chained = url.partition("::")[2]
    try:
        if _MAGIC & set(path):
            folder, paths = "", sorted(system.glob(path))
        elif system.isdir(path):
            folder, paths = path.strip("/"), sorted(system.find(path))
        else:
            system.info(path)
            folder, paths = "", [path]
    except Exception as error:
        raise _told(error) from error
    for item in paths:
        name = (
            item.strip("/").removeprefix(folder).strip("/") if folder or not path else item.rpartition("/")[2]
        )
        base = system.unstrip_protocol(item)
        yield Remote(system, item, f"{base}::{chained}" if chained else base), name


def _system(url: str) -> tuple[Any, str]:
    if _PASSWORD.search(url):
        raise InputError(
            "an input's URL holds a password, which messages and process lists would show",
            hint="leave it out, and set it in fsspec's configuration (~/.config/fsspec)",
        )
    try:
        import fsspec
    except ImportError:
        raise InputError(
            f"{url}: URLs need fsspec, which is not installed", hint="pip install 'framing[fsspec]'"
        ) from None
    try:
        system, path = fsspec.url_to_fs(url)
    except ImportError as error:
        raise InputError(f"{url}: {error}", hint="install it, then try again") from error
    except Exception as error:
        raise _told(error) from error
    return system, str(path)


def _told(error: Exception) -> RemoteError:
    if isinstance(error, FileNotFoundError):
        return RemoteError("no such file or folder")
    # Each library that fsspec rests on has errors of its own.
    return RemoteError(" ".join(str(error).split())[:200] or type(error).__name__)


class _Stream(io.RawIOBase):
    """A file elsewhere, whose every error is one of reading."""

    def __init__(self, stream: Any) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._stream.read(len(buffer))
        except Exception as error:
            raise _told(error) from error
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
