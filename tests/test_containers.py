"""Containers of a few bytes that stand for gigabytes: refused while they are read, honest ones read as ever."""

import datetime
import io
import json
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from framing.errors import TableError
from framing.formats import read_frame
from framing.formats.excel import read_excel
from framing.formats.parquet import parquet_columns

ROOT = Path(__file__).resolve().parent.parent
_STRINGS = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'spreadsheetml.sharedStrings+xml"/></Types>'
)
_MAIN = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
#: Reads each table under a bound; prints what came of it and the most memory that was taken.
_READ = """
import json, resource, sys
from pathlib import Path
from framing.articles import read_articles
from framing.errors import TableError
from framing.formats import read_frame
import openpyxl, pandas, pyarrow.parquet
read_frame(Path(sys.argv[1]))
begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
told = {}
for name in sys.argv[2:]:
    try:
        told[name] = list(read_frame(Path(name)).shape)
    except TableError as error:
        told[name] = error.message
    if name.endswith(".parquet"):
        last = None
        for last in read_articles([name]):
            pass
        told[name + " as articles"] = str(last)
print(json.dumps([told, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begun) / 1024]))
"""


def excel(path: Path, rows: bytes = b"", strings: bytes = b"", **parts: bytes) -> Path:
    """An honest table with more rows in its sheet, shared texts and parts."""
    book = openpyxl.Workbook()
    book.active.append(["text", "label"])
    book.active.append(["a", "b"])
    held = io.BytesIO()
    book.save(held)
    with zipfile.ZipFile(held) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(b"</sheetData>", rows + b"</sheetData>")
            if name == "[Content_Types].xml" and strings:
                data = data.replace(b"</Types>", _STRINGS)
            new.writestr(name, data)
        if strings:
            new.writestr("xl/sharedStrings.xml", _MAIN + strings + b"</sst>")
        for name, data in parts.items():
            new.writestr(f"xl/{name}", data)
    return path


def parquet(path: Path, table: pa.Table) -> Path:
    pq.write_table(table, path, compression="zstd", row_group_size=1 << 28)
    return path


def repeated(text: str, count: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), pa.array([text]))


def test_what_stands_for_gigabytes_is_refused_while_it_is_read(tmp_path: Path) -> None:
    sound = excel(tmp_path / "sound.xlsx")
    cell, noise = b'<row><c t="s"><v>0</v></c></row>', random.Random(1).randbytes(300_000)  # noqa: S311
    wide, far = (
        b'<row r="3"><c r="XFD3"><v>1</v></c></row>',
        b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
    )
    lists = pa.ListArray.from_arrays([0, 3000], repeated("a" * (1 << 20), 3000))
    bombs = {
        "two cells far off": excel(tmp_path / "far.xlsx", wide + far),
        "one text in all cells": excel(tmp_path / "shared.xlsx", cell * 300_000, b"<si><t>" + b"x" * 32_000 + b"</t></si>"),
        "a row without end": excel(tmp_path / "row.xlsx", b"<row>" + b'<c t="n" ph="1"><v>1234567890123</v></c>' * 500_000 + b"</row>", x=noise),
        "styles without end": excel(tmp_path / "styles.xlsx", **{"theme/theme9.xml": b"<a>" + b"<b/>" * 6_000_000}),
        "one text in all rows": parquet(tmp_path / "dictionary.parquet", pa.table({"text": repeated("a" * (20 << 20), 64)})),
        "one text in a list": parquet(tmp_path / "list.parquet", pa.table({"text": ["x"], "author": lists})),
        "one page of 40 MB": parquet(tmp_path / "page.parquet", pa.table({"text": ["a" * (40 << 20)]})),
        "rows of nothing": parquet(tmp_path / "nothing.parquet", pa.table({"text": pa.nulls(20_000_000, pa.string())})),
    }  # fmt: skip
    (tmp_path / "wide.jsonl").write_text(
        json.dumps({f"c{n}": 1 for n in range(9000)}) + "\n" + "{}\n" * 100_000
    )
    bombs["empty rows beside a wide one"] = tmp_path / "wide.jsonl"
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(sound), *map(str, bombs.values())],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told, megabytes = json.loads(done.stdout)
    for name, file in bombs.items():
        assert "not readable as" in str(told[str(file)]), (name, told[str(file)])
        as_articles = told.get(f"{file} as articles", "over 500 times its size")
        assert "over 500 times its size" in as_articles, (name, as_articles)
    assert megabytes < 1200, told


