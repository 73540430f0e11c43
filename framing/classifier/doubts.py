"""Which labels to look at again: what the model contradicts, and what near copies contradict."""

from collections import Counter, defaultdict
from typing import Any

import numpy as np

from framing.classifier.estimator import chosen, indicator
from framing.classifier.evaluation import same_answer
from framing.classifier.features import Floats
from framing.classifier.trial import Bench
from framing.similarity import copy_groups

#: Columns of ``doubts.csv``.
DOUBTS = (
    "unit_id", "article_id", "region", "value", "kind",
    "suggested", "p_value", "p_suggested", "copy_of", "text",
)  # fmt: skip
#: Part of the shorter unit's five-word runs that must stand in the other for the two to be near copies.
_NEAR = 0.8


def doubts(bench: Bench, proba: Floats | None) -> list[dict[str, Any]]:
    """List the labels to look at again: first what the model contradicts, then near copies.

    Parameters
    ----------
    bench : Bench
    proba : ndarray of shape (n_units, n_classes) or None
        Held-out probabilities; None where nothing could be held out.

    Returns
    -------
    list of dict
        Columns as in `DOUBTS`; see `contradictions` and `contradicting_copies`.
    """
    return [*(() if proba is None else contradictions(bench, proba)), *contradicting_copies(bench)]


def contradictions(bench: Bench, proba: Floats) -> list[dict[str, Any]]:
    """Units whose label the models that did not see them contradict most, worst first.

    Returns
    -------
    list of dict
        Columns as in `DOUBTS`, `kind` is ``model``; only units where another answer is likelier. For
        ``several`` the answer's probability is its least likely part's.
    """
    several, classes = bench.model.several, bench.model.classes_
    truth = indicator(bench.answers, classes)
    said = chosen(np.nan_to_num(proba), classes, several=several)
    of_label = np.where(truth > 0, proba, 1 - proba).min(axis=1) if several else (proba * truth).sum(axis=1)
    of_said = np.maximum(proba, 1 - proba).min(axis=1) if several else proba.max(axis=1)
    wrong = [row for row in bench.tested(proba) if not same_answer(str(said[row]), bench.answers[row])]
    return [
        _doubt(bench, row, "model", str(said[row]))
        | {"p_value": round(float(of_label[row]), 6), "p_suggested": round(float(of_said[row]), 6)}
        for row in sorted(wrong, key=lambda row: (float(of_label[row]) - float(of_said[row]), row))
    ]


def contradicting_copies(bench: Bench) -> list[dict[str, Any]]:
    """Units whose text stands in the same region elsewhere, or nearly, with another answer.

    Returns
    -------
    list of dict
        Columns as in `DOUBTS`, `kind` is ``copy``: every unit of a group whose answers differ, in the
        order of the units. `suggested` is the commonest of the other answers in the group, `copy_of`
        the first unit that has it; there are no probabilities.

    Notes
    -----
    Near copies share 80 % of the shorter text's five-word runs; texts of fewer words must be equal
    but for case. The same words in another region (a headline among related links) may well be
    another thing and are not compared.
    """
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    texts = [str(text).casefold() for text in bench.gold["text"]]
    number = {text: index for index, text in enumerate(dict.fromkeys(texts))}
    alike = copy_groups(list(number), share=_NEAR)
    for row, (region, text) in enumerate(zip(bench.gold["region"], texts, strict=True)):
        groups[str(region), alike[number[text]]].append(row)
    found = []
    for rows in groups.values():
        for row in rows:
            others = [other for other in rows if not same_answer(bench.answers[row], bench.answers[other])]
            if others:
                suggested, _ = Counter(bench.answers[other] for other in others).most_common(1)[0]
                first = next(other for other in others if bench.answers[other] == suggested)
                like = bench.gold["unit_id"].iloc[first]
                found.append((row, _doubt(bench, row, "copy", suggested) | {"copy_of": like}))
    return [doubt for _, doubt in sorted(found, key=lambda item: item[0])]


def _doubt(bench: Bench, row: int, kind: str, suggested: str) -> dict[str, Any]:
    told = {name: bench.gold[name].iloc[row] for name in ("unit_id", "article_id", "region", "value", "text")}
    return told | {"kind": kind, "suggested": suggested}
