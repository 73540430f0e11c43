"""Tables on disk: the file's name decides the format; cells that a spreadsheet would run are tamed."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from framing.errors import TableError
from framing.files import whole, whole_text

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".tsv", ".jsonl", ".json", ".parquet", ".xlsx", ".md", ".html", ".tex")
_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_RUNS = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_TAMED = re.compile(r"''*[=+\-@\t\r＝＋－＠]")

Row = Mapping[str, Any]


def tame(cell: object) -> object:
    """Put an apostrophe before text that a spreadsheet would run as a formula.

    Examples
    --------
    >>> tame("=1+1"), tame("plain"), tame(-3)
    ("'=1+1", 'plain', -3)
    """
    return f"'{cell}" if isinstance(cell, str) and _RUNS.match(cell) else cell


def untame(cell: str) -> str:
    """Take the apostrophe of `tame` away again.

    Examples
    --------
    >>> untame("'=1+1"), untame("'quoted'")
    ('=1+1', "'quoted'")
    """
    return cell[1:] if _TAMED.match(cell) else cell


class Rows(Protocol):
    """Takes rows one by one or in batches."""

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows."""


def check_suffix(path: Path, suffixes: Sequence[str] = SUFFIXES) -> str:
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
            hint="give -o a name with one of these endings",
        )
    return suffix


@contextmanager
def writing(path: Path, columns: Sequence[str]) -> Iterator[Rows]:
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
    if suffix in _SEPARATORS or suffix == ".jsonl":
        with whole_text(path) as stream:
            yield streaming(stream, suffix, columns)
    else:
        held = _Held()
        yield held
        with whole(path) as scratch:
            _write_held(held.rows, columns, scratch, suffix)


def streaming(stream: TextIO, suffix: str, columns: Sequence[str]) -> Rows:
    """Write rows to an open text stream as JSONL, CSV or TSV."""
    if suffix == ".jsonl":
        return _Json(stream, columns)
    return _Csv(stream, columns, _SEPARATORS[suffix])


#: Made once: `json.dumps` with options makes an encoder for every row.
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
_QUOTE = json.encoder.encode_basestring
#: Rows that are encoded together.
_TOGETHER = 256


class _Json:
    def __init__(self, stream: TextIO, columns: Sequence[str]) -> None:
        self._stream, self._columns = stream, columns
        keys = [_QUOTE(name).replace("%", "%%") for name in columns]
        self._template = "{" + ", ".join([f"{key}: %s" for key in keys]) + "}\n"

    def write(self, rows: Iterable[Row]) -> None:
        rest = iter(rows)
        while some := list(islice(rest, _TOGETHER)):
            cells = [_json([row.get(name) for row in some]) for name in self._columns]
            self._stream.writelines([self._template % row for row in zip(*cells, strict=True)])


def _json(cells: list[Any]) -> list[str]:
    """A column's cells as JSON; one that repeats a value, or holds text only, costs least."""
    kinds = set(map(type, cells))
    if kinds == {str}:
        alike = cells.count(cells[0]) == len(cells)
        return [_QUOTE(cells[0])] * len(cells) if alike else list(map(_QUOTE, cells))
    if kinds == {int}:
        return list(map(str, cells))
    return ["null" if cell is None else _ENCODER.encode(cell) for cell in cells]


class _Csv:
    def __init__(self, stream: TextIO, columns: Sequence[str], separator: str) -> None:
        self._columns = columns
        self._writer = csv.writer(stream, delimiter=separator, lineterminator="\n")
        self._quoting = csv.writer(stream, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL)
        self._writer.writerow(columns)

    def write(self, rows: Iterable[Row]) -> None:
        for row in rows:
            cells = [tame(row.get(name)) for name in self._columns]
            # The csv module leaves a lone carriage return bare, which no reader takes back.
            bare = any(isinstance(cell, str) and "\r" in cell for cell in cells)
            (self._quoting if bare else self._writer).writerow(cells)


class _Held:
    def __init__(self) -> None:
        self.rows: list[Row] = []

    def write(self, rows: Iterable[Row]) -> None:
        self.rows.extend(rows)


