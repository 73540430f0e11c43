"""An exported study: whole, without text where asked, put back, never over what is not its own."""

import re
import shutil
from pathlib import Path

import pytest

from framing.errors import WorkspaceError
from framing.formats import read_frame
from framing.settings import Workspace
from framing.steps.check import check
from framing.steps.export import export
from framing.steps.sharing import exported
from framing.steps.split import split
from framing.steps.study import Study
from tests.conftest import Run
from tests.steps.conftest import BOOK, WORDS


def everything(folder: Path) -> str:
    return "\n".join(
        path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file()
    )


def test_the_files_of_a_study(whole: Path) -> None:
    assert list(exported.files_of(whole)) == [
        "README.md",
        "config/codebook.yaml",
        "config/settings.yaml",
        "datasheet.md",
        "labels/main.csv",
        *(f"models/tone/{name}" for name in sorted(exported.MODEL_FILES)),
        "results/gold_tone.csv",
        "results/models.json",
        "results/prevalence_units_month.json",
        "results/prevalence_units_outlet.json",
        "results/reliability.json",
        "results/stats.json",
        "scores/articles.csv",
        "scores/units.csv",
    ]
    assert read_frame(whole / "labels" / "main.csv")["coder"].unique().tolist() == ["coder-1", "ben"]
    assert "@example.org" not in everything(whole)
    sheet = (whole / "datasheet.md").read_text(encoding="utf-8")
    assert "| Outlet 0 | 6 | 30 |" in sheet
    assert "`licence` in `config/datasheet.yaml`" in sheet
    settings = (whole / "config" / "settings.yaml").read_text(encoding="utf-8")
    assert "server_url" not in settings and "coders" not in settings


def test_a_study_agrees_with_itself_when_its_workspace_is_gone(study: Study, tmp_path: Path) -> None:
    shutil.copytree(study.needed.root, tmp_path / "copy")
    export(Study(Workspace(tmp_path / "copy")), tmp_path / "out")
    shutil.rmtree(tmp_path / "copy")
    done = check(tmp_path / "out")
    assert done.mismatches == []
    assert done.files == 19
    assert done.figures > 1000


def test_the_same_study_gives_the_same_bytes(study: Study, whole: Path, tmp_path: Path) -> None:
    export(study, tmp_path / "again")
    for name in (*exported.files_of(whole), exported.MANIFEST, exported.SEAL):
        assert (tmp_path / "again" / name).read_bytes() == (whole / name).read_bytes(), name


def test_without_text_no_text_is_anywhere(study: Study, bare: Path) -> None:
    found = everything(bare)
    units = list(split([study.needed.seeds]))
    for secret in ("Secret Heading", "Jo Writer", "A remark of mine", "Before it", "After it"):
        assert secret not in found
    assert not [unit.text for unit in units if unit.text in found]
    for word in {word for words in WORDS.values() for word in words if len(word) > 4}:
        assert not re.search(rf"\b{word}\b", found, re.IGNORECASE), word
    labels = read_frame(bare / "labels" / "main.csv")
    assert labels["unit_id"].nunique() == len(units) == 60
    assert (labels["start"] != "").all()
    assert "explanation" not in read_frame(bare / "scores" / "units.csv").columns
    assert check(bare).mismatches == []


