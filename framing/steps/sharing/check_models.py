"""A model's card and figures against its held-out predictions."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.formats import read_frame
from framing.steps.sharing.check_scores import unlike
from framing.steps.sharing.comparing import Counted, same_data, same_lines
from framing.steps.sharing.exported import Mismatch, rounded
from framing.steps.study import Study

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from framing.classifier import Model

#: Held-out probabilities have six decimals: means of them are this close to those of the unrounded ones.
_ONE = 1.01e-6
_BINS = 10
_CALIBRATION = ("ece", "reliability")
_TRAINED = ("random_folds", "outlets_left_out", "text_only", "learning_curve", "baselines.region_only")


def check_models(study: Study, counted: Counted) -> Iterator[Mismatch]:
    """Compute again what the held-out predictions decide, for each model of a study."""
    from framing.labels import read_labels

    labels = read_labels(study.label_paths([]), study.codebook)
    outlets = dict(zip(labels["unit_id"], labels["outlet"], strict=True))
    for folder in sorted(path for path in study.needed.models.glob("*") if path.is_dir()):
        for file, place, found, expected in _check_model(folder, outlets, counted):
            yield Mismatch(f"models/{folder.name}/{file}", place, found, expected)


Found = Iterator[tuple[str, str, str, str]]


def _check_model(folder: Path, outlets: Mapping[str, str], counted: Counted) -> Found:
    from framing.classifier import load_model
    from framing.classifier.card import card
    from framing.errors import ModelError

    try:
        model = load_model(folder)
    except ModelError as error:
        yield "model.json", "", error.message.replace(f"{folder}", folder.name), "a sound model"
        return
    if not (folder / "metrics.json").is_file() or not (folder / "training.csv").is_file():
        counted.not_checked.append(f"models/{folder.name}: it came without metrics or training units")
        return
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    text = (folder / "card.md").read_text(encoding="utf-8")
    for item in same_lines("card.md", text, card(metrics)):
        yield item.file, item.place, item.found, item.expected
    training = read_frame(folder / "training.csv")
    yield from _figures(model, metrics, training.assign(outlet=training["unit_id"].map(outlets)), counted)
    yield from _rows(model, training, counted)
    yield from _doubts(model, training, folder, counted)
    rest = f"{', '.join(_TRAINED)}, largest_weights: they need training anew"
    counted.not_checked.append(f"models/{folder.name}/metrics.json: {rest}")


def _figures(model: "Model", metrics: dict[str, Any], training: "pd.DataFrame", counted: Counted) -> Found:
    """Compare the fields that follow from ``training.csv``; calibration to the decimals that it has."""
    expected = rounded(_recomputed(model, training))
    here = rounded({name: _at(metrics, name) for name in expected})
    parts = [here, expected]
    if all(isinstance(part["evaluation"], dict) for part in parts):
        loose = [{name: part["evaluation"].pop(name, None) for name in _CALIBRATION} for part in parts]
        if _at_an_edge(model, training):
            counted.not_checked.append(
                f"models/{model.name}/metrics.json: ece: a probability at a bin's edge"
            )
        else:
            for item in same_data(loose[0], loose[1], counted, "evaluation", _ONE):
                yield "metrics.json", *item
    for name in ("by_region", "by_outlet"):
        for row in here.get(name) or []:
            row.pop("note", None)
    for item in same_data(here, expected, counted):
        yield "metrics.json", *item


def _at_an_edge(model: "Model", training: "pd.DataFrame") -> bool:
    """Whether rounding can have moved a probability into another bin of the reliability diagram."""
    import numpy as np

    proba = _proba(model, _tested(model, training)) * _BINS
    edges = proba.round()
    near = np.abs(proba - edges) < _ONE * _BINS
    return bool((near & (edges > 0) & (edges < _BINS)).any())


def _at(metrics: dict[str, Any], name: str) -> Any:
    found: Any = metrics
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _recomputed(model: "Model", training: "pd.DataFrame") -> dict[str, Any]:
    """The fields of ``metrics.json`` that follow from ``training.csv``."""
    values = [str(value) for value in training["value"]]
    told: dict[str, Any] = {
        "model": model.id,
        "variable": model.variable,
        "units": len(training),
        "articles": int(training["article_id"].nunique()),
        "by_value": {v: sum(v in answer.split("|") for answer in values) for v in model.values},
        "gates": model.description.get("gates", []),
        "evaluation": None,
    }
    if "label" not in training.columns:
        return told
    tested = _tested(model, training)
    told |= {
        "evaluation": _evaluation(model, tested),
        "by_region": _parts(tested, "region"),
        "baselines.majority": _majority(tested),
    }
    return told | ({} if tested["outlet"].isna().any() else {"by_outlet": _parts(tested, "outlet")})


def _tested(model: "Model", training: "pd.DataFrame") -> "pd.DataFrame":
    return training[training[f"p_{model.values[0]}"] != ""]


def _classes(model: "Model") -> list[str]:
    return [str(name) for name in model.estimator.classes_]


def _proba(model: "Model", tested: "pd.DataFrame") -> "np.ndarray[Any, Any]":
    return tested[[f"p_{name}" for name in _classes(model)]].astype(float).to_numpy()


def _articles(tested: "pd.DataFrame") -> list[str]:
    return [a or u for a, u in zip(tested["article_id"], tested["unit_id"], strict=True)]


def _evaluation(model: "Model", tested: "pd.DataFrame") -> dict[str, Any]:
    from framing.classifier.evaluation import evaluate

    found = evaluate(
        [str(value) for value in tested["value"]],
        _proba(model, tested),
        _classes(model),
        articles=_articles(tested),
        several=model.estimator.several,
        seed=int(model.description["seed"]),
    )
    return asdict(found)


def _short(tested: "pd.DataFrame") -> dict[str, Any]:
    import numpy as np

    from framing.classifier.evaluation import Counts

    gold, said = [str(x) for x in tested["value"]], [str(x) for x in tested["label"]]
    names = sorted({v for answer in [*gold, *said] for v in answer.split("|") if v})
    counts = Counts.of(gold, said, names, _articles(tested))
    _, macro, accuracy = counts.figures(np.ones((1, len(counts.units))))
    return {"units": len(tested), "macro_f1": float(macro[0]), "accuracy": float(accuracy[0])}


def _parts(tested: "pd.DataFrame", column: str) -> list[dict[str, Any]]:
    return [{column: str(name)} | _short(part) for name, part in tested.groupby(column, sort=True)]


def _majority(tested: "pd.DataFrame") -> dict[str, Any]:
    answers = [str(value) for value in tested["value"]]
    commonest = max(sorted(set(answers)), key=answers.count)
    return _short(tested.assign(label=commonest)) | {"value": commonest}


def _rows(model: "Model", training: "pd.DataFrame", counted: Counted) -> Found:
    """Whether each held-out prediction is one: sums to one, and its label is the likeliest."""
    if "label" not in training.columns:
        return
    tested = _tested(model, training)
    proba = tested[[f"p_{name}" for name in model.values]].astype(float).to_numpy()
    counted.figures += proba.size
    for row, place, found, expected in unlike(
        proba, [str(x) for x in tested["label"]], model.values, several=model.estimator.several
    ):
        yield "training.csv", f"row {int(tested.index[row]) + 2}, {place}", found, expected


def _doubts(model: "Model", training: "pd.DataFrame", folder: Path, counted: Counted) -> Found:
    """The doubtful labels are those whose held-out prediction is another one."""
    if "label" not in training.columns or not (folder / "doubts.csv").is_file():
        return
    from framing.classifier.evaluation import same_answer

    tested = _tested(model, training).set_index("unit_id")
    wrong = {
        str(unit)
        for unit, value, label in zip(tested.index, tested["value"], tested["label"], strict=True)
        if not same_answer(str(label), str(value))
    }
    doubts = read_frame(folder / "doubts.csv")
    if "kind" in doubts.columns:
        doubts = doubts[doubts["kind"] == "model"]  # they come first; near copies follow from texts
    counted.figures += doubts.size
    for unit in sorted(wrong ^ set(doubts["unit_id"])):
        found, expected = ("no row", "one") if unit in wrong else ("a row", "none")
        yield "doubts.csv", f"unit {unit}", found, f"{expected}, by training.csv"
    for number, row in enumerate(doubts.to_dict("records"), 2):
        if row["unit_id"] in wrong:
            yield from _doubt(model, tested.loc[row["unit_id"]], row, number)


def _doubt(model: "Model", unit: "pd.Series[Any]", row: Any, number: int) -> Found:
    told = {name: str(unit[name]) for name in ("article_id", "region", "value")}
    told["suggested"] = str(unit["label"])
    for name, expected in told.items():
        if row[name] != expected:
            yield "doubts.csv", f"row {number}, column {name}", repr(row[name]), repr(expected)
    for column, answer in (("p_value", told["value"]), ("p_suggested", told["suggested"])):
        wanted = _probability(model, unit, answer)
        if abs(float(row[column]) - wanted) > _ONE:
            yield "doubts.csv", f"row {number}, column {column}", row[column], f"{wanted:.6f}"


def _probability(model: "Model", unit: "pd.Series[Any]", answer: str) -> float:
    """Of an answer; for several values, of its least likely part."""
    if not model.estimator.several:
        return float(unit[f"p_{answer}"])
    held = set(answer.split("|"))
    parts = [float(unit[f"p_{name}"]) for name in _classes(model)]
    return min(p if name in held else 1 - p for name, p in zip(_classes(model), parts, strict=True))
