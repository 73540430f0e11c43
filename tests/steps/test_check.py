"""Every changed byte and every changed figure of an exported study is found and named."""

import csv
import hashlib
import json
import random
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import WorkspaceError
from framing.steps.check import check, check_files
from framing.steps.sharing import exported


def sealed(folder: Path) -> None:
    """What somebody would do who changed a figure and mended every hash."""
    file = folder / exported.MANIFEST
    manifest = json.loads(file.read_text(encoding="utf-8"))
    manifest["files"] = exported.listed(folder)
    file.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / exported.SEAL).write_text(exported.seal_of(file.read_bytes()), encoding="utf-8")


@given(data=st.data())
def test_a_changed_byte_anywhere_is_named(whole: Path, data: st.DataObject) -> None:
    names = [*exported.files_of(whole), exported.MANIFEST]
    name = data.draw(st.sampled_from(names))
    old = (whole / name).read_bytes()
    place = data.draw(st.integers(0, len(old) - 1))
    new = bytes([data.draw(st.integers(0, 255).filter(lambda byte: byte != old[place]))])
    manifest = exported.read_manifest(whole)
    try:
        (whole / name).write_bytes(old[:place] + new + old[place + 1 :])
        found = {item.file for item in check_files(whole, manifest)}
    finally:
        (whole / name).write_bytes(old)
    # The seal is what the manifest itself is compared with.
    assert found == ({exported.SEAL} if name == exported.MANIFEST else {name})


def check_with_a_changed_byte(whole: Path, number: int) -> None:
    """However a study is damaged, the check ends and names the file."""
    draw = random.Random(number)  # noqa: S311
    name = draw.choice([*exported.files_of(whole), exported.MANIFEST, exported.SEAL])
    old = (whole / name).read_bytes()
    place = draw.randrange(len(old))
    new = bytes([(old[place] + draw.randint(1, 255)) % 256])
    try:
        (whole / name).write_bytes(old[:place] + new + old[place + 1 :])
        found = {item.file for item in check(whole).mismatches}
    except WorkspaceError as error:
        found = {exported.MANIFEST} if exported.MANIFEST in error.message else set()
    finally:
        (whole / name).write_bytes(old)
    assert found & ({name, exported.SEAL} if name == exported.MANIFEST else {name}), (name, place, new)


@pytest.mark.parametrize("number", range(6))
def test_a_damaged_study_is_checked_to_the_end(whole: Path, number: int) -> None:
    check_with_a_changed_byte(whole, number)


@pytest.mark.prove
@pytest.mark.parametrize("number", range(6, 206))
def test_a_damaged_study_is_checked_to_the_end_many_times(whole: Path, number: int) -> None:
    check_with_a_changed_byte(whole, number)


_DERIVED = (
    "results/gold_tone.csv",
    "results/models.json",
    "results/prevalence_units_month.json",
    "results/prevalence_units_outlet.json",
    "results/reliability.json",
    "results/stats.json",
    "scores/articles.csv",
    "scores/units.csv",
    "models/tone/doubts.csv",
    "models/tone/card.md",
    "datasheet.md",
)
_DIGIT = re.compile(r"(?<=[0-9.])[0-9]")


@pytest.mark.parametrize("name", _DERIVED)
def test_a_changed_digit_is_found_by_computing_again(whole: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(whole, folder)
    file = folder / name
    text = file.read_text(encoding="utf-8")
    draw = random.Random(name)  # noqa: S311
    # Of SCORES the last probability: what is before it, ids and texts, is given and not computed.
    within = text.rindex("\n", 0, -1) if name == "scores/units.csv" else 0
    places = [match.start() for match in _DIGIT.finditer(text) if match.start() > within]
    if name == "scores/units.csv":
        row = next(csv.reader([text[within:].strip()]))
        header = next(csv.reader([text.split("\n", 1)[0]]))
        cell = row[header.index("p_loud")]
        place = text.rindex(cell) + 2
    else:
        place = draw.choice(places)
    changed = str((int(text[place]) + draw.randint(1, 9)) % 10)
    file.write_text(text[:place] + changed + text[place + 1 :], encoding="utf-8", newline="")
    sealed(folder)
    done = check(folder)
    assert name in {item.file for item in done.mismatches}, (text[place - 40 : place + 20], changed)


def test_a_changed_figure_of_a_model_is_found(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(whole, folder)
    file = folder / "models" / "tone" / "metrics.json"
    metrics = json.loads(file.read_text(encoding="utf-8"))
    metrics["evaluation"]["macro_f1"] += 1e-6
    metrics["by_region"][0]["accuracy"] = 0.5
    file.write_text(json.dumps(metrics), encoding="utf-8")
    sealed(folder)
    found = {(item.file, item.place) for item in check(folder).mismatches}
    assert ("models/tone/metrics.json", "evaluation.macro_f1") in found
    assert ("models/tone/metrics.json", "by_region[0].accuracy") in found


def test_a_changed_answer_is_found_in_what_rests_on_it(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(whole, folder)
    file = folder / "labels" / "main.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",calm,", ",loud,", 1), encoding="utf-8")
    sealed(folder)
    found = {item.file for item in check(folder).mismatches}
    assert {"results/gold_tone.csv", "results/reliability.json", "results/stats.json"} <= found


def test_missing_and_further_files_are_named(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(whole, folder)
    (folder / "results" / "stats.json").unlink()
    (folder / "extra.txt").write_text("x")
    told = list(map(str, check(folder).mismatches))
    assert "results/stats.json: found no such file, expected the one named in manifest.json" in told
    assert "extra.txt: found a file that manifest.json does not name, expected none" in told
    (folder / exported.MANIFEST).write_text("{")
    with pytest.raises(WorkspaceError, match=r"manifest.json: can't be read as JSON"):
        check(folder)


def test_figures_nested_without_end_are_named(whole: Path, tmp_path: Path) -> None:
    study = shutil.copytree(whole, tmp_path / "study")
    (study / "results" / "stats.json").write_text("[" * 100_000)
    assert "results" in {item.file for item in check(study).mismatches}


def test_the_seal_is_read_by_sha256sum(whole: Path) -> None:
    mark = hashlib.sha256((whole / exported.MANIFEST).read_bytes()).hexdigest()
    assert (whole / exported.SEAL).read_text(encoding="utf-8") == f"{mark}  manifest.json\n"
