"""A scoring that was stopped or killed goes on to the same bytes, or says why it begins anew."""

import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from framing.errors import FramingError
from framing.scoring import parts
from framing.steps.score import Progress, score
from framing.steps.study import Study
from tests.scoring.conftest import text_of
from tests.scoring.scored import Stop, folder_in, scored, stop


@pytest.mark.parametrize("after", [1, 3, 8])
def test_what_was_stopped_goes_on(corpus: Path, tmp_path: Path, small: None, after: int) -> None:
    whole = scored(corpus, folder_in(tmp_path, "whole"))
    place, said = folder_in(tmp_path, "stopped"), list[str]()
    stop(corpus, place, after)
    assert scored(corpus, place, say=said.append) == whole
    assert len(said) == 1
    assert re.fullmatch(r"goes on after \d+ articles that were scored before it was stopped", said[0])
    assert scored(corpus, place, say=said.append) == whole
    assert len(said) == 1


def test_what_was_stopped_goes_on_in_the_middle_of_a_table(tmp_path: Path, small: None) -> None:
    table = tmp_path / "table.jsonl"
    draw = random.Random(2)  # noqa: S311
    rows = [{"text": text_of(draw)} for _ in range(20)]
    rows[12] = rows[17] = rows[2]
    table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    whole = scored(table, folder_in(tmp_path, "whole"))
    assert whole[0].articles == 20
    place = folder_in(tmp_path, "stopped")
    stop(table, place, 5)
    assert scored(table, place) == whole


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"explain": True}, "--explain was False, is True"),
        ({"fast": True}, "--fast was False, is True"),
        ({"columns": {"text": "body"}}, "--column was not there, is text=body"),
    ],
)
def test_other_options_begin_anew(
    corpus: Path, tmp_path: Path, small: None, options: dict[str, Any], told: str
) -> None:
    whole = scored(corpus, folder_in(tmp_path, "whole"), **options)
    place, said = folder_in(tmp_path, "stopped"), list[str]()
    stop(corpus, place)
    assert scored(corpus, place, say=said.append, **options) == whole
    assert said == [f"begins anew: {told}"]


