"""What a user reads of hostile input: the whole message."""

import json
import os
from pathlib import Path

import pytest

from framing.classifier import load_model
from framing.codebook import Codebook
from framing.errors import CodebookError, ModelError, SettingsError, TableError, WorkspaceError
from framing.formats import read_frame
from framing.settings import Settings
from framing.steps.sharing.exported import refuse_links
from tests.conftest import Run


def test_a_name_can_not_steer_the_terminal_or_feign_a_message(run: Run, tmp_path: Path) -> None:
    (tmp_path / "\x1b]0;owned\x07\nerror: lost.txt").write_bytes(b"")
    told = run("split", tmp_path)
    assert told.code == 1
    assert told.err == (
        f"error: {tmp_path}/\\u001b]0;owned\\u0007 error: lost.txt: the file is empty\n"
        "hint: framing split --help tells what can be read\n"
    )


def test_names_in_json_stay_json(run: Run, tmp_path: Path) -> None:
    name = os.fsdecode(b"a\xff\x1b.txt")
    (tmp_path / name).write_bytes(b"")
    (tmp_path / "b.txt").write_text("Rain.")
    told = run("split", tmp_path, "--json")
    assert told.code == 4
    shown = f"{tmp_path}/a\\xff\x1b.txt"
    assert told.json["unusable"] == [{"where": shown, "reason": "the file is empty"}]
    assert "\x1b" not in told.out + told.err


def test_a_pipe_in_a_folder_is_named_and_not_waited_for(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert run("split", tmp_path).err.splitlines()[0] == (
        f"error: {tmp_path / 'a.txt'}: no regular file, expected one"
    )


def test_a_name_that_no_system_can_hold_is_not_there(run: Run) -> None:
    name = "a" * 5_000
    assert run("split", name).err.splitlines()[0] == f"error: {name}: no such file or folder"


def test_aliases_that_stand_for_a_million_values_are_refused(tmp_path: Path) -> None:
    text = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(CodebookError) as caught:
        Codebook.parse(text, name="c.yaml")
    assert caught.value.message == "c.yaml:1: no YAML: its aliases stand for over 100000 values"
    file = tmp_path / "settings.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError, match="its aliases stand for over 100000 values"):
        Settings.read(file)


def test_a_number_of_thousands_of_digits_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("seed: " + ":".join(["59"] * 5_000) + "\n")
    with pytest.raises(SettingsError) as caught:
        Settings.read(file)
    assert caught.value.faults[0].startswith(f"{file}: seed: found a number of thousands of digits; ")


def test_a_pipe_is_no_model_and_no_settings(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "model.json")
    with pytest.raises(ModelError) as caught:
        load_model(tmp_path)
    assert caught.value.message == f"{tmp_path}: damaged model: model.json is not readable"
    with pytest.raises(SettingsError, match="found no regular file, expected one"):
        Settings.read(tmp_path / "model.json")


def test_a_study_with_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    link = tmp_path / "labels" / "main.csv"
    link.symlink_to("/dev/zero")
    with pytest.raises(WorkspaceError) as caught:
        refuse_links(tmp_path)
    assert caught.value.message == f"{link}: found a link, a pipe or a device, expected a file of the study"


def test_a_table_nested_too_deep_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("[" * 100_000)
    with pytest.raises(TableError, match=r"a\.jsonl: not readable as \.jsonl: maximum recursion depth"):
        read_frame(file)


def test_halves_of_characters_in_a_table_are_replaced(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"te\ud800xt": "Rain \udfff."}) + "\n")
    frame = read_frame(file)
    assert list(frame.columns) == ["te\ufffdxt"]
    assert frame.iloc[0, 0] == "Rain \ufffd."