def test_examples_that_stand_in_the_articles_are_left_out(study: Study, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(study.needed.root, root)
    text = next(iter(split([root / "seeds"]))).text
    (root / "config" / "codebook.yaml").write_text(
        BOOK.replace("Nothing in particular happened.", text), "utf-8"
    )
    done = export(Study(Workspace(root)), tmp_path / "out", texts=False)
    assert done.examples_left_out == 1
    assert text not in everything(tmp_path / "out")
    assert check(tmp_path / "out").mismatches == []


def test_the_text_is_put_back(study: Study, whole: Path, bare: Path, run: Run, tmp_path: Path) -> None:
    told = run("restore", bare, study.needed.seeds, "-o", tmp_path / "back", "--json")
    assert told.code == 0, told.err
    assert (told.json["restored"], told.json["units"]) == (60, 60)
    for name in ("labels/main.csv", "scores/units.csv", "scores/articles.csv", "models/tone/doubts.csv"):
        here, wanted = read_frame(tmp_path / "back" / name), read_frame(whole / name)
        for column in ("text", "title", "unit_id", "author"):
            if column in wanted.columns:
                assert here[column].tolist() == wanted[column].tolist(), (name, column)
    assert check(tmp_path / "back").mismatches == []
    again = run("restore", tmp_path / "back", study.needed.seeds, "-o", tmp_path / "more")
    assert again.code == 1
    assert "a study whose texts are put back, expected one that was exported with --no-text" in again.err


def test_only_the_text_that_was_coded_is_put_back(study: Study, bare: Path, run: Run, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    shutil.copytree(study.needed.seeds, pages)
    page = pages / "p0.txt"
    text = page.read_text(encoding="utf-8")
    changed = text.split("\n\n")[1]
    page.write_text(text.replace(changed, "Something else stands here."), encoding="utf-8", newline="")
    (pages / "p1.txt").unlink()
    told = run("restore", bare, pages, "-o", tmp_path / "back", "--json")
    assert told.code == 4
    assert (told.json["restored"], told.json["units"]) == (54, 60)
    assert told.err.count("its text is not in the articles given") == 6
    assert "Something else" not in everything(tmp_path / "back")
    assert check(tmp_path / "back").mismatches == []
    other = tmp_path / "other.txt"
    other.write_text("Nothing of it.\n", encoding="utf-8")
    failed = run("restore", bare, other, "-o", tmp_path / "none")
    assert failed.code == 1
    assert f"error: none of the 60 units of {bare} is in the articles given" in failed.err
    assert not (tmp_path / "none").exists()


def test_nothing_of_others_is_overwritten(study: Study, whole: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "a.txt").write_text("mine")
    with pytest.raises(WorkspaceError) as caught:
        export(study, mine)
    assert caught.value.message == (
        f"{mine}: holds something that framing export did not make, expected a new folder"
    )
    assert [path.name for path in mine.iterdir()] == ["a.txt"]
    made = tmp_path / "made"
    shutil.copytree(whole, made)
    (made / "note.txt").write_text("mine")
    with pytest.raises(WorkspaceError) as caught:
        export(study, made)
    assert (
        caught.value.message == f"{made}: note.txt is not of the study that was exported there (1 such files)"
    )
    (made / "note.txt").unlink()
    export(study, made)
    with pytest.raises(WorkspaceError, match="holds the workspace itself"):
        export(study, study.needed.root)


def test_a_failed_export_leaves_nothing(study: Study, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(study.needed.root, root)
    (root / "config" / "datasheet.yaml").write_text("no_such_question: yes indeed\n")
    with pytest.raises(Exception, match="no question 'no_such_question'"):
        export(Study(Workspace(root)), tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy"]
    (root / "config" / "datasheet.yaml").write_text("licence: CC BY 4.0\n")
    done = export(Study(Workspace(root)), tmp_path / "out")
    assert "licence" not in done.open_questions
    assert "licence?** CC BY 4.0\n" in (tmp_path / "out" / "datasheet.md").read_text(encoding="utf-8")
    assert check(tmp_path / "out").mismatches == []


def test_commands(study: Study, run: Run, tmp_path: Path) -> None:
    told = run("export", tmp_path / "out", "--workspace", study.needed.root)
    assert told.code == 0, told.err
    assert told.out == f"{tmp_path}/out: 19 files, texts kept; check it with: framing check {tmp_path}/out\n"
    assert "named like an e-mail address, given a pseudonym: 1 coder" in told.err
    assert run("check", tmp_path / "out").code == 0
    file = tmp_path / "out" / "results" / "stats.json"
    file.write_text(
        file.read_text(encoding="utf-8").replace('"units": 60', '"units": 61', 1), encoding="utf-8"
    )
    bad = run("check", tmp_path / "out")
    assert bad.code == 1
    assert "results/stats.json: units: found 61, expected 60" in bad.out
    assert f"error: {tmp_path}/out: 2 differences in results/stats.json" in bad.err
    none = run("check", tmp_path)
    assert none.code == 1
    assert f"error: {tmp_path}: no exported study: manifest.json is missing" in none.err
