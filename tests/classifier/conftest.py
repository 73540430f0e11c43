"""A small corpus that every test of the room can learn from in a moment."""

import random

import pandas as pd
import pytest

from framing.classifier import FramingClassifier

WORDS = {
    "appeal": "please give today join sign support your paper subscribe donate now",
    "report": "the council said on monday that rain fell over the harbour and trains ran",
    "alarm": "TERROR looms as deadly wave of doom threatens YOU horror chaos panic",
}
REGION = {"appeal": "appeal", "report": "body", "alarm": "headline"}


def corpus(units: int = 120, articles: int = 12, seed: int = 1) -> pd.DataFrame:
    """Units of three values, `articles` articles of three outlets, two articles a story."""
    draw = random.Random(seed)  # noqa: S311
    rows = []
    for number in range(units):
        value = draw.choice(list(WORDS))
        article = number * articles // units
        rows.append(
            {
                "unit_id": f"u{number}",
                "article_id": f"a{article}",
                "story": f"s{article // 2}",
                "outlet": f"o{article % 3}",
                "text": " ".join(draw.choices(WORDS[value].split(), k=8)) + ".",
                "region": REGION[value],
                "region_before": "body",
                "region_after": "",
                "position": number % 10,
                "value": value,
            }
        )
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    return corpus()


@pytest.fixture(scope="session")
def fitted(table: pd.DataFrame) -> FramingClassifier:
    return FramingClassifier().fit(table, table["value"])
