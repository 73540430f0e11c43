"""`framing split`: articles to units, streaming."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from framing.articles import read_articles, read_units
from framing.articles.presplit import pages_of_units
from framing.errors import InputError
from framing.files import whole_text
from framing.formats import Cells, writing
from framing.pages import Languages, UnitSize, split_articles
from framing.pages.view import view
from framing.records import UNIT_COLUMNS, Article, Unit, Unusable
from framing.steps.copies import Copies


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
    stdin : binary stream, optional
        What ``-`` reads.
    unit : {"sentence", "paragraph", "article"}
        What gets coded.
    fast : bool
        Whether to find the article within HTML by structure alone.
    language : str
        ISO 639-1 code of all articles' language; empty: told for each from its text.
    languages : Languages
        Counts what languages were told, and where none could be; of sentences only.
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
    fast: bool = False
    language: str = ""
    languages: Languages = field(init=False)
    articles: int = 0
    units: int = 0
    encodings: dict[str, int] = field(default_factory=dict)
    unusable: list[Unusable] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.languages = Languages(self.language)

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
        if not self.presplit:
            for _, units in self.pages():
                yield units
            return
        for units in self._presplit():
            self.articles += 1
            self.units += len(units)
            yield units
        self._check_any()

    def pages(self) -> Iterator[tuple[Article, list[Unit]]]:
        """Give one article after another with its units; not for tables that are split already.

        Raises
        ------
        InputError
            At the end, if nothing at all could be used.
        """
        for article, units in split_articles(self._usable(), language=self.languages, unit=self.unit):
            self.articles += 1
            self.units += len(units)
            yield article, units
        self._check_any()

    def _usable(self) -> Iterator[Article]:
        for item in read_articles(self.inputs, columns=self.columns, stdin=self.stdin, fast=self.fast):
            if isinstance(item, Unusable):
                self.unusable.append(item)
                continue
            if item.encoding != "utf-8":
                self.encodings[item.encoding] = self.encodings.get(item.encoding, 0) + 1
            yield item

    def _check_any(self) -> None:
        if self.unusable and not self.articles:
            raise nothing_usable(self.unusable)

    def _presplit(self) -> Iterator[list[Unit]]:
        for page in pages_of_units(read_units(self.inputs, columns=self.columns, stdin=self.stdin)):
            if isinstance(page, Unusable):
                self.unusable.append(page)
            else:
                yield page


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
    fast: bool = False,
    language: str = "",
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
    fast : bool
        Whether to find the article within HTML by structure alone, without trafilatura.
    language : str
        ISO 639-1 code of all articles' language; empty: told for each from its text.

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
    return Splitting(inputs, columns or {}, presplit, stdin, unit, fast, language)


def write_units(splitting: Splitting, output: Path, copies: Copies | None = None) -> None:
    """Write units to a file whose ending decides the format.

    Parameters
    ----------
    splitting : Splitting
    output : Path
        ``.html`` shows each article with its regions coloured and its units outlined (tables that
        are split already, which have no page to show, as a table).
    copies : Copies, optional
        Takes note of each article.
    """
    if output.suffix.lower() == ".html" and not splitting.presplit:
        with whole_text(output) as stream:
            stream.writelines(view(_noted(splitting.pages(), copies)))
        return
    with writing(output, UNIT_COLUMNS) as rows:
        copy_units(splitting, rows, copies)


def copy_units(splitting: Splitting, rows: Cells, copies: Copies | None = None) -> None:
    """Hand units on to a writer, an article at a time."""
    for units in splitting.batches():
        if copies:
            copies.note(units)
        rows.write_cells(units)


def _noted(
    pages: Iterable[tuple[Article, list[Unit]]], copies: Copies | None
) -> Iterator[tuple[Article, list[Unit]]]:
    for article, units in pages:
        if copies:
            copies.note(units)
        yield article, units
