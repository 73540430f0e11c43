"""What a user reads when something is wrong: the whole message, and the exit code."""

from pathlib import Path

import pytest

from framing.formats import read_frame
from framing.settings import Workspace
from tests.conftest import PAGE, Run

TRAINING = "text,label\n" + "".join(
    f"Please give {n} coins to us,appeal\nThe road {n} was closed,report\n" for n in range(6)
)


def test_a_missing_file(run: Run, tmp_path: Path) -> None:
    told = run("split", tmp_path / "none.txt")
    assert (told.code, told.out) == (1, "")
    assert told.err == (
        f"error: {tmp_path / 'none.txt'}: no such file or folder\nhint: framing split --help tells what can be read\n"
    )


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.txt", b"", "the file is empty"),
        ("image.png", b"\x89PNG\r\n\x1a\n" + bytes(99), "a picture, expected text"),
        ("table.csv", b"a,b\n1,2\n", "no column 'text', found a b; name it with --column text=<column>"),
    ],
)
def test_inputs_that_can_not_be_used(name: str, data: bytes, reason: str, run: Run, tmp_path: Path) -> None:
    bad = tmp_path / name
    bad.write_bytes(data)
    alone = run("split", bad)
    assert alone.code == 1
    assert alone.err.splitlines()[0] == f"error: {bad}: {reason}"
    good = tmp_path / "good.txt"
    good.write_text(PAGE)
    mixed = run("split", bad, good)
    assert mixed.code == 4
    assert mixed.err == (f"1 article, 7 units\nnot used: {bad}: {reason}\n1 input could not be used\n")
    assert mixed.out.count("\n") == 7


def test_several_bad_inputs_are_each_named(run: Run, tmp_path: Path) -> None:
    told = run("split", tmp_path / "a", tmp_path / "b")
    assert told.code == 1
    assert told.err == (
        f"{tmp_path / 'a'}: no such file or folder\n{tmp_path / 'b'}: no such file or folder\n"
        "error: none of the 2 inputs can be used\nhint: framing split --help tells what can be read\n"
    )


def test_a_broken_codebook(run: Run, workspace: Workspace) -> None:
    workspace.codebook.write_text("variables:\n  - name: tone\n    values: []\n    colour: red\n")
    told = run("codebook", "check")
    assert told.code == 1
    assert told.err == (
        f"{workspace.codebook}:3: variables.0.values: found [], expected a list of values, each with name and definition\n"
        f"{workspace.codebook}:4: variables.0.colour: unknown key\n"
        f"error: {workspace.codebook}: 2 faults in the codebook\n"
        f"hint: mend the lines named above; then: framing codebook check {workspace.codebook}\n"
    )


def test_a_label_outside_the_codebook(run: Run, workspace: Workspace) -> None:
    file = workspace.labels / "main.csv"
    file.write_text("unit_id,variable,value,coder,text\nu,frame,panic,ada,x\nv,frame,neutral_report,ada,y\n")
    told = run("train")
    assert told.code == 1
    assert told.err == (
        f"error: {file}: row 2, variable frame: found 'panic', expected alarmist_headline advocacy_appeal "
        "neutral_report reader_comment site_furniture\n"
        "hint: mend the labels, or name the value in config/codebook.yaml\n"
    )


def test_a_model_of_another_codebook(run: Run, workspace: Workspace) -> None:
    rows = "".join(
        f"u{n},frame,{'site_furniture' if n % 2 else 'neutral_report'},ada,Text number {n},s{n % 3}\n"
        for n in range(12)
    )
    (workspace.labels / "main.csv").write_text("unit_id,variable,value,coder,text,story\n" + rows)
    assert run("train").code == 0
    book = workspace.codebook.read_text(encoding="utf-8")
    workspace.codebook.write_text(book.replace("name: reader_comment", "name: letter"), encoding="utf-8")
    told = run("score", "seeds")
    assert told.code == 1
    first, second = told.err.splitlines()
    assert first.startswith("error: model frame@")
    assert first.endswith(
        " and codebook differ on frame: only in the model: reader_comment; only in the codebook: letter"
    )
    assert second == "hint: train it again: framing train; or give the codebook its values back"


def test_no_labels_to_train_on(run: Run, workspace: Workspace) -> None:
    told = run("train")
    assert told.code == 1
    assert told.err == (
        f"error: no labels in {workspace.labels}\n"
        "hint: fetch answers with: framing pull; or name a table with columns text and label\n"
    )


def test_one_class_only(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text("text,label\nA,x\nB,x\n")
    told = run("train", file, "-o", tmp_path / "model")
    assert told.code == 1
    assert told.err == (
        "error: 2 units with gold on 'label', all with the value 'x', expected two values or more to tell apart\n"
        "hint: code units of other values, for example with: framing push\n"
    )
    assert not (tmp_path / "model").exists()


def test_no_workspace(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = run("pull")
    assert told.code == 1
    assert told.err == (
        "error: no workspace here: no config/codebook.yaml in this folder or above it\n"
        "hint: make one with: framing init DIR; or name one with --workspace DIR\n"
    )


def test_a_workspace_is_never_made_over_another(run: Run, workspace: Workspace) -> None:
    before = workspace.codebook.read_bytes()
    told = run("init", workspace.root)
    assert told.code == 1
    assert told.err.startswith(f"error: {workspace.root}: a workspace already")
    assert workspace.codebook.read_bytes() == before


def test_init_keeps_what_is_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.yaml").write_text("study: mine\n")
    told = run("init", tmp_path, "--seeds")
    assert told.code == 0
    assert (tmp_path / "config" / "settings.yaml").read_text() == "study: mine\n"
    assert len(list((tmp_path / "seeds").glob("*.txt"))) >= 30
    assert list((tmp_path / "labels").iterdir()) == []


def test_wrong_usage(run: Run) -> None:
    assert run("split").code == 2
    assert run("split", "x", "--column", "text").code == 2
    assert run("nonsense").code == 2


def test_a_plain_table_is_trained_on_and_presplit_rows_are_scored(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "plain.csv"
    file.write_text(TRAINING)
    model = tmp_path / "model"
    trained = run("train", file, "-o", model, "--json")
    assert trained.code == 0, trained.err
    assert trained.json["macro_f1"] > 0.9
    scores = tmp_path / "scores.csv"
    scored = run("score", file, "--presplit", "--model", model, "-o", scores)
    assert scored.code == 0
    frame = read_frame(scores)
    assert frame["label"].tolist() == ["appeal", "report"] * 6
    assert set(frame["model"]) == {trained.json["model"]}
    evaluated = run("evaluate", model, file)
    assert evaluated.code == 1
    assert "was trained on all 12 labelled units, expected new ones" in evaluated.err


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_split_writes_what_it_prints(suffix: str, run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(PAGE)
    out = tmp_path / f"units{suffix}"
    assert run("split", page, "-o", out).code == 0
    frame = read_frame(out)
    assert [PAGE[int(s) : int(e)] for s, e in zip(frame["start"], frame["end"], strict=True)] == frame[
        "text"
    ].tolist()
