"""`framing split`: articles to units, streaming."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from framing.articles import read_articles, read_units
from framing.errors import InputError
from framing.formats import Rows, writing
from framing.pages import UnitSize, split_article
from framing.records import UNIT_COLUMNS, Article, Unit, Unusable


@dataclass
class Splitting:
    """Units of any inputs, one at a time; the counts are complete once all were taken.

    Attributes
    ----------
    inputs : sequence of str or Path
        Files, folders, globs, ``-``.
    columns : mapping of str to str
        Where a table calls its columns otherwise.
    presplit : bool
        Whether each row of a table is a unit already.
    unit : {"sentence", "paragraph", "article"}
        What gets coded.
    articles, units : int
        Counted so far.
    encodings : dict of str to int
        Encodings other than UTF-8, with the number of articles read so.
    unusable : list of Unusable
        Inputs that can't be used.
    """

    inputs: Sequence[str | Path]
    columns: Mapping[str, str] = field(default_factory=dict)
    presplit: bool = False
    stdin: BinaryIO | None = None
    unit: UnitSize = "sentence"
    articles: int = 0
    units: int = 0
    encodings: dict[str, int] = field(default_factory=dict)
    unusable: list[Unusable] = field(default_factory=list)

    def __iter__(self) -> Iterator[Unit]:
        for batch in self.batches():
            yield from batch

    def batches(self) -> Iterator[list[Unit]]:
        """Give the units of one article after another.

        Raises
        ------
        InputError
            At the end, if nothing at all could be used.
        """
        for units in self._presplit() if self.presplit else self._pages():
            self.articles += 1
            self.units += len(units)
            yield units
        if self.unusable and not self.articles:
            raise nothing_usable(self.unusable)

    def _pages(self) -> Iterator[list[Unit]]:
        for item in read_articles(self.inputs, columns=self.columns, stdin=self.stdin):
            if isinstance(item, Article):
                if item.encoding != "utf-8":
                    self.encodings[item.encoding] = self.encodings.get(item.encoding, 0) + 1
                yield list(split_article(item, unit=self.unit))
            else:
                self.unusable.append(item)

    def _presplit(self) -> Iterator[list[Unit]]:
        held: list[Unit] = []
        for item in read_units(self.inputs, columns=self.columns, stdin=self.stdin):
            if isinstance(item, Unusable):
                self.unusable.append(item)
                continue
            if held and held[-1].article_id != item.article_id:
                yield held
                held = []
            held.append(item)
        if held:
            yield held


def nothing_usable(unusable: Sequence[Unusable]) -> InputError:
    """Say that no input could be used."""
    if len(unusable) == 1:
        return InputError(str(unusable[0]), hint="framing split --help tells what can be read")
    return InputError(
        f"none of the {len(unusable)} inputs can be used",
        hint="framing split --help tells what can be read",
        faults=[str(item) for item in unusable],
    )


def split(
    inputs: Sequence[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
    presplit: bool = False,
    stdin: BinaryIO | None = None,
    unit: UnitSize = "sentence",
) -> Splitting:
    """Split articles into units.

    Parameters
    ----------
    inputs : sequence of str or Path
        Files, folders, globs, ``-`` for standard input.
    columns : mapping of str to str, optional
        Where a table calls its columns otherwise: ``{"text": "body"}``.
    presplit : bool
        Whether each row of a table is a unit already.
    stdin : binary stream, optional
        What ``-`` reads.
    unit : {"sentence", "paragraph", "article"}
        What gets coded: a codebook's `unit`.

    Returns
    -------
    Splitting
        Iterate over it for the units; afterwards it tells what could not be used.

    Examples
    --------
    >>> from framing.resources import packaged
    >>> units = list(split([packaged("seeds")]))
    >>> units[0].start, len({unit.unit_id for unit in units}) == len(units)
    (0, True)
    """
    return Splitting(inputs, columns or {}, presplit, stdin, unit)


def write_units(splitting: Splitting, output: Path) -> None:
    """Write units to a file whose ending decides the format."""
    with writing(output, UNIT_COLUMNS) as rows:
        copy_units(splitting, rows)


def copy_units(splitting: Splitting, rows: Rows) -> None:
    """Hand units on to a writer, an article at a time."""
    for units in splitting.batches():
        rows.write(unit.row() for unit in units)
