"""A small study, and what is exported of it."""

import csv
import random
from pathlib import Path

import pytest

from framing.settings import Workspace
from framing.steps.export import export
from framing.steps.init import init
from framing.steps.score import score
from framing.steps.split import split
from framing.steps.study import Study
from framing.steps.train import train

WORDS = {
    "calm": "rain fell over the harbour while trains ran and council met someday".split(),
    "loud": "terror looms as deadly doom threatens you in chaos and panic now".split(),
}
BOOK = """title: Tone
variables:
  - name: tone
    values:
      - {name: calm, definition: Quiet., examples: ["Nothing in particular happened."]}
      - {name: loud, definition: Not quiet.}
"""


def fill_pages(folder: Path) -> None:
    draw = random.Random(3)  # noqa: S311
    meta = ["file,outlet,published,title,story,author"]
    for number in range(12):
        lines = []
        for _ in range(5):
            words = draw.choices(WORDS[draw.choice(list(WORDS))], k=8)
            lines.append(" ".join(words).capitalize() + ".")
        (folder / f"p{number}.txt").write_text("\n\n".join(lines) + "\n", encoding="utf-8", newline="")
        day = f"2024-0{1 + number % 3}-11"
        meta.append(
            f"p{number}.txt,Outlet {number % 2},{day},Secret Heading {number},s{number // 2},Jo Writer"
        )
    (folder / "metadata.csv").write_text("\n".join(meta) + "\n", encoding="utf-8")


def fill_labels(study: Study, file: Path) -> None:
    draw = random.Random(5)  # noqa: S311
    with file.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        names = "round unit_id article_id source start end variable value coder current made_at seconds note"
        names += " sampling probability region text before after outlet title published story"
        rows.writerow(names.split())
        for unit in split([study.needed.seeds]):
            loud = sum(word.strip(".").lower() in WORDS["loud"] for word in unit.text.split())
            # A fifth is coded against the words, so that the model has something to doubt.
            value = "loud" if (loud > 4) != (draw.random() < 0.2) else "calm"
            for coder in ("ada@example.org", "ben"):
                said = {"calm": "loud", "loud": "calm"}[value] if draw.random() < 0.1 else value
                rows.writerow(
                    ["main", unit.unit_id, unit.article_id, unit.source, unit.start, unit.end, "tone", said, coder,
                     "true", "2024-05-01T10:00:00Z", draw.randint(2, 30), "A remark of mine", "random", 0.5,
                     unit.region, unit.text, "Before it", "After it", unit.outlet, unit.title, unit.published,
                     unit.story]
                )  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    root = tmp_path_factory.mktemp("workspace")
    init(root)
    (root / "config" / "codebook.yaml").write_text(BOOK, encoding="utf-8")
    found = Study(Workspace(root))
    fill_pages(root / "seeds")
    fill_labels(found, root / "labels" / "main.csv")
    trained = train(found)
    assert trained.evaluation is not None
    (root / "scores").mkdir()
    score(
        found,
        [root / "seeds"],
        output=root / "scores" / "units.csv",
        articles=root / "scores" / "articles.csv",
        explain=True,
    )
    (root / "scores" / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def whole(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studies") / "whole"
    done = export(study, folder)
    assert done.not_made == {}
    assert done.coders_renamed == 1
    assert done.left_out == ["scores/other.csv: neither scores of units nor of articles"]
    return folder


@pytest.fixture(scope="module")
def bare(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studies") / "bare"
    export(study, folder, texts=False)
    return folder
