"""Lines that an outlet prints again and again: who owns it, how to complain, what a letter brings.

On the page they may look like the report. They tell nothing of what an article is about and would
make one matter of all that an outlet prints.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from hashlib import blake2b
from io import BytesIO
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

#: A line is boilerplate if it stands in so many articles of its outlet, and in this part of them.
LEAST = 3
PART = 0.1
#: An article of which more than this would go is one of several copies, and keeps all.
MOST = 0.8
#: Lines that are counted together.
_COUNTED = 1 << 20


class Boilerplate:
    """Learns what an outlet repeats; of its lines only hashes are kept, in a file if one is given.

    Examples
    --------
    >>> boilerplate = Boilerplate()
    >>> for report in ("The dam cracked.", "Bread is dearer.", "A wolf was seen."):
    ...     boilerplate.add("Gannet", [report, "The Gannet is owned by the Gannet Trust."])
    >>> boilerplate.told("Gannet", ["A wolf was seen.", "The Gannet is owned by the Gannet Trust."])
    [True, False]
    """

    def __init__(self, stream: BinaryIO | None = None) -> None:
        self._stream = stream or BytesIO()
        self._lines = 0
        self._articles: Counter[str] = Counter()

    def add(self, outlet: str, lines: Sequence[str]) -> None:
        """Add an article; those without an outlet are taken to be of one."""
        hashes = np.unique(_hashes(outlet, lines))
        self._articles[outlet] += 1
        self._stream.write(hashes.tobytes())
        self._lines += len(hashes)

    def told(self, outlet: str, lines: Sequence[str]) -> list[bool]:
        """Tell which lines of an article are its own; all articles have been added before."""
        repeated, counts = self._repeated
        if not len(repeated) or not lines:
            return [True] * len(lines)
        hashes = _hashes(outlet, lines)
        place = np.minimum(np.searchsorted(repeated, hashes), len(repeated) - 1)
        often = (repeated[place] == hashes) & (counts[place] >= PART * self._articles[outlet])
        return [True] * len(lines) if often.mean() > MOST else (~often).tolist()

    @cached_property
    def _repeated(self) -> tuple[Hashes, NDArray[np.int64]]:
        """Lines that `LEAST` articles or more have, and how many have them."""
        bits = (self._lines // _COUNTED).bit_length()
        found = [self._in_range(number, bits) for number in range(1 << bits)]
        return np.concatenate([lines for lines, _ in found]), np.concatenate([counts for _, counts in found])

    def _in_range(self, number: int, bits: int) -> tuple[Hashes, NDArray[np.int64]]:
        """Count those whose first `bits` make this number: a part that fits into memory."""
        some: list[Hashes] = [np.zeros(0, dtype=np.uint64)]
        self._stream.seek(0)
        while data := self._stream.read(8 * _COUNTED):
            hashes = np.frombuffer(data, dtype=np.uint64)
            some.append(hashes[hashes >> np.uint64(64 - bits) == number] if bits else hashes)
        lines, counts = np.unique(np.concatenate(some), return_counts=True)
        return lines[counts >= LEAST], counts[counts >= LEAST]


def _hashes(outlet: str, lines: Sequence[str]) -> Hashes:
    """Sixty-four bits of each line as an outlet has it."""
    texts = (f"{outlet}\n{' '.join(line.casefold().split())}" for line in lines)
    digests = [blake2b(text.encode("utf-8", "replace"), digest_size=8).digest() for text in texts]
    return np.frombuffer(b"".join(digests), dtype=np.uint64)
