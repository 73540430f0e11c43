"""What the report promises of its size: under 5 MB for 500 articles of 60 units, each explained."""

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from framing.formats import read_frame, writing
from framing.resources import packaged
from framing.settings import Workspace
from framing.steps.report import report
from framing.steps.score import score
from framing.steps.study import Study

pytestmark = pytest.mark.prove

_ARTICLES, _UNITS, _LIMIT = 500, 60, 5_000_000


def enlarged(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Articles of 60 units made of scored pages, each with ids and words of its own."""
    pages = [list(units) for _, units in groupby(rows, lambda row: row["article_id"])]
    found = []
    for number in range(_ARTICLES):
        page = pages[number % len(pages)]
        for unit in range(_UNITS):
            row = page[unit % len(page)]
            words = row["text"].split()
            turned = unit // len(page) + number // len(pages)
            text = " ".join([*words[turned % len(words) :], *words[: turned % len(words)], str(number)])
            ids = {"article_id": f"{number:016x}", "unit_id": f"{number:016x}-{unit:012x}"}
            found.append(row | ids | {"text": text, "source": f"{number}.txt"})
    return found


def test_the_report_of_500_articles_stays_under_5_mb(workspace: Workspace, tmp_path: Path) -> None:
    study = Study(workspace)
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    score(study, [packaged("seeds")], output=small, explain=True)
    scored = read_frame(small)
    with writing(large, list(scored.columns)) as table:
        table.write(enlarged(scored.to_dict("records")))
    made = report(study, tmp_path / "report.html", scores=large)
    assert (made.scored_articles, made.articles_shown) == (_ARTICLES, _ARTICLES)
    # Less than a tenth would be a page without the units' texts.
    assert _LIMIT / 10 < made.file.stat().st_size < _LIMIT
