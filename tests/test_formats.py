import io
import json
import os
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import FramingError, TableError
from framing.files import whole, write_secret
from framing.formats import (
    SUFFIXES,
    Printed,
    read_frame,
    read_numbered,
    separator_of,
    streaming,
    streams,
    tame,
    untame,
    writing,
)
from framing.formats.compiled import COMPILED

TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=30)


@given(TEXT)
def test_taming_is_undone(cell: str) -> None:
    assert untame(str(tame(cell))) == cell


@given(st.sampled_from("=+-@\t\r＝＋－＠"), TEXT)
def test_no_formula_is_left(sign: str, rest: str) -> None:
    assert tame(sign + rest) == f"'{sign}{rest}"


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".json", ".parquet"])
@given(rows=st.lists(st.tuples(TEXT.filter(bool), TEXT), min_size=1, max_size=5))
def test_what_is_written_is_read_back(
    suffix: str, rows: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("t") / f"table{suffix}"
    with writing(file, ["a", "b"]) as table:
        table.write({"a": a, "b": b, "c": "left out"} for a, b in rows)
    frame = read_frame(file)
    assert list(frame.columns) == ["a", "b"]
    assert list(zip(frame["a"], frame["b"], strict=True)) == rows


CELLS = st.one_of(st.none(), st.booleans(), st.integers(), TEXT, st.sampled_from(["%s", "%", "same"]))


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6), st.integers(1, 300))
def test_rows_of_json_are_those_of_the_json_module(rows: list[tuple[object, ...]], times: int) -> None:
    columns = ("a", "b %", "c")
    for given_rows in (rows, rows[:1] * times):
        by_name, by_cell = io.StringIO(), io.StringIO()
        streaming(by_name, ".jsonl", columns).write(
            dict(zip(columns, row, strict=True)) for row in given_rows
        )
        streaming(by_cell, ".jsonl", columns).write_cells(given_rows)
        wanted = [dict(zip(columns, row, strict=True)) for row in given_rows]
        written = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in wanted)
        assert by_name.getvalue() == by_cell.getvalue() == written


TEXTS = st.text(st.characters() | st.sampled_from('"\\\x00\x1f\x7f\n\r\t\b\f“\ud800'), max_size=9) | st.none()


@pytest.mark.skipif(not COMPILED, reason="framing was installed without a compiler")
@given(st.lists(st.tuples(TEXTS, st.integers(), TEXTS), max_size=5))
def test_the_compiled_loop_writes_the_same_rows(rows: list[tuple[str | None, int, str | None]]) -> None:
    numbers = Printed(f"{number}.5" for _, number, _ in rows)
    columns = [*zip(*rows, strict=True), numbers] if rows else [(), (), (), numbers]
    fixed = ["{", ", “b”: ", ", c: ", ", d: ", "}\n"]
    assert streams._compiled(fixed, columns, len(rows)) == streams._rows(fixed, columns, len(rows))


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_cells_are_written_like_rows(suffix: str, tmp_path: Path) -> None:
    rows = [("x", 1), (None, 2)]
    with writing(tmp_path / f"cells{suffix}", ["a", "b"]) as table:
        table.write_cells(rows)
    with writing(tmp_path / f"rows{suffix}", ["a", "b"]) as table:
        table.write({"a": a, "b": b} for a, b in rows)
    assert (tmp_path / f"cells{suffix}").read_bytes() == (tmp_path / f"rows{suffix}").read_bytes()


