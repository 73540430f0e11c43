"""SCORES against their model and the articles' sums against SCORES."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from framing.formats import read_frame
from framing.records import UNIT_COLUMNS, Unit
from framing.scoring.table import article_rows, score_units
from framing.steps.sharing.comparing import Counted
from framing.steps.sharing.exported import Mismatch, is_articles, is_scores
from framing.steps.study import Study

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from framing.classifier import Model

#: Probabilities have six decimals.
_HALF, _ONE = 0.5e-6, 1.01e-6
_WHOLE = ("start", "end", "paragraph", "position")


def check_scores(study: Study, counted: Counted) -> Iterator[Mismatch]:
    """Check each table in ``scores/``: rows by themselves, by the model where texts are there, and sums."""
    tables = {path: read_frame(path) for path in sorted(study.needed.scores.glob("*.csv"))}
    models = dict(_models(study))
    sums: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    for path, frame in tables.items():
        if not is_scores(list(frame.columns)):
            continue
        name = f"scores/{path.name}"
        model = models.get(str(frame["model"].iloc[0])) if len(frame) else None
        if model is None:
            counted.not_checked.append(f"{name}: its model is not in the study")
            continue
        yield from _units(name, frame, model, counted)
        sums[name] = {
            (str(r["article_id"]), str(r["model"])): r for r in article_rows(model, _records(frame))
        }
    for path, frame in tables.items():
        if is_articles(list(frame.columns)):
            yield from _sums(f"scores/{path.name}", frame, list(sums.values()), counted)


def _models(study: Study) -> Iterator[tuple[str, "Model"]]:
    from framing.classifier import load_model
    from framing.errors import ModelError

    for folder in sorted(path for path in study.needed.models.glob("*") if path.is_dir()):
        try:
            model = load_model(folder)
        except ModelError:
            continue  # told where the models are checked
        yield model.id, model


def _records(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    numbers = [name for name in frame.columns if name.startswith("p_")]
    records = frame.assign(**{name: frame[name].astype(float) for name in numbers}).to_dict("records")
    return [{str(k): v for k, v in row.items()} for row in records]


def _units(name: str, frame: "pd.DataFrame", model: "Model", counted: Counted) -> Iterator[Mismatch]:
    proba = frame[[f"p_{value}" for value in model.values]].astype(float).to_numpy()
    counted.figures += proba.size
    labels = [str(label) for label in frame["label"]]
    several = model.estimator.several
    for row, place, found, expected in unlike(proba, labels, model.values, several=several):
        yield Mismatch(name, f"row {row + 2}, {place}", found, expected)
    sure = _confidence(proba, several=several)
    for row, (told, wanted) in enumerate(zip(frame["confidence"].astype(float), sure, strict=True)):
        if abs(told - wanted) > _ONE:
            yield Mismatch(name, f"row {row + 2}, column confidence", f"{told:.6f}", f"{wanted:.6f}")
    texts = [bool(text) for text in frame["text"]]
    if not any(texts):
        counted.not_checked.append(f"{name}: the probabilities: they need the texts (framing restore)")
        return
    again = score_units(model, [_unit(row) for row in frame.to_dict("records")])
    fresh = [[row[f"p_{value}"] for value in model.values] for row in again]
    for row, (here, wanted) in enumerate(zip(proba, fresh, strict=True)):
        if not texts[row]:
            continue
        for value, one, other in zip(model.values, here, wanted, strict=True):
            if abs(one - other) > _ONE:
                yield Mismatch(name, f"row {row + 2}, column p_{value}", f"{one:.6f}", f"{other:.6f}")


def _unit(row: Any) -> Unit:
    fields: dict[str, Any] = {name: row.get(name, "") for name in UNIT_COLUMNS}
    fields |= {name: int(fields[name] or 0) for name in _WHOLE}
    return Unit(**fields | {"reply_depth": None})


def _confidence(proba: "np.ndarray[Any, Any]", *, several: bool) -> "np.ndarray[Any, Any]":
    import numpy as np

    if several:
        return np.maximum(proba, 1 - proba).min(axis=1)  # type: ignore[no-any-return]
    return proba.max(axis=1)  # type: ignore[no-any-return]


def unlike(
    proba: "np.ndarray[Any, Any]", labels: Sequence[str], values: Sequence[str], *, several: bool
) -> Iterator[tuple[int, str, str, str]]:
    """Find predictions that contradict themselves; gives row, place, found and expected.

    Parameters
    ----------
    proba : ndarray of shape (n_units, n_values)
        With six decimals.
    labels : sequence of str, length n_units
    values : sequence of str
    several : bool
        False: probabilities sum to one and the label is the likeliest value; True: the label holds
        the values above a half.
    """
    for row, (parts, label) in enumerate(zip(proba.tolist(), labels, strict=True)):
        held = set(label.split("|")) - {""}
        for name in sorted(held - set(values)):
            yield row, "column label", repr(name), f"one of {' '.join(values)}"
        for value, p in zip(values, parts, strict=True):
            if not 0 <= p <= 1:
                yield row, f"column p_{value}", repr(p), "0 to 1"
            if several and abs(p - 0.5) > _ONE and (p > 0.5) != (value in held):
                yield row, "column label", repr(label), f"{value} {'in' if p > 0.5 else 'not in'} it (p {p})"
        if several:
            continue
        if abs(sum(parts) - 1) > len(values) * _HALF + _ONE:
            yield row, f"columns p_{values[0]} …", f"a sum of {sum(parts):.6f}", "1"
        top = max(range(len(parts)), key=parts.__getitem__)
        if label in values and parts[top] - parts[list(values).index(label)] > _ONE:
            yield row, "column label", repr(label), repr(values[top])


def _sums(
    name: str,
    frame: "pd.DataFrame",
    tables: Sequence[dict[tuple[str, str], dict[str, Any]]],
    counted: Counted,
) -> Iterator[Mismatch]:
    keys = list(zip(frame["article_id"], frame["model"], strict=True))
    mine = max(tables, key=lambda table: sum(key in table for key in keys), default={})
    if not any(key in mine for key in keys):
        counted.not_checked.append(f"{name}: the scores of its units are not in the study")
        return
    for row, key in enumerate(keys, 2):
        if key not in mine:
            yield Mismatch(name, f"row {row}, article {key[0]}", "an article", "one that has scores of units")
    for row, told in enumerate(frame.to_dict("records"), 2):
        expected = mine.get((told["article_id"], told["model"]), {})
        for column, wanted in expected.items():
            if column in told and not _agrees(told[column], wanted):
                yield Mismatch(name, f"row {row}, column {column}", repr(told[column]), repr(wanted))
        counted.figures += len(expected)


def _agrees(told: str, wanted: Any) -> bool:
    if isinstance(wanted, float):
        try:
            return abs(float(told) - wanted) <= _HALF
        except ValueError:
            return False
    return told == ("" if wanted is None else str(wanted))
