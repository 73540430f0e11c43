"""Articles with their units in few bytes, for the page's own script."""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

#: A probability is written as a whole number of thousandths.
_THOUSANDTHS = 1000


def packed(values: Sequence[str], articles: Sequence[Mapping[str, Any]]) -> str:
    """Pack articles for the page's script, which shows them as text only.

    Parameters
    ----------
    values : sequence of str
        The model's values.
    articles : sequence of mapping
        Each with ``units``: mappings with ``text region paragraph label proba explanation gold
        learnt``; `label` is a predicted answer, `proba` has a number from 0 to 1 for each value (None:
        not known), `gold` is None where there is none.

    Returns
    -------
    str
        Base64 of zlib of JSON: no character in it can end the element that it stands in. The same
        articles give the same text.
    """
    regions = sorted({str(unit["region"]) for article in articles for unit in article["units"]})
    data = {
        "regions": regions,
        "articles": [_article(article["units"], list(values), regions) for article in articles],
    }
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("utf-8", "replace"), 9)).decode("ascii")


def _article(
    units: Sequence[Mapping[str, Any]], values: list[str], regions: list[str]
) -> dict[str, list[Any] | dict[int, Any]]:
    """One list for each field: alike things side by side pack better."""
    return {
        "text": [unit["text"] for unit in units],
        "label": [_places(unit["label"], values) for unit in units],
        "p": [_rounded(unit["proba"]) for unit in units],
        "region": [regions.index(unit["region"]) for unit in units],
        "line": [unit["paragraph"] for unit in units],
        "why": [unit["explanation"] for unit in units],
        "gold": {n: unit["gold"] for n, unit in enumerate(units) if unit["gold"] is not None},
        "learnt": [n for n, unit in enumerate(units) if unit["learnt"]],
    }


def _places(answer: str, values: list[str]) -> list[int]:
    return [values.index(value) for value in answer.split("|") if value in values]


def _rounded(proba: Sequence[float | None]) -> list[int | None]:
    return [None if p is None else round(p * _THOUSANDTHS) for p in proba]
