"""What goes in and what comes out: a list of the input files, and the files to be made."""

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from errno import ENOTDIR
from itertools import islice
from pathlib import Path
from typing import Any

from framing.articles.inputs import SIDE_FILE, Input, find_inputs
from framing.files import landing, whole_binary
from framing.formats import check_suffix, writing
from framing.records import Unusable
from framing.scoring.parts import bring, writes
from framing.scoring.work import TEXT_FORMS, header

#: Rows of Parquet that are written together.
_GROUP = 20_000
_WHOLE = frozenset({"start", "end", "paragraph", "position", "reply_depth", "units"})
_KINDS = {"confidence": "double", "p": "double", "share": "double", "mean": "double", "eligible": "int64"}


@dataclass(frozen=True, slots=True)
class Target:
    """A file to be made.

    Attributes
    ----------
    path : Path
    columns : sequence of str
    form : str
        As which text its rows are kept while it is made.
    """

    path: Path
    columns: Sequence[str]
    form: str

    @classmethod
    def at(cls, path: Path, columns: Sequence[str]) -> "Target":
        """The file of that name.

        Raises
        ------
        TableError
            If no format goes by its ending.
        """
        suffix = check_suffix(path)
        return cls(path, columns, suffix if suffix in TEXT_FORMS else ".jsonl")

    @property
    def folder(self) -> Path:
        """Where it is made; of a link, beside the file that it leads to."""
        with writes(self.path):
            place = landing(self.path)
        return place.with_name(f"{place.name}.parts")

    def header(self) -> bytes:
        """What it begins with while it is made."""
        return header(self.form, self.columns)

    def check_place(self) -> None:
        """Find out before the work whether a file can be made there; its folder is made if missing.

        Raises
        ------
        FramingError
            If none can.
        """
        place = self.folder.parent
        with writes(self.path):
            try:
                place.mkdir(parents=True, exist_ok=True)
            except FileExistsError:
                raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR)) from None
            with tempfile.TemporaryFile(dir=place):
                pass

    def bring(self, made: Path) -> None:
        """Give the rows that were made their format and their place.

        Raises
        ------
        FramingError
            If it can't be written there.
        """
        suffix = self.path.suffix.lower()
        with writes(self.path):
            if suffix == self.form:
                bring(made, self.path)
                return
            with made.open(encoding="utf-8", newline="\n") as lines:
                rows = (json.loads(line) for line in lines)
                if suffix == ".parquet":
                    self._parquet(rows)
                else:
                    with writing(self.path, self.columns) as table:
                        table.write(rows)

    def _parquet(self, rows: Iterator[dict[str, Any]]) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        schema = pa.schema([(name, pa.type_for_alias(_kind(name))) for name in self.columns])
        with whole_binary(self.path) as stream, parquet.ParquetWriter(stream, schema) as writer:
            while some := list(islice(rows, _GROUP)):
                writer.write_table(pa.Table.from_pylist(some, schema=schema))


def _kind(name: str) -> str:
    if name in _WHOLE:
        return "int64"
    return _KINDS.get(name.partition("_")[0] if "_" in name else name, "string")


def listing(given: Sequence[str | Path]) -> Iterator[tuple[str, int]]:
    """Tell of each input, and of each side file that may speak of it, its name, size and time.

    Yields
    ------
    (str, int)
        A line, and how many bytes of input that is.
    """
    folders: set[Path] = set()
    for item in find_inputs(given):
        if isinstance(item, Unusable):
            yield f"{item.where}\t{item.reason}", 0
            continue
        if item.path and item.path.parent not in folders:
            folders.add(item.path.parent)
            for folder in (item.path.parent / "x").resolve().parents[:3]:
                if folder / SIDE_FILE not in folders and (folder / SIDE_FILE).is_file():
                    folders.add(folder / SIDE_FILE)
                    yield _line(Input(folder / SIDE_FILE, SIDE_FILE))[0], 0
        yield _line(item)


def _line(item: Input) -> tuple[str, int]:
    try:
        size, token = item.state()
    except OSError as error:
        return f"{item.where}\t{error.strerror or error}", 0
    return f"{item.where}\t{token}", size


def total_size(given: Sequence[str | Path]) -> int:
    """How many bytes the inputs hold as they lie on the disk."""
    return sum(size for _, size in listing(given))
