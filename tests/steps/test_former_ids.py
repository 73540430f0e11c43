"""A study made when ids had no letter: its labels, model, scores and export under the ids of today."""

import csv
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from framing.errors import TableError
from framing.formats import read_frame
from framing.settings import Workspace
from framing.steps.check import check
from framing.steps.compare import compare
from framing.steps.evaluate import evaluate
from framing.steps.export import export
from framing.steps.gold import gold
from framing.steps.init import init
from framing.steps.prevalence import prevalence
from framing.steps.reliability import reliability
from framing.steps.restore import restore
from framing.steps.score import score
from framing.steps.split import split
from framing.steps.stale import stale_labels
from framing.steps.stats import stats
from framing.steps.study import Study
from framing.steps.train import train
from tests.former import FORMER, NAMES, as_in_0_1_0
from tests.steps.conftest import BOOK, fill_labels, fill_pages


def fill_former_pages(folder: Path) -> None:
    """The pages of `fill_pages` under names whose ids were like numbers, as far as there are such."""
    fill_pages(folder)
    names = {f"p{number}.txt": f"new-{name}" for number, name in enumerate(NAMES)}
    for before, name in names.items():
        (folder / before).rename(folder / name)
    facts = (folder / "metadata.csv").read_text(encoding="utf-8").splitlines()
    for place, line in enumerate(facts):
        name, _, rest = line.partition(",")
        facts[place] = f"{names.get(name, name).removeprefix('new-')},{rest}"
    (folder / "metadata.csv").write_text("\n".join(facts) + "\n", encoding="utf-8")
    for name in names.values():
        (folder / name).rename(folder / name.removeprefix("new-"))


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study as 0.1.0 would have left it, and its exports, with text and without."""
    root = tmp_path_factory.mktemp("before")
    study = Study(Workspace(root / "study"))
    init(study.needed.root)
    study.needed.codebook.write_text(BOOK, encoding="utf-8")
    with as_in_0_1_0():
        fill_former_pages(study.needed.seeds)
        fill_labels(study, study.needed.labels / "main.csv")
        train(study)
        study.needed.scores.mkdir()
        scores, sums = study.needed.scores / "units.csv", study.needed.scores / "articles.csv"
        score(study, [study.needed.seeds], output=scores, articles=sums)
        export(study, root / "whole")
        export(study, root / "bare", texts=False)
    for file in ("study/labels/main.csv", "study/models/tone/training.csv", "bare/scores/units.csv"):
        text = (root / file).read_text(encoding="utf-8")
        assert all(f"{name}-" in text and f"u{name}" not in text for name in FORMER.values()), file
    return root


@pytest.fixture
def study(before: Path, tmp_path: Path) -> Study:
    shutil.copytree(before / "study", tmp_path / "study")
    return Study(Workspace(tmp_path / "study"))


def ids_in(file: Path) -> set[str]:
    return set(read_frame(file)["unit_id"])


def test_an_export_of_before_agrees_with_what_is_computed_today(before: Path) -> None:
    found = check(before / "whole")
    assert found.mismatches == []
    assert found.figures > 1000


def test_an_export_of_before_gets_its_text_back(before: Path, tmp_path: Path) -> None:
    done = restore(before / "bare", [before / "study" / "seeds"], tmp_path / "out")
    assert (done.restored, done.units) == (60, 60)
    written = (tmp_path / "out" / "labels" / "main.csv").read_text(encoding="utf-8")
    assert all(f"u{name}-" in written for name in FORMER.values())


def answer_twice(file: Path) -> None:
    """Ben answers all again, some otherwise; nobody knows of articles."""
    with file.open(newline="", encoding="utf-8") as stream:
        rows = [row | {"article_id": ""} for row in csv.DictReader(stream)]
    again = [
        row | {"round": "again", "made_at": "2024-06-01T10:00:00Z"} for row in rows if row["coder"] == "ben"
    ]
    for row in again[::4]:
        row["value"] = {"calm": "loud", "loud": "calm"}[row["value"]]
    with file.open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, list(rows[0]))
        table.writeheader()
        table.writerows(rows + again)


def test_figures_are_those_of_before(study: Study) -> None:
    answer_twice(study.needed.labels / "main.csv")

    def figures() -> str:
        scores = study.needed.scores / "units.csv"
        made = [reliability(study), stats(study), prevalence(study, scores, by="outlet")]
        return json.dumps([asdict(found) for found in made])

    with as_in_0_1_0():
        before = figures()
    now = figures()
    assert now != before
    for name in FORMER.values():
        now = now.replace(f"u{name}", name)
    assert now == before


def test_labels_of_before_are_on_the_units_of_today(study: Study, tmp_path: Path) -> None:
    units = {unit.unit_id for unit in split([study.needed.seeds])}
    gold(study, output=tmp_path / "gold.csv")
    assert ids_in(tmp_path / "gold.csv") == units
    assert stale_labels(study.needed.labels, split([study.needed.seeds])) == []
    kept = study.needed.labels / "gold.csv"
    gone = f"{FORMER['p27.txt']}-0123456789ab"
    kept.write_text(f"unit_id,article_id,variable,value\n{gone},{FORMER['p27.txt']},tone,calm\n", "utf-8")
    assert [item.unit_id for item in stale_labels(kept.parent, split([study.needed.seeds]))] == [f"u{gone}"]


def test_a_model_of_before_knows_what_it_learnt_from(study: Study) -> None:
    labels = study.needed.labels / "main.csv"
    with pytest.raises(TableError, match="was trained on all"):
        evaluate(study, "tone", [labels])
    held = ids_in(study.needed.models / "tone" / "training.csv")
    score(study, [study.needed.seeds], output=study.needed.scores / "now.csv")
    scored = ids_in(study.needed.scores / "now.csv")
    assert held < scored == ids_in(study.needed.scores / "units.csv")
    assert f"u{FORMER['p16138.txt']}" in (study.needed.scores / "now.csv").read_text(encoding="utf-8")
    again = train(study)
    assert again.further["baselines"]["last_model"]["units"] == len(held)


def test_stories_of_before_are_those_of_today(study: Study) -> None:
    pages = [study.needed.seeds]
    with as_in_0_1_0():
        compare(study, pages, study.needed.root / "old")
    compare(study, pages, study.needed.root / "new")
    old, new = (read_frame(study.needed.root / name / "articles.csv") for name in ("old", "new"))
    assert old.equals(new)
    written = (study.needed.root / "old" / "articles.csv").read_text(encoding="utf-8")
    assert FORMER["p27.txt"] in written and "u" + FORMER["p27.txt"] not in written
