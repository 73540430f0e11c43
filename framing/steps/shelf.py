"""Rows of many articles on disk, to be read again article by article."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO


@dataclass
class Shelf:
    """Keeps the units of each article in a file, so that memory does not grow with the corpus.

    Attributes
    ----------
    stream : binary file
        Open for writing and reading.

    Examples
    --------
    >>> import io
    >>> shelf = Shelf(io.BytesIO())
    >>> shelf.put([{"text": "Rain."}])
    0
    >>> shelf.get(0)
    [{'text': 'Rain.'}]
    """

    stream: BinaryIO
    _places: list[tuple[int, int]] = field(default_factory=list)
    _end: int = 0

    def put(self, rows: Sequence[Mapping[str, Any]]) -> int:
        """Keep the rows of one article; gives its number."""
        data = zlib.compress(json.dumps([dict(row) for row in rows]).encode(), 1)
        self.stream.seek(self._end)
        self.stream.write(data)
        self._places.append((self._end, len(data)))
        self._end += len(data)
        return len(self._places) - 1

    def get(self, number: int) -> list[dict[str, Any]]:
        """The rows of the article of that number."""
        place, size = self._places[number]
        self.stream.seek(place)
        rows: list[dict[str, Any]] = json.loads(zlib.decompress(self.stream.read(size)))
        return rows
