"""ZIP archives: looked at before a library that unpacks parts of them whole gets to see them."""

import copy
import zipfile
from collections.abc import Callable
from pathlib import Path

from framing.formats.bombs import TIMES, is_bomb

_CHUNK = 1 << 16
#: What office programs and archives of pages are packed with; the others have no bound.
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def check_zip(path: Path, largest: Callable[[str], int | None]) -> None:
    """Unpack an archive's parts piece by piece, keeping nothing, to see how large they really are.

    Parameters
    ----------
    path : Path
    largest : callable
        Gives the most bytes that a part of that name may have; None for any number, as long as all of
        them together are no bomb.

    Raises
    ------
    ValueError
        If they stand for more than `TIMES` times the archive's size, a part is too large, says of itself
        another size than it has, is packed in an unusual way or needs a password.
    zipfile.BadZipFile, zlib.error
        If it is no archive, or damaged.
    """
    size, held = path.stat().st_size, 0
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            if part.compress_type not in _METHODS or part.flag_bits & 1:
                raise ValueError(f"{part.filename[:80]!r} is packed in a way that is not read here")
            held = _counted(archive, part, size, held, largest(part.filename))


def _counted(archive: zipfile.ZipFile, part: zipfile.ZipInfo, size: int, held: int, most: int | None) -> int:
    """The bytes of all parts up to and with this one."""
    # A part that says that it is small is read to the end nevertheless: the sum of it then is wrong.
    unbounded = copy.copy(part)
    unbounded.file_size = 1 << 62
    before = held
    with archive.open(unbounded) as stream:
        while data := stream.read(_CHUNK):
            held += len(data)
            if is_bomb(held, size):
                raise ValueError(f"unpacks to over {TIMES} times its size")
            if most is not None and held - before > most:
                raise ValueError(f"{part.filename[:80]!r} has over {most >> 20} MB")
    if held - before != part.file_size:
        raise ValueError(f"{part.filename[:80]!r} is not of the size that it says")
    return held
