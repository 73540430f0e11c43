"""File names that are no UTF-8: read under a readable name, the files beside them too, and written to as they are."""

import json
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from framing.files import readable
from framing.formats import read_frame
from framing.records import article_id
from framing.settings import Workspace
from tests.conftest import Run

NAME = os.fsdecode(b"caf\xe9.txt")
SHOWN = "caf\\xe9.txt"


@pytest.fixture
def pages(workspace: Workspace) -> Path:
    """A folder, itself of such a name, with three good pages and an empty one."""
    folder = workspace.root / os.fsdecode(b"pag\xeas")
    folder.mkdir()
    (folder / NAME).write_text("Rain fell on the town.")
    (folder / "good.txt").write_text("The sun shone all day.")
    (folder / "café.txt").write_text("A third text about the storm.")
    (folder / os.fsdecode(b"empty\xff.txt")).write_text("")
    return folder


def test_a_page_of_such_a_name_is_read_and_the_others_with_it(pages: Path, run: Run) -> None:
    done = run("split", pages)
    assert done.code == 4
    units = [json.loads(line) for line in done.out.splitlines()]
    assert {unit["source"] for unit in units} == {SHOWN, "good.txt", "café.txt"}
    assert units[[unit["source"] for unit in units].index(SHOWN)]["article_id"] == article_id(SHOWN)
    assert f"not used: {readable(pages)}/empty\\xff.txt: the file is empty" in done.err
    # Named itself it is the same article as in its folder.
    alone = run("split", pages / NAME)
    assert alone.code == 0
    assert [json.loads(line)["unit_id"] for line in alone.out.splitlines()] == [
        unit["unit_id"] for unit in units if unit["source"] == SHOWN
    ]


@pytest.mark.parametrize(
    "ending", [".csv", ".tsv", ".jsonl", ".json", ".parquet", ".xlsx", ".md", ".html", ".tex"]
)
def test_every_format_can_hold_it_and_be_of_such_a_name(pages: Path, run: Run, ending: str) -> None:
    output = pages.parent / os.fsdecode(b"un\xeet" + ending.encode())
    assert run("split", pages, "-o", output).code == 4
    assert output.is_file()
    if ending in (".md", ".html", ".tex"):
        return
    if ending == ".parquet":
        with output.open("rb") as stream:
            sources = pq.read_table(stream)["source"].to_pylist()
    else:
        sources = list(read_frame(output)["source"])
    assert SHOWN in sources
    assert {"good.txt", "café.txt"} < set(sources)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_scores_of_such_a_page(pages: Path, run: Run, ending: str) -> None:
    output = pages.parent / os.fsdecode(b"scor\xe9s" + ending.encode())
    done = run("score", pages, "-o", output, "--articles", pages.parent / "articles.xlsx")
    assert done.code == 4, done
    assert "1 input could not be used" in done.err
    assert SHOWN in set(read_frame(output)["source"])
    assert len(read_frame(pages.parent / "articles.xlsx")) == 3
    assert not list(pages.parent.glob("*.parts"))


def test_a_side_file_speaks_of_it_by_the_name_that_is_shown(pages: Path, run: Run) -> None:
    (pages / "metadata.csv").write_text(f"file,outlet\n{SHOWN},Gazette\nnone\\xe9.txt,Gazette\n")
    done = run("split", pages)
    assert {u["source"]: u["outlet"] for u in map(json.loads, done.out.splitlines())}[SHOWN] == "Gazette"
    assert done.err.count("which is not there") == 1
    assert "names 'none\\\\xe9.txt', which is not there" in done.err


def test_what_is_not_there_is_named_so(workspace: Workspace, run: Run) -> None:
    for item in (NAME, os.fsdecode(b"\xe9*.txt")):
        done = run("split", item)
        assert done.code == 1
        assert "\\xe9" in done.err and "\\udc" not in done.err


def test_a_workspace_of_such_a_name_works(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / os.fsdecode(b"stud\xe9")
    assert run("init", root, "--json").code == 0
    rows = "".join(f"u{n},frame,{v},{c}\n" for n in range(9) for c in "ab" for v in ("neutral_report",))
    (root / "labels" / os.fsdecode(b"m\xe4in.csv")).write_text("unit_id,variable,value,coder\n" + rows)
    monkeypatch.chdir(root)
    for command in (
        "stats",
        "reliability --json",
        "labels gold -o gold.csv",
        "report -o report.html",
        "export out",
    ):
        done = run(*command.split())
        assert done.code == 0, (command, done)
    assert (root / "out" / "labels" / "m\\xe4in.csv").is_file()
    assert run("check", "out").code == 0


def test_names_as_they_are_shown() -> None:
    assert readable(os.fsdecode(b"\x80a\xff")) == "\\x80a\\xff"
    assert readable("Ünï 𝔘\\xe9") == "Ünï 𝔘\\xe9"
    assert readable("\ud800") == "\\ud800"
