"""Two researchers pull and edit on two machines; git joins their labels by answers."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from framing.formats import read_frame, writing
from framing.labels.merge import Answered, Merging
from framing.steps.init import init
from framing.steps.labels_merge import ATTRIBUTES, install, lacks_driver, merge_files
from framing.steps.pull import stored
from framing.tables import LABELS
from tests.conftest import Run
from tests.labels.test_merge import given

FILE = "labels/main.csv"


@pytest.fixture
def program(tmp_path: Path) -> str:
    """What git calls: the command of this checkout."""
    script = tmp_path / "bin" / "framing of this checkout"
    script.parent.mkdir()
    paths = os.pathsep.join(sys.path)
    script.write_text(f"#!/bin/sh\nPYTHONPATH='{paths}' exec '{sys.executable}' -m framing \"$@\"\n")
    script.chmod(0o755)
    return str(script)


def git(place: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    named = ["-c", "user.name=ada", "-c", "user.email=ada@framing.example", "-c", "merge.conflictStyle=merge"]
    return subprocess.run(["git", *named, "-C", str(place), *arguments], capture_output=True, text=True)


def commit(place: Path) -> None:
    git(place, "add", "-A")
    git(place, "commit", "-qm", "labels", "--allow-empty")


@pytest.fixture
def clones(tmp_path: Path, program: str) -> tuple[Path, Path]:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    git(first, "init", "-q", "-b", "main")
    init(first, program=program)
    commit(first)
    git(tmp_path, "clone", "-q", str(first), str(second))
    install(second, program)
    return first, second


def pulled(place: Path, rows: list[dict[str, Any]], gone: bool = False) -> None:
    """Do with a clone's file what a pull does."""
    file = place / FILE
    merging = Merging(stored(file))
    merging.take(Answered(rows, ("s" + "1" * 15,), lambda _annotation, _changed: "s" + "1" * 15))
    if gone:
        merging.withdraw(merging.missing())
    with writing(file, LABELS.columns) as table:
        table.write(merging.rows())


def life(chance: random.Random) -> list[list[dict[str, Any]]]:
    """What a server holds at six moments: answers come, change, get names and go."""
    held: dict[int, dict[str, Any]] = {}
    names = {2: "coder-2", 3: "coder-3"}
    moments = []
    for day in range(1, 7):
        for _ in range(4):
            number, at = chance.randrange(1, 9), f"2026-05-0{day}T10:00:00.000000Z"
            born = held[number]["created_at"] if number in held else at
            user = number % 2 + 2
            more = {
                "unit_id": f"u-{number % 4}",
                "task": number % 4,
                "made_at": at,
                "created_at": born,
                "user": user,
            }
            held[number] = given(chance.choice("abc"), number, **more)
        if chance.random() < 0.3:
            held.pop(chance.choice(list(held)))
        if chance.random() < 0.4:
            names[chance.choice([2, 3])] = f"ada-{day}"
        for row in held.values():
            row["coder"] = names[row["user"]]
        moments.append([dict(row) for row in held.values()])
    return moments


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.prove) for seed in range(2, 60))]
)
def test_two_pulls_in_any_order_become_the_same_file(clones: tuple[Path, Path], seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a life, no secret
    moments = life(chance)
    for number, held in enumerate(moments[:-1]):
        pulled(clones[chance.randrange(2)], held, gone=True)
        if number == 2:
            for place in clones:
                commit(place)
            assert git(clones[1], "pull", "-q", "--no-rebase", str(clones[0]), "main").returncode == 0
            assert git(clones[0], "pull", "-q", "--no-rebase", str(clones[1]), "main").returncode == 0
    for place in clones:
        commit(place)
    trees = [shutil.copytree(place, place.with_name(f"{place.name}-copy")) for place in clones]
    ours = git(clones[0], "pull", "-q", "--no-rebase", str(trees[1]), "main")
    theirs = git(clones[1], "pull", "-q", "--no-rebase", str(trees[0]), "main")
    assert (ours.returncode, theirs.returncode) == (0, 0), ours.stderr + theirs.stderr
    files = [(place / FILE).read_bytes() for place in clones]
    assert files[0] == files[1]
    there = {key(row) for place in trees for row in rows_of(place / FILE)}
    assert {key(row) for row in rows_of(clones[0] / FILE)} == there
    for place in clones:
        pulled(place, moments[-1], gone=True)
    assert (clones[0] / FILE).read_bytes() == (clones[1] / FILE).read_bytes()
    current = [
        (row["unit_id"], row["coder"]) for row in rows_of(clones[0] / FILE) if row["current"] == "true"
    ]
    assert len(current) == len(set(current))


def rows_of(file: Path) -> list[dict[str, str]]:
    return [] if not file.is_file() else read_frame(file).to_dict("records")  # type: ignore[return-value]


def key(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[name] for name in ("server", "annotation", "unit_id", "variable", "value"))


def _write(target: Path, rows: list[dict[str, Any]]) -> Path:
    """Write rows as CSV, whatever the file is called."""
    made = target.with_suffix(".made.csv")
    with writing(made, LABELS.columns) as table:
        table.write({k: str(v).lower() if isinstance(v, bool) else v for k, v in row.items()} for row in rows)
    made.rename(target)
    return target


IMPORTED = {"project": "", "task": "", "annotation": "", "server": "", "kind": "imported", "current": True}


def test_a_cell_edited_on_both_sides_is_a_conflict_and_nothing_is_lost(
    clones: tuple[Path, Path], run: Run
) -> None:
    for place, value in ((clones[0], "a"), (clones[0], "b"), (clones[1], "c")):
        _write(place / FILE, [given(value, **IMPORTED)])
        commit(place)
        if value == "a":
            git(clones[1], "pull", "-q", "--no-rebase", str(clones[0]), "main")
    done = git(clones[0], "pull", "-q", "--no-rebase", str(clones[1]), "main")
    assert done.returncode != 0
    assert "unit u-1, frame, coder-2: 'b' and 'c'" in done.stderr
    assert [row["value"] for row in rows_of(clones[0] / FILE)] == ["b"]
    assert FILE in git(clones[0], "diff", "--name-only", "--diff-filter=U").stdout


def test_a_row_taken_out_by_hand_stays_out_unless_the_other_side_changed_it(tmp_path: Path) -> None:
    rows = [given("a", unit_id=f"u-{number}", **IMPORTED) for number in range(3)]
    base, ours = _write(tmp_path / "base", rows), tmp_path / "ours"
    theirs = _write(tmp_path / "theirs", [rows[0], rows[1] | {"note": "sure"}, rows[2]])
    _write(ours, rows[:1])
    done = merge_files(base, ours, theirs)
    ours.rename(tmp_path / "ours.csv")
    assert done.dropped == 1
    assert sorted(row["unit_id"] for row in rows_of(tmp_path / "ours.csv")) == ["u-0", "u-1"]


def test_a_clone_without_the_driver_is_told(clones: tuple[Path, Path], tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    git(tmp_path, "clone", "-q", str(clones[0]), str(fresh))
    assert (lacks_driver(fresh), lacks_driver(clones[0])) == (True, False)
    assert (clones[0] / ".gitattributes").read_text().splitlines().count(ATTRIBUTES) == 1


def test_a_workspace_outside_git_gets_the_attribute_alone(tmp_path: Path) -> None:
    made = init(tmp_path / "study")
    assert ".gitattributes" in made.files
    assert not lacks_driver(tmp_path / "study")
