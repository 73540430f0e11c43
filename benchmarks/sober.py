"""What the shipped model takes for alarm and for appeals where there should be few.

    python benchmarks/sober.py DATA

DATA is a folder with `stopclickbait`, `babe`, `checkthat2025_en` and `newssd_eng`. The headlines are 16,001
of newspapers and Wikinews (Chakraborty et al. 2016, the half that is no clickbait); nobody has coded them
by the codebook, but a share of alarm far above a few percent is the model's error. The sentences are from
running news text, much of it opinion; few ask the reader for anything. `tests/gate/lines.csv`, written for
this and never learnt from, tells what is lost on the other side.
"""

import argparse
import gzip
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from framing.classifier import Model
from framing.steps.models import find_model
from framing.steps.study import Study

#: Where a line is put: region, the regions around it, and its number on the page.
PLACES = {
    "headline": {
        "region": "headline", "region_before": "furniture", "region_after": "standfirst", "position": 4
    },
    "related": {"region": "related", "region_before": "related", "region_after": "related", "position": 40},
    "body": {"region": "body", "region_before": "body", "region_after": "body", "position": 20},
}  # fmt: skip
LINES = Path(__file__).parents[1] / "tests" / "gate" / "lines.csv"


def headlines(data: Path) -> list[str]:
    with gzip.open(data / "stopclickbait" / "non_clickbait_data.gz", "rt", encoding="utf-8") as stream:
        return [line.strip() for line in stream if line.strip()]


def sentences(data: Path) -> list[str]:
    found = pd.read_csv(data / "babe" / "final_labels_SG2.csv", sep=";", encoding="utf-8-sig")[
        "text"
    ].tolist()
    for file in sorted((data / "checkthat2025_en").glob("*.tsv")):
        found += pd.read_csv(file, sep="\t", quoting=3)["sentence"].tolist()
    for file in sorted((data / "newssd_eng").glob("*.csv")):
        found += pd.read_csv(file)["Sentence"].tolist()
    return list(map(str, found))


def answers(model: Model, texts: list[str], place: str) -> "pd.Series[str]":
    """The likeliest value of each text, at a place or, for ``text alone``, at none."""
    given = pd.DataFrame({"text": texts, **PLACES[place]}) if place in PLACES else texts
    return pd.Series(np.array(model.values)[model.predict_proba(given).argmax(axis=1)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    if not (data / "stopclickbait").is_dir():
        print(f"no stopclickbait in {data}", file=sys.stderr)
        return 2
    model = find_model(Study(None))
    lines = pd.read_csv(LINES)
    for title, texts, value, places in (
        ("headlines", headlines(data), "alarmist_headline", ("headline", "related", "text alone")),
        ("sentences", sentences(data), "advocacy_appeal", ("body", "text alone")),
    ):
        for place in places:
            share = (answers(model, texts, place) == value).mean()
            print(f"{len(texts):6,} outside {title} as {place:10}  {value} {share:.3f}")
    for kind, own in lines.groupby("place"):
        right = answers(model, own["text"].tolist(), str(kind)).to_numpy() == own["value"].to_numpy()
        for value, part in pd.Series(right).groupby(own["value"].to_numpy()):
            print(f"{len(part):6} own lines as {kind:8}  {value:17} right {part.mean():.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
