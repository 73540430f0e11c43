"""The packaged codebooks, `init --codebook`, and how two versions differ."""

from pathlib import Path

import pytest

from framing.codebook import Codebook, differences
from framing.errors import CodebookError
from framing.labelstudio.screen import screen
from framing.records import REGIONS
from framing.resources import packaged
from framing.settings import Workspace
from framing.steps.init import codebook_names
from framing.steps.rounds import can_be_coded
from framing.steps.split import split
from tests.conftest import Run

FOLDER = packaged("config") / "codebooks"
VALUES = {
    "bias": ("sentence", "one", 2, "Spinde"),
    "clickbait": ("sentence", "one", 4, "Potthast"),
    "generic_frames": ("article", "several", 5, "Semetko"),
    "media_frames": ("article", "several", 15, "Boydstun"),
}


def test_the_packaged_codebooks_are_these() -> None:
    assert codebook_names() == sorted(VALUES)


@pytest.mark.parametrize("name", sorted(VALUES))
def test_each_is_whole(name: str, run: Run) -> None:
    unit, kind, count, cited = VALUES[name]
    assert run("codebook", "check", FOLDER / f"{name}.yaml").code == 0
    book = Codebook.read(FOLDER / f"{name}.yaml")
    (variable,) = book.variables
    assert (book.unit, variable.type, len(variable.values)) == (unit, kind, count)
    assert cited in book.introduction
    assert all(v.use_when and v.dont_use_when and v.examples for v in variable.values)
    assert len({v.hotkey for v in variable.values} - {""}) == count
    assert len({v.colour for v in variable.values} - {""}) == count
    assert all(f'value="{v.name}"' in screen(book) for v in variable.values)


def test_only_headlines_bait() -> None:
    book = Codebook.read(FOLDER / "clickbait.yaml")
    assert [region for region in REGIONS if can_be_coded(region, book)] == ["headline"]
    assert book.variables[0].ordered


@pytest.mark.parametrize("name", sorted(VALUES))
def test_init_starts_from_it(name: str, tmp_path: Path, run: Run) -> None:
    made = run("init", tmp_path / "new", "--codebook", name, "--json")
    assert made.code == 0
    workspace = Workspace(tmp_path / "new")
    assert workspace.codebook.read_bytes() == (FOLDER / f"{name}.yaml").read_bytes()
    assert workspace.settings.is_file()
    assert "config/codebook.yaml" in made.json["files"]
    (workspace.seeds / "a.txt").write_text("Storm closes the road\n\nIt was closed on Friday.\n")
    units = list(split([workspace.seeds], unit=Codebook.read(workspace.codebook).unit))
    assert len(units) == (1 if VALUES[name][0] == "article" else 2)


def test_init_names_the_codebooks_there_are(tmp_path: Path, run: Run) -> None:
    done = run("init", tmp_path / "new", "--codebook", "moods")
    assert done.code == 1
    assert done.err == (
        "error: no packaged codebook 'moods', expected bias, clickbait, generic_frames, media_frames\n"
        "hint: leave out --codebook to start from the default one\n"
    )
    assert not (tmp_path / "new").exists()


OLD = """
title: T
variables:
  - name: tone
    values:
      - {name: calm, definition: Quiet., hotkey: "1"}
      - {name: loud, definition: Not.}
      - {name: odd, definition: Else.}
  - name: gone
    values: [{name: a, definition: d}, {name: b, definition: d}]
"""
NEW = """
title: T
variables:
  - name: voice
    formerly: [tone]
    values:
      - {name: loud, definition: Not calm.}
      - {name: still, formerly: [calm], definition: Quiet., hotkey: "2"}
      - {name: shrill, definition: Worse.}
  - name: fresh
    values: [{name: a, definition: d}, {name: b, definition: d}]
"""


def test_two_versions_are_compared(tmp_path: Path, run: Run) -> None:
    (tmp_path / "old.yaml").write_text(OLD)
    (tmp_path / "new.yaml").write_text(NEW)
    told = run("codebook", "diff", tmp_path / "old.yaml", tmp_path / "new.yaml", "--json").json
    shown = [tuple(change.values()) for change in told["changes"]]
    assert list(told["changes"][0]) == ["kind", "variable", "value", "field", "before", "after"]
    assert shown == [
        ("renamed", "voice", "", "", "tone", "voice"),
        ("changed", "voice", "loud", "definition", "Not.", "Not calm."),
        ("renamed", "voice", "still", "", "calm", "still"),
        ("changed", "voice", "still", "hotkey", "1", "2"),
        ("added", "voice", "shrill", "", "", ""),
        ("removed", "voice", "odd", "", "", ""),
        ("changed", "voice", "", "order", "calm loud odd", "loud still shrill"),
        ("added", "fresh", "", "", "", ""),
        ("removed", "gone", "", "", "", ""),
    ]
    assert not told["same_values"]
    plain = run("codebook", "diff", tmp_path / "old.yaml", tmp_path / "new.yaml")
    assert plain.code == 0
    assert "renamed" in plain.out and "Not calm." in plain.out


def test_a_codebook_does_not_differ_from_itself(workspace: Workspace, run: Run) -> None:
    same = run("codebook", "diff", workspace.codebook)
    assert same.out == f"{workspace.codebook} and {workspace.codebook}: no difference\n"
    assert differences(Codebook.parse(OLD), Codebook.parse(OLD)) == []


def test_former_names_are_not_part_of_the_hashes_of_those_who_have_none() -> None:
    bare = Codebook.parse(OLD)
    dated = Codebook.parse(OLD.replace("{name: calm,", "{name: calm, formerly: [quiet],"))
    assert bare.values_fingerprint == dated.values_fingerprint
    assert bare.fingerprint != dated.fingerprint


def test_a_former_name_that_is_in_use_is_refused() -> None:
    with pytest.raises(CodebookError) as caught:
        Codebook.parse(OLD.replace("{name: calm,", "{name: calm, formerly: [loud, 1 2],"), name="c.yaml")
    assert caught.value.faults == (
        "c.yaml:6: variables.0.values.0.formerly.0: value 'loud' stands twice, expected once",
        "c.yaml:6: variables.0.values.0.formerly.1: found '1 2', expected a list of names that it had before",
    )


def test_a_chain_of_names_ends_at_todays() -> None:
    (tone, *_) = Codebook.parse(
        OLD.replace("{name: calm,", "{name: calm, formerly: [quiet, hushed],")
    ).variables
    assert [tone.today(name) for name in ("quiet", "hushed", "calm", "odd", "?")] == [
        "calm",
        "calm",
        "calm",
        "odd",
        "?",
    ]
