"""Weighted pairs on disk, handed back in parts that fit into memory."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

_EDGE = np.dtype([("first", np.int32), ("second", np.int32), ("weight", np.float64)])
#: Items whose pairs are held together.
_WIDTH = 4096

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Edge = tuple[Ints, Ints, Floats]


class Edges:
    """Pairs of items and how much they weigh, kept in a file.

    A pair lies in the part of its first item, so that all mentions of a pair come back together.

    Parameters
    ----------
    items : int
        How many there are.
    scratch : callable
        Opens an empty file; in memory by default.

    Examples
    --------
    >>> edges = Edges(3)
    >>> edges.add(np.array([0, 0]), np.array([2, 1]), np.array([0.5, 0.25]))
    >>> edges.add(np.array([0]), np.array([2]), np.array([0.5]))
    >>> [(first.tolist(), second.tolist(), weight.tolist()) for first, second, weight in edges.parts(once)]
    [([0, 0], [1, 2], [0.25, 0.5])]
    """

    def __init__(self, items: int, scratch: Callable[[], BinaryIO] = BytesIO) -> None:
        self.items = items
        self._stream = scratch()
        self._places: list[list[tuple[int, int]]] = [[] for _ in range(items // _WIDTH + 1)]
        self._end = 0

    def add(
        self, first: NDArray[np.integer], second: NDArray[np.integer], weight: NDArray[np.floating]
    ) -> None:
        """Add pairs, ``first < second``."""
        part = first // _WIDTH
        order = np.argsort(part, kind="stable")
        edges = np.empty(len(order), dtype=_EDGE)
        edges["first"], edges["second"], edges["weight"] = first[order], second[order], weight[order]
        self._stream.seek(self._end)
        self._stream.write(edges.tobytes())
        numbers, sizes = np.unique(part, return_counts=True)
        for number, size in zip(numbers.tolist(), sizes.tolist(), strict=True):
            self._places[number].append((self._end, size * _EDGE.itemsize))
            self._end += size * _EDGE.itemsize

    def parts(self, merged: "Callable[[Ints, Ints, Floats], Edge]") -> Iterator[Edge]:
        """Give the pairs part by part, mentions of one pair merged by `once` or `summed`."""
        for places in self._places:
            data = bytearray()
            for place, size in places:
                self._stream.seek(place)
                data += self._stream.read(size)
            if data:
                edges = np.frombuffer(data, dtype=_EDGE)
                yield merged(edges["first"], edges["second"], edges["weight"])

    def close(self) -> None:
        """Give the file up."""
        self._stream.close()


def once(first: Ints, second: Ints, weight: Floats) -> Edge:
    """Each pair once, in rising order, with the weight of its first mention.

    Examples
    --------
    >>> edge = np.array([1, 0, 1]), np.array([2, 1, 2]), np.array([0.5, 0.1, 0.5])
    >>> [part.tolist() for part in once(*edge)]
    [[0, 1], [1, 2], [0.1, 0.5]]
    """
    _, unique = np.unique(_keys(first, second), return_index=True)
    return first[unique], second[unique], weight[unique]


def summed(first: Ints, second: Ints, weight: Floats) -> Edge:
    """Each pair once, in rising order, its weights added up.

    Examples
    --------
    >>> edge = np.array([1, 0, 1]), np.array([2, 1, 2]), np.array([0.5, 0.1, 0.5])
    >>> [part.tolist() for part in summed(*edge)]
    [[0, 1], [1, 2], [0.1, 1.0]]
    """
    _, unique, inverse = np.unique(_keys(first, second), return_index=True, return_inverse=True)
    total = np.zeros(len(unique))
    np.add.at(total, inverse, weight)
    return first[unique], second[unique], total


def _keys(first: Ints, second: Ints) -> NDArray[np.int64]:
    return first.astype(np.int64) << 32 | second
