"""Take real pages through split, push, answers by API, pull, train and score; print what came out.

Usage: python tools/real_pages.py DATA WORKSPACE

DATA holds `seeds/` (pages) and `seeds_gold/` (their coding); WORKSPACE is made and holds an embedded
Label Studio for as long as this runs.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from framing.labelstudio.connection import ONCE
from framing.labelstudio.importing import stored_tasks
from framing.steps.init import init
from framing.steps.pull import pull
from framing.steps.push import push
from framing.steps.score import score
from framing.steps.split import split
from framing.steps.studio import connect, start, stop
from framing.steps.study import Study
from framing.steps.train import train


def gold_spans(data: Path) -> dict[tuple[str, int, int], str]:
    """Read the coding: page name, start and end to value."""
    found = {}
    for file in sorted((data / "seeds_gold").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found[(f"{file.stem}.txt", row["start"], row["end"])] = row["label"]
    return found


def answer(study: Study, project: int, gold: dict[tuple[str, int, int], str], pages: Path) -> int:
    """Give each unit that the gold has its value, one request each, as a coder's client would."""
    tasks = {item.unit: item.task for item in stored_tasks(connect(study), project)}
    sent = 0
    with connect(study).speaking() as client:
        for unit in split([pages]):
            value = gold.get((unit.source, unit.start, unit.end))
            if value is None:
                continue
            result: list[dict[str, Any]] = [
                {"from_name": "frame", "to_name": "unit", "type": "choices", "value": {"choices": [value]}}
            ]
            client.annotations.create(id=tasks[unit.unit_id], result=result, request_options=ONCE)
            sent += 1
    return sent


def run(data: Path, folder: Path) -> dict[str, Any]:
    """Do all of it; gives counts and figures."""
    init(folder)
    study = Study.find(folder)
    pages = data / "seeds"
    gold = gold_spans(data)
    start(study, port=0)
    try:
        pushed = push(study, [pages])
        again = push(study, [pages])
        sent = answer(study, pushed.project or 0, gold, pages)
        pulled = pull(study)
        trained = train(study)
        scored = score(study, [pages], output=folder / "scores" / "units.csv")
    finally:
        stop(study)
    regions = Counter(unit.region for unit in split([pages]))
    return {
        "pages": pushed.articles,
        "units": pushed.units,
        "regions": dict(sorted(regions.items())),
        "new in a second push": again.new,
        "gold units": len(gold),
        "gold units found exactly": sent,
        "answers pulled": pulled.rows,
        "trained on": trained.units,
        "held out": trained.held_out,
        "macro-F1 held out": round(trained.evaluation.macro_f1, 3) if trained.evaluation else None,
        "scored": scored.units,
        "predicted": dict(sorted(scored.by_label.items())),
    }


if __name__ == "__main__":
    for name, value in run(Path(sys.argv[1]), Path(sys.argv[2])).items():
        sys.stdout.write(f"{name}: {value}\n")