def _write_held(rows: list[Row], columns: Sequence[str], scratch: Path, suffix: str) -> None:
    if suffix == ".json":
        kept = [{name: row.get(name) for name in columns} for row in rows]
        text = json.dumps(kept, ensure_ascii=False, allow_nan=False, indent=1)
        scratch.write_text(text + "\n", encoding="utf-8")
        return
    import pandas as pd

    frame = pd.DataFrame([[row.get(name) for name in columns] for row in rows], columns=list(columns))
    if suffix == ".parquet":
        frame.to_parquet(scratch, index=False)
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


def write_json(data: object, path: Path) -> None:
    """Write plain data as JSON, to be there whole or not at all; NaN is refused."""
    with whole_text(path) as stream:
        json.dump(data, stream, ensure_ascii=False, allow_nan=False, indent=1)
        stream.write("\n")


def markdown(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Draw rows as a Markdown table."""
    from tabulate import tabulate

    def cell(value: object) -> object:
        if value is None:
            return ""
        return value.replace("|", "\\|") if isinstance(value, str) else value

    body = [[cell(row.get(name)) for name in columns] for row in rows]
    return str(tabulate(body, headers=list(columns), tablefmt="pipe", disable_numparse=True)) + "\n"


_LATEX = {
    **{mark: f"\\{mark}" for mark in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "–": "--",
    "≥": r"$\geq$",
}


def latex(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Draw rows as a LaTeX table (package booktabs); numbers to the right.

    Examples
    --------
    >>> print(latex([{"value": "a_b", "share": 0.5}], ["value", "share"]), end="")
    \\begin{tabular}{lr}
    \\toprule
    value & share \\\\
    \\midrule
    a\\_b & 0.5 \\\\
    \\bottomrule
    \\end{tabular}
    """

    def cell(value: object) -> str:
        text = "" if value is None else " ".join(str(value).split())
        return "".join(_LATEX.get(mark, mark) for mark in text if mark.isprintable())

    def kind(name: str) -> str:
        return "r" if rows and all(isinstance(row.get(name), int | float | None) for row in rows) else "l"

    head, *body = [" & ".join(map(cell, line)) + r" \\" for line in _lines(rows, columns)]
    kinds = "".join(map(kind, columns))
    parts = [rf"\begin{{tabular}}{{{kinds}}}", r"\toprule", head, r"\midrule", *body]
    return "\n".join([*parts, r"\bottomrule", r"\end{tabular}", ""])


def _lines(rows: Sequence[Row], columns: Sequence[str]) -> Iterator[Sequence[object]]:
    yield columns
    for row in rows:
        yield [row.get(name) for name in columns]


def read_frame(path: Path) -> "pd.DataFrame":
    """Read a table that this tool or another one wrote; every cell is text, missing ones empty.

    Parameters
    ----------
    path : Path
        CSV, TSV, JSONL, JSON, Parquet or Excel by its ending.

    Raises
    ------
    TableError
        If the file is missing, empty, not readable in its format, or has no rows of cells.
    """
    import pandas as pd

    suffix = check_suffix(path, SUFFIXES[:6])
    if not path.is_file():
        raise TableError(f"{path}: no such file", hint="check the path")
    if path.stat().st_size == 0:
        raise TableError(f"{path}: the file is empty", hint="make it again, or leave it out")
    try:
        if suffix in _SEPARATORS:
            frame = pd.read_csv(
                path,
                sep=_SEPARATORS[suffix],
                dtype=str,
                keep_default_na=False,
                encoding="utf-8-sig",
            )
        elif suffix == ".parquet":
            frame = pd.read_parquet(path)
        elif suffix == ".xlsx":
            frame = pd.read_excel(path, dtype=str, keep_default_na=False)
        else:
            frame = _read_json(path, suffix)
    except (ValueError, OSError, ImportError, UnicodeDecodeError) as error:
        raise TableError(
            f"{path}: not readable as {suffix}: {' '.join(str(error).split())[:200]}",
            hint="check that the ending names what the file holds",
        ) from error
    texts = frame.map(_cell).astype("str")
    return texts.map(untame) if suffix in {*_SEPARATORS, ".xlsx"} else texts


def _read_json(path: Path, suffix: str) -> "pd.DataFrame":
    import pandas as pd

    text = path.read_text(encoding="utf-8-sig")
    rows = (
        [json.loads(line) for line in text.split("\n") if line.strip()]
        if suffix == ".jsonl"
        else json.loads(text)
    )
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("expected objects, one a row")
    return pd.DataFrame(rows, dtype=object)


def _cell(value: object) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
