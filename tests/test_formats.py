import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import FramingError, TableError
from framing.files import whole, write_secret
from framing.formats import SUFFIXES, read_frame, tame, untame, writing

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


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "", "the file is empty"),
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