def test_parts_that_lie_about_their_size_or_are_packed_otherwise_are_refused(tmp_path: Path) -> None:
    file = excel(tmp_path / "a.xlsx", **{"media/a.png": bytes(5000)})
    data = file.read_bytes()
    assert data.count((5000).to_bytes(4, "little")) == 2
    file.write_bytes(data.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(TableError, match="not of the size that it says"):
        read_frame(file)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as packed:
        packed.writestr("xl/workbook.xml", bytes(100))
    with pytest.raises(TableError, match="packed in a way that is not read here"):
        read_frame(file)


def test_a_sheet_that_lies_about_its_dimension_is_read(tmp_path: Path) -> None:
    file = excel(tmp_path / "a.xlsx")
    with zipfile.ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(file, "w") as new:
        for name, data in parts.items():
            new.writestr(name, data.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))
    assert read_frame(file).to_dict("list") == {"text": ["a"], "label": ["b"]}


def test_excel_is_read_as_pandas_reads_it(tmp_path: Path) -> None:
    draw = random.Random(3)  # noqa: S311
    moment = datetime.datetime(2024, 5, 3, 1, 2, 3)  # noqa: DTZ001 - as a spreadsheet holds it
    cells = [
        None,
        "",
        "a",
        " s ",
        "#N/A",
        "NA",
        1,
        2.5,
        1e20,
        True,
        False,
        moment,
        datetime.time(3, 4),
        "ü\n𝔘",
        "1.0",
    ]
    for number in range(40):
        book = openpyxl.Workbook(write_only=number % 3 == 0)
        sheet: Any = book.create_sheet() if number % 3 == 0 else book.active
        sheet.append(["a", None, "a", 3])
        for _ in range(draw.randint(1, 8)):
            sheet.append([draw.choice(cells) for _ in range(draw.randint(0, 6))])
        if number % 3:
            sheet.cell(draw.randint(1, 30), draw.randint(1, 12)).value = draw.choice(cells)
        book.save(tmp_path / "a.xlsx")
        here, there = (
            read_excel(tmp_path / "a.xlsx"),
            pd.read_excel(tmp_path / "a.xlsx", dtype=str, keep_default_na=False, header=None),
        )
        assert list(map(repr, here.columns)) == list(map(repr, there.columns))
        assert here.to_numpy().astype(str).tolist() == there.to_numpy().astype(str).tolist()


def _text(draw: random.Random) -> str | None:
    return draw.choice([None, "", "a", "ü𝔘", "x" * draw.randint(1, 4000)])


_COLUMNS: dict[str, Callable[[random.Random, int], pa.Array]] = {
    "text": lambda draw, n: pa.array([_text(draw) for _ in range(n)], pa.string()),
    "a.b": lambda draw, n: pa.array([draw.choice([None, 1, 2]) for _ in range(n)], pa.int64()),
    "list": lambda draw, n: pa.array(
        [draw.choice([None, [], [_text(draw) for _ in range(3)]]) for _ in range(n)], pa.list_(pa.string())
    ),
    "struct": lambda draw, n: pa.array(
        [draw.choice([None, {"x": _text(draw), "y": [1, 2]}]) for _ in range(n)],
        pa.struct([("x", pa.string()), ("y", pa.list_(pa.int64()))]),
    ),
    "lists of structs": lambda draw, n: pa.array(
        [[{"k": _text(draw)}] for _ in range(n)], pa.list_(pa.struct([("k", pa.string())]))
    ),
    "category": lambda draw, n: pa.array([draw.choice(["p", "q", None]) for _ in range(n)], pa.string()).dictionary_encode(),
    "map": lambda draw, n: pa.array([[("k", "v")] for _ in range(n)], pa.map_(pa.string(), pa.string())),
    "bytes": lambda draw, n: pa.array([draw.choice([b"\xff", None]) for _ in range(n)], pa.binary()),
}  # fmt: skip


@pytest.mark.parametrize("shared", [False, True])
def test_parquet_is_read_as_its_library_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    """Whether lists share their texts, as for those that could fill the memory, or not."""
    if shared:
        monkeypatch.setattr("framing.formats.parquet._is_risky", lambda *_: True)
    draw = random.Random(4)  # noqa: S311
    for _ in range(12):
        n = draw.randint(0, 400)
        table = pa.table({name: column(draw, n) for name, column in _COLUMNS.items()})
        file = tmp_path / "a.parquet"
        pq.write_table(
            table, file, compression=draw.choice(["zstd", "snappy", "none"]), row_group_size=draw.choice([50, 1000]),
            use_dictionary=draw.random() < 0.7, data_page_size=draw.choice([100, 1 << 20]),
            dictionary_pagesize_limit=draw.choice([50, 2000, 1 << 20]), data_page_version=draw.choice(["1.0", "2.0"]),
        )  # fmt: skip
        found: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
        with file.open("rb") as stream:
            for rows in parquet_columns(stream, file.stat().st_size, draw.choice([1, 7, 128])):
                for name, values in rows.columns.items():
                    found[name].extend(values)
        wanted = pq.read_table(file)
        assert found == {name: wanted[name].to_pylist() for name in _COLUMNS}