def test_every_format_is_written(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        file = tmp_path / f"table{suffix}"
        with writing(file, ["text", "n"]) as table:
            table.write([{"text": "=1|<b>\x0b", "n": 1}, {"text": None, "n": None}])
        assert file.stat().st_size > 0
    assert "&lt;b&gt;" in (tmp_path / "table.html").read_text()
    assert "=1\\|<b>" in (tmp_path / "table.md").read_text()
    assert read_frame(tmp_path / "table.xlsx")["text"][0] == "=1|<b>\ufffd"
    assert json.loads((tmp_path / "table.json").read_text())[1] == {"text": None, "n": None}


def test_an_excel_file_says_nothing_of_the_clock(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        with writing(tmp_path / name, ["text"]) as table:
            table.write([{"text": "Rain."}])
    with ZipFile(tmp_path / "a.xlsx") as packed:
        assert {part.date_time for part in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert packed.read("docProps/core.xml").count(b">1980-01-01T00:00:00Z<") == 2
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert list(read_frame(tmp_path / "a.xlsx")["text"]) == ["Rain."]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_reads_as_spreadsheets_of_many_countries_save_it(
    mark: str, encoding: str, tmp_path: Path
) -> None:
    file = tmp_path / "labels.csv"
    lines = [f"text{mark}label", f'"Rain, snow; ""hail""\tfell."{mark}calm', f"'=1{mark}calm"]
    file.write_text("\r\n".join(lines), encoding=encoding, newline="")
    assert read_frame(file).to_dict("list") == {
        "text": ['Rain, snow; "hail"\tfell.', "=1"],
        "label": ["calm", "calm"],
    }


@given(st.text(), st.sampled_from(",\t"))
def test_any_first_line_has_a_separator(header: str, usual: str) -> None:
    assert separator_of(header, usual) in {usual, ";", "\t", ","}
    assert separator_of("x" * 200_000, usual) == usual


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught, writing(tmp_path / "table.doc", ["a"]):
        pass
    assert caught.value.message == (
        f"{tmp_path / 'table.doc'}: no format for '.doc', expected .csv .tsv .jsonl .json .parquet .xlsx .md .html .tex"
    )


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json"])
def test_a_failure_leaves_the_old_file(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"table{suffix}"
    file.write_text("old")
    with pytest.raises(RuntimeError), writing(file, ["a"]) as table:
        table.write([{"a": 1}])
        raise RuntimeError
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_what_a_killed_run_left_is_swept_away_a_day_later(tmp_path: Path) -> None:
    old, new, other, ours = (
        tmp_path / f".{name}.part"
        for name in ("a.csv.abcdefgh", "a.csv.abcdefg1", "b.csv.abcdefgh", "a.csv.x")
    )
    for file in (old, new, other, ours):
        file.write_text("half")
        os.utime(file, (0, 0))
    os.utime(new)
    with whole(tmp_path / "a.csv") as scratch:
        scratch.write_text("whole")
    assert {file.name for file in tmp_path.iterdir()} == {"a.csv", new.name, other.name, ours.name}


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FramingError) as caught, whole(tmp_path / "file" / "table.csv"):
        pass
    assert caught.value.message == f"{tmp_path / 'file' / 'table.csv'}: can't be written: File exists"


def test_a_secret_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "token"
    file.parent.mkdir()
    file.write_text("wide open")
    file.chmod(0o644)
    write_secret(file, "hush")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == "hush"


def test_a_table_that_can_only_be_written_is_refused_when_read(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        read_frame(tmp_path / "a.md")
    assert caught.value.hint == "save it as a table with one of these endings"


def test_a_parquet_table_of_one_text_over_and_over_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": pa.array(["rain " * 200_000] * 600).dictionary_encode()}), file)
    before = pa.default_memory_pool().max_memory()
    with pytest.raises(TableError, match="holds texts of over 500 times its size"):
        read_frame(file)
    assert pa.default_memory_pool().max_memory() <= max(before, 400 << 20)


def test_cells_of_parquet_are_read_as_they_are_written(tmp_path: Path) -> None:
    columns = {
        "number": pa.array([1, None]), "share": [0.25, 1e-7], "flag": [True, False], "day": [date(2024, 5, 3), None],
        "list": [["a", "ü"], []], "text": pa.array(["a", None]).dictionary_encode(),
    }  # fmt: skip
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    assert read_frame(tmp_path / "a.parquet").to_dict("list") == {
        "number": ["1", ""], "share": ["0.25", "1e-07"], "flag": ["true", "false"], "day": ["2024-05-03", ""],
        "list": ['["a", "ü"]', "[]"], "text": ["a", ""],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "", "the file is empty"),
        (
            "a.csv",
            "a," * 10_001 + "\n1,1\n",
            "not readable as .csv: found 10,002 columns, expected at most 10,000",
        ),
        ("a.json", "{", "not readable as .json: "),
        ("a.json", "{}", "not readable as .json: expected objects, one a row"),
        ("a.jsonl", "1\n", "not readable as .jsonl: expected objects, one a row"),
        ("a.parquet", "x", "not readable as .parquet: "),
        ("a.xlsx", "x", "not readable as .xlsx: "),
    ],
)
def test_what_can_not_be_read_is_named(name: str, content: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(content)
    with pytest.raises(TableError) as caught:
        read_frame(file)
    assert caught.value.message.startswith(f"{file}: {told}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1\n", "row 2: found 1 cells, expected 2 as in the header"),
        ("a,b\n1,2,3\n4,5,6\n", "row 2: found 3 cells, expected 2 as in the header (and 1 more row)"),
        ("a,a\n1,2\n", "the header names 'a' twice, expected each column once"),
        ("a,\n1,2\n", "row 2, column 2: found '2' in a column without a name"),
        (",b\nx,2\n", "row 2, column 1: found 'x' in a column without a name"),
        ('a,b\n1,"2\n3,4\n', "row 2: the file ends within a cell in double quotes"),
        ("a,b\n1,2\na,b\n", "row 3: found the header again, expected it once"),
        ("\n \n", "the file holds no cells"),
    ],
)
def test_rows_that_are_not_those_of_one_table_are_refused(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(TableError) as caught:
        read_frame(file)
    assert caught.value.message == f"{file}: {message}"


@pytest.mark.parametrize("mark", ["=======", "<<<<<<< HEAD", ">>>>>>>", "||||||| base"])
def test_a_text_like_a_marker_of_git_is_a_text(mark: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    with writing(file, ["text", "label"]) as table:
        table.write([{"text": mark, "label": "furniture"}])
    assert read_frame(file).to_numpy().tolist() == [[mark, "furniture"]]
    with writing(file, ["text"]) as table:
        table.write([{"text": mark}, {"text": ""}, {"text": "text"}])
    assert read_frame(file)["text"].tolist() == [mark, "", "text"]


def test_rows_have_the_numbers_that_a_person_finds_them_by(tmp_path: Path) -> None:
    table, lines = tmp_path / "a.csv", tmp_path / "a.jsonl"
    table.write_text('a,b\n\n1,"two\nlines"\n,\n3,4,\n', "utf-8")
    lines.write_text('{"a": 1}\n\n{"a": 2}\n', "utf-8")
    frame, rows = read_numbered(table)
    assert (frame.to_numpy().tolist(), list(rows)) == ([["1", "two\nlines"], ["3", "4"]], [3, 5])
    assert list(read_numbered(lines)[1]) == [1, 3]
