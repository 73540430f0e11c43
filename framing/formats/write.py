"""Tables on disk: the file's name decides the format, and the file is there whole or not at all."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from framing.errors import TableError
from framing.files import whole, whole_text
from framing.formats.cells import Cells, Row, tame
from framing.formats.markup import latex, markdown
from framing.formats.streams import SEPARATORS, streaming

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".tsv", ".jsonl", ".json", ".parquet", ".xlsx", ".md", ".html", ".tex")
_CLOCK = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z")


def check_suffix(path: Path, suffixes: Sequence[str] = SUFFIXES, say: str = "give -o a name with") -> str:
    """Give the suffix that decides the format.

    Raises
    ------
    TableError
        If no format goes by that name.
    """
    suffix = path.suffix.lower()
    if suffix not in suffixes:
        raise TableError(
            f"{path}: no format for {suffix or 'a name without ending'!r}, expected {' '.join(suffixes)}",
            hint=f"{say} one of these endings",
        )
    return suffix


@contextmanager
def writing(path: Path, columns: Sequence[str]) -> Iterator[Cells]:
    """Write rows to a file that is there whole or not at all.

    Parameters
    ----------
    path : Path
        Its ending decides the format, see `SUFFIXES`. JSONL, CSV and TSV go out row by row, the
        others are held in memory until the end.
    columns : sequence of str
        The columns in their order; keys of a row that are not among them are left out.

    Raises
    ------
    TableError
        If no format goes by the file's ending.
    """
    suffix = check_suffix(path)
    if suffix in SEPARATORS or suffix == ".jsonl":
        with whole_text(path) as stream:
            yield streaming(stream, suffix, columns)
    else:
        held = _Held(columns)
        yield held
        with whole(path) as scratch:
            _write_held(held.rows, columns, scratch, suffix)


class _Held:
    def __init__(self, columns: Sequence[str]) -> None:
        self.rows: list[Row] = []
        self._columns = columns

    def write(self, rows: Iterable[Row]) -> None:
        self.rows.extend(rows)

    def write_cells(self, rows: Iterable[Sequence[Any]]) -> None:
        self.rows.extend(dict(zip(self._columns, row, strict=True)) for row in rows)

    def write_columns(self, columns: Sequence[Sequence[Any]]) -> None:
        self.write_cells(zip(*columns, strict=True))


def _write_held(rows: list[Row], columns: Sequence[str], scratch: Path, suffix: str) -> None:
    if suffix == ".json":
        kept = [{name: row.get(name) for name in columns} for row in rows]
        text = json.dumps(kept, ensure_ascii=False, allow_nan=False, indent=1)
        scratch.write_text(text + "\n", encoding="utf-8")
        return
    import pandas as pd

    frame = pd.DataFrame([[row.get(name) for name in columns] for row in rows], columns=list(columns))
    if suffix == ".parquet":
        with scratch.open("wb") as stream:  # Parquet's library opens no file whose name is not UTF-8
            frame.to_parquet(stream, index=False)
    elif suffix == ".xlsx":
        _write_excel(frame, scratch)
    elif suffix == ".tex":
        scratch.write_text(latex(rows, columns), encoding="utf-8")
    elif suffix == ".html":
        frame.to_html(scratch, index=False, encoding="utf-8", na_rep="", border=0)
    else:
        scratch.write_text(markdown(rows, columns), encoding="utf-8")


def _write_excel(frame: "pd.DataFrame", scratch: Path) -> None:
    try:
        import openpyxl
    except ImportError:
        raise TableError(
            "Excel files need openpyxl, which is not installed",
            hint="pip install 'framing[excel]', or write .csv",
        ) from None
    unprintable = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE
    clean = frame.map(lambda cell: unprintable.sub("�", cell) if isinstance(cell, str) else cell)
    clean.map(tame).to_excel(scratch, index=False, engine="openpyxl")
    _take_out_the_clock(scratch)


def _take_out_the_clock(excel: Path) -> None:
    """Make an Excel file's bytes follow from its table alone."""
    with ZipFile(excel) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    with ZipFile(excel, "w") as packed:
        for name, data in parts.items():
            still = _CLOCK.sub(b"1980-01-01T00:00:00Z", data) if name == "docProps/core.xml" else data
            packed.writestr(ZipInfo(name), still, ZIP_DEFLATED)


def write_json(data: object, path: Path) -> None:
    """Write plain data as JSON, to be there whole or not at all; NaN is refused."""
    with whole_text(path) as stream:
        json.dump(data, stream, ensure_ascii=False, allow_nan=False, indent=1)
        stream.write("\n")