def test_killed_as_it_begins_anew_it_takes_no_row_of_the_former_run(
    corpus: Path, tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = scored(corpus, folder_in(tmp_path, "whole"), explain=True)
    place = folder_in(tmp_path, "stopped")
    stop(corpus, place)

    def die(self: parts.Parts) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(parts.Parts, "begin", die)
        scored(corpus, place, explain=True)
    assert scored(corpus, place, explain=True) == whole


def test_a_run_that_begins_anew_leaves_the_result_of_the_former_one(
    corpus: Path, tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder_in(tmp_path, "stopped")

    def die(folder: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("framing.steps.score.remove", die)
        scored(corpus, place)
    before = (place / "scores.csv").read_bytes()
    with pytest.raises(KeyboardInterrupt):
        scored(corpus, place, explain=True, tick=Stop(4))
    assert (place / "scores.csv").read_bytes() == before
    whole = scored(corpus, folder_in(tmp_path, "whole"), explain=True)
    assert scored(corpus, place, explain=True) == whole


def test_another_input_begins_anew(corpus: Path, tmp_path: Path, small: None) -> None:
    copy, place, said = tmp_path / "corpus", folder_in(tmp_path, "stopped"), list[str]()
    copy.mkdir()
    for file in corpus.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    stop(copy, place)
    (copy / "3.txt").write_text("Another page.", encoding="utf-8")
    done = scored(copy, place, say=said.append)
    assert said == [f"begins anew: input changed: {copy / '3.txt'}"]
    stop(copy, folder_in(tmp_path, "again"))
    (copy / "metadata.csv").write_text("file,outlet\n0.txt,Shore\n", encoding="utf-8")
    other = scored(copy, tmp_path / "again", say=said.append)
    assert said[1:] == [f"begins anew: input changed: {(copy / 'metadata.csv').resolve()}"]
    assert b"Shore" in other[1]
    assert done[0].articles == other[0].articles


def test_another_model_begins_anew(corpus: Path, tmp_path: Path, small: None) -> None:
    from framing.steps.train import train
    from tests.steps.test_learning import labels

    made = train(Study(None), [labels(tmp_path / "labels.csv")], output=tmp_path / "label")
    place, said = folder_in(tmp_path, "stopped"), list[str]()
    stop(corpus, place)
    done = scored(corpus, place, say=said.append, model=str(made.folder))
    assert done[0].model == made.model
    assert said[0].startswith("begins anew: model was frame@")
    assert "is label@" in said[0]


def test_a_damaged_journal_is_believed_as_far_as_the_files_bear_it_out(
    corpus: Path, tmp_path: Path, small: None
) -> None:
    whole, place = scored(corpus, folder_in(tmp_path, "whole")), folder_in(tmp_path, "stopped")
    stop(corpus, place, 7)
    folder = place / "scores.csv.parts"
    lines = (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
    sizes = json.loads(lines[3])["sizes"]
    os.truncate(folder / "scores", sizes["scores"] + 10)  # as after a power cut
    (folder / "journal.jsonl").write_bytes(b"".join(lines)[:-7])
    said = list[str]()
    assert scored(corpus, place, say=said.append) == whole
    assert said == [
        f"goes on after {json.loads(lines[3])['articles']} articles that were scored before it was stopped"
    ]
    stop(corpus, folder_in(tmp_path, "lost"))
    (tmp_path / "lost" / "scores.csv.parts" / "scores").unlink()
    assert scored(corpus, tmp_path / "lost", say=said.append) == whole
    assert said[1:] == ["begins anew: what is left of the last run is damaged"]


def command(*arguments: object, before: str = "") -> list[str]:
    """`framing` with small batches, as a process of its own."""
    code = (
        "import sys; from framing.scoring import feed, parts, pool; from framing.cli import main\n"
        "feed.COUNT, parts.STRETCH, pool.FEW = 1, 1, 2\n"
        f"{before}\nsys.argv[0] = 'framing'; main()"
    )
    return [sys.executable, "-c", code, *map(str, arguments)]


def test_a_full_disk_is_a_clear_error_and_the_next_run_goes_on(corpus: Path, tmp_path: Path) -> None:
    output = tmp_path / "scores.jsonl"
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))"
    full = subprocess.run(
        command("score", corpus, "-o", output, "--language", "en", before=limit),
        capture_output=True,
        text=True,
        check=False,
    )
    assert full.returncode == 1, full.stderr
    assert full.stderr.splitlines() == [
        f"error: {output}.parts: can't be written: File too large",
        "hint: free some space or choose another place with -o; the same command goes on where it was",
    ]
    assert [file.name for file in tmp_path.iterdir()] == ["scores.jsonl.parts"]
    said = list[str]()
    done = score(Study(None), [corpus], output=output, language="en", say=said.append)
    assert said[0].startswith("goes on after ")
    score(Study(None), [corpus], output=tmp_path / "whole.jsonl", language="en")
    assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert done.articles == 31
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_ctrl_c_leaves_only_the_parts(corpus: Path, tmp_path: Path) -> None:
    output = tmp_path / "scores.jsonl"
    # However late the signal is sent, there is work left.
    slowly = "import time; mark = parts.Parts.mark; parts.Parts.mark = lambda *all, **named: (mark(*all, **named), time.sleep(0.5))"
    work = subprocess.Popen(
        command("score", corpus, "-o", output, "--jobs", 2, before=slowly), stderr=subprocess.PIPE, text=True
    )
    journal = tmp_path / "scores.jsonl.parts" / "journal.jsonl"
    while not journal.exists() or not journal.stat().st_size:
        assert work.poll() is None, work.communicate()[1]
        time.sleep(0.01)
    work.send_signal(signal.SIGINT)
    _, told = work.communicate(timeout=120)
    assert (work.returncode, told) == (130, "")
    assert [file.name for file in tmp_path.iterdir()] == ["scores.jsonl.parts"]


def test_only_one_works_on_a_result(corpus: Path, tmp_path: Path, small: None) -> None:
    def another(progress: Progress) -> None:
        with pytest.raises(FramingError) as caught:
            score(Study(None), [corpus], output=tmp_path / "s.csv")
        assert caught.value.message == f"{tmp_path / 's.csv.parts'}: another framing score is at work there"

    score(Study(None), [corpus], output=tmp_path / "s.csv", tick=another)
    assert [file.name for file in tmp_path.iterdir()] == ["s.csv"]


def killed(corpus: Path, folder: Path, kills: int, seed: int, jobs: int) -> dict[str, int]:
    line = [sys.executable, "-m", "tests.scoring.stopped", *map(str, (corpus, folder, kills, seed, jobs))]
    ran = subprocess.run(line, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    told: dict[str, int] = json.loads(ran.stdout)
    return told


def test_killed_at_any_moment_it_ends_with_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    told = killed(corpus, tmp_path, kills=12, seed=1, jobs=1)
    assert (told["killed"], told["anew"]) == (12, 0)
    assert told["resumed"] > 0


@pytest.mark.prove
@pytest.mark.parametrize(("seed", "jobs", "kills"), [(2, 1, 200), (3, 2, 40)])
def test_killed_at_many_moments(corpus: Path, tmp_path: Path, seed: int, jobs: int, kills: int) -> None:
    told = killed(corpus, tmp_path, kills, seed, jobs)
    assert (told["killed"], told["anew"]) == (kills, 0)
