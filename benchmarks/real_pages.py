"""The shipped model on real pages that were unitised and coded by hand.

Usage: python benchmarks/real_pages.py DATA

DATA holds `seeds/` (pages) and `seeds_gold/` (their units with regions and labels). Three ways to score
the same units: with the gold's regions, by their text alone, and with units and regions from the
splitter itself; beside them the commonest starter label of each region. Prints macro-F1, F1 of alarm
among what a headline reader sees first, and precision and recall of each value. `tests/gate` holds
floors of the same figures.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

from framing.classifier import Model, load_model
from framing.pages import split_article
from framing.records import Article
from framing.resources import packaged
from framing.steps.models import SHIPPED

#: What a headline reader sees first; alarm is told from everything else among them.
HEADLINES = {"headline", "standfirst", "subhead", "related"}
ALARM = "alarmist_headline"


def gold_units(data: Path) -> list[dict[str, Any]]:
    """Gold of the pages, with the neighbours' regions."""
    rows = []
    for file in sorted((data / "seeds_gold").glob("*.jsonl")):
        page = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
        for index, row in enumerate(page):
            rows.append(
                {
                    "page": file.stem,
                    "text": row["text"],
                    "start": row["start"],
                    "end": row["end"],
                    "region": row["region"],
                    "region_before": page[index - 1]["region"] if index else "",
                    "region_after": page[index + 1]["region"] if index + 1 < len(page) else "",
                    "position": index,
                    "label": row["label"],
                }
            )
    return rows


def answers(model: Model, units: Any) -> list[str]:
    return [model.values[index] for index in model.predict_proba(units).argmax(axis=1)]


def split_answers(model: Model, gold: pd.DataFrame, data: Path) -> list[str]:
    """The answer on the splitter's unit that shares most with each gold unit."""
    told = []
    for page, rows in gold.groupby("page", sort=False):
        with (data / "seeds" / f"{page}.txt").open(encoding="utf-8", newline="") as stream:
            units = list(split_article(Article(source=str(page), text=stream.read())))
        said = answers(model, units)
        for start, end in zip(rows["start"], rows["end"], strict=True):
            shared = [min(unit.end, end) - max(unit.start, start) for unit in units]
            told.append(said[int(np.argmax(shared))])
    return told


def region_only(gold: pd.DataFrame) -> list[str]:
    """The commonest starter label of each region: what can be known without reading."""
    starter = pd.read_csv(packaged("labels") / "starter.csv", keep_default_na=False, dtype=str)
    first = starter[starter["coder"] == "coder-a"]
    commonest = first.groupby("region")["value"].agg(lambda values: values.mode()[0]).to_dict()
    return [commonest.get(region, "neutral_report") for region in gold["region"]]


def macro(gold: pd.DataFrame, said: list[str]) -> float:
    return float(f1_score(gold["label"], said, average="macro", labels=sorted(set(gold["label"]))))


def alarm(gold: pd.DataFrame, said: list[str]) -> float:
    rows = gold["region"].isin(HEADLINES).to_numpy()
    truth = gold["label"].to_numpy()[rows] == ALARM
    return float(f1_score(truth, np.array(said)[rows] == ALARM))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    given = parser.parse_args()
    model, gold = load_model(SHIPPED), pd.DataFrame(gold_units(given.data))
    ways = {
        "regions from the splitter": split_answers(model, gold, given.data),
        "regions from the gold": answers(model, gold),
        "text alone": answers(model, gold["text"].tolist()),
        "region only, no reading": region_only(gold),
    }
    print(f"{len(gold)} units of {gold['page'].nunique()} pages\n{'':28}macro-F1  accuracy  F1 of alarm")
    for name, said in ways.items():
        right = accuracy_score(gold["label"], said)
        print(f"{name:28}{macro(gold, said):8.3f}  {right:8.3f}  {alarm(gold, said):.3f}")
    values, said = sorted(set(gold["label"])), ways["regions from the splitter"]
    told = precision_recall_fscore_support(gold["label"], said, labels=values, zero_division=0)
    print(f"\nregions from the splitter\n{'value':20}units  precision  recall     F1")
    for value, precision, recall, f1, units in zip(values, *told, strict=True):
        print(f"{value:20}{units:5}  {precision:9.3f}  {recall:6.3f}  {f1:5.3f}")


if __name__ == "__main__":
    main()
