"""Inputs to batches of records: always the same batches, whoever works on them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from framing.articles.inputs import Input, find_inputs
from framing.articles.presplit import pages_of_units, read_units
from framing.articles.read import Record, read_records, side_faults
from framing.records import Unit, Unusable

#: What a batch holds at most, unless one record is larger: characters or bytes, and records.
SIZE, COUNT = 1 << 19, 400

#: A record to work on, the units of an article that is split already, or what can't be used.
Item = Record | list[Unit] | Unusable
#: Number of an input (-1: their side files), and how many of its items were taken.
Mark = tuple[int, int]
START: Mark = (-1, 0)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some items that follow one another.

    Attributes
    ----------
    items : list of Item
    after : tuple of int
        Where the next batch begins.
    taken : int
        How many bytes of the inputs were read up to its end, as they lie on the disk.
    """

    items: list[Item]
    after: Mark
    taken: int


@dataclass(frozen=True, slots=True)
class Feed:
    """Reads inputs batch by batch.

    Attributes
    ----------
    inputs : sequence of str or Path
    columns : mapping of str to str
    presplit : bool
        Whether each row of a table is a unit already.
    stdin : binary stream, optional
    """

    inputs: Sequence[str | Path]
    columns: Mapping[str, str] = field(default_factory=dict)
    presplit: bool = False
    stdin: BinaryIO | None = None

    def batches(self, start: Mark = START) -> Iterator[Batch]:
        """Read on from a mark: what lies before it is not given again.

        Raises
        ------
        InputError
            If a library is missing that an input needs.
        """
        held: list[Item] = []
        size = 0
        after, taken = start, 0
        for mark, item, at in self._presplit(start) if self.presplit else self._records(start):
            held.append(item)
            size += _size(item)
            after, taken = mark, max(taken, at)
            if size >= SIZE or len(held) >= COUNT:
                yield Batch(held, after, taken)
                held, size = [], 0
        if held:
            yield Batch(held, after, taken)

    def _records(self, start: Mark) -> Iterator[tuple[Mark, Item, int]]:
        if start[0] < 0:
            for count, fault in enumerate(side_faults(self.inputs), 1):
                if count > start[1]:
                    yield (-1, count), fault, 0
        before = 0
        for number, source in enumerate(find_inputs(self.inputs)):
            if number >= start[0]:
                skipped = start[1] if number == start[0] else 0
                items = read_records(source, number, columns=self.columns, stdin=self.stdin)
                for count, item in enumerate(items, 1):
                    if count > skipped:
                        taken = item.taken if isinstance(item, Record) else 0
                        yield (number, count), item, before + taken
            if isinstance(source, Input):
                with suppress(OSError):
                    before += source.state()[0]

    def _presplit(self, start: Mark) -> Iterator[tuple[Mark, Item, int]]:
        units = read_units(self.inputs, columns=self.columns, stdin=self.stdin)
        for count, item in enumerate(pages_of_units(units), 1):
            if count > start[1]:
                yield (0, count), item, 0


def _size(item: Item) -> int:
    if isinstance(item, Record):
        return len(item.content)
    return sum(len(unit.text) for unit in item) if isinstance(item, list) else 0
