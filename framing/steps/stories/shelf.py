"""Records of many articles on disk, to be read again one by one."""

import json
import zlib
from array import array
from dataclasses import dataclass, field
from typing import Any, BinaryIO


@dataclass
class Shelf:
    """Keeps a record of each article in a file, so that memory does not grow with the corpus.

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
    _ends: "array[int]" = field(default_factory=lambda: array("Q", [0]))

    def put(self, record: Any) -> int:
        """Keep what JSON can tell; gives its number."""
        data = zlib.compress(json.dumps(record).encode(), 1)
        self.stream.seek(self._ends[-1])
        self.stream.write(data)
        self._ends.append(self._ends[-1] + len(data))
        return len(self._ends) - 2

    def get(self, number: int) -> Any:
        """The record of that number."""
        start, end = self._ends[number : number + 2]
        self.stream.seek(start)
        return json.loads(zlib.decompress(self.stream.read(end - start)))
