"""`framing score`: scores for new articles."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from framing.codebook import Codebook, Variable
from framing.formats import Rows, writing
from framing.records import UNIT_COLUMNS, Unit, Unusable
from framing.steps.models import find_model
from framing.steps.split import Splitting
from framing.steps.study import Study

if TYPE_CHECKING:
    import numpy as np

    from framing.classifier import Model

_BATCH = 4000


@dataclass(frozen=True, slots=True)
class Scored:
    """What a scoring did.

    Attributes
    ----------
    model : str
        ``name@hash``.
    articles, units : int
    unusable : list of Unusable
    by_label : dict of str to int
        Units by predicted answer.
    """

    model: str
    articles: int
    units: int
    unusable: list[Unusable]
    by_label: dict[str, int]


def score(
    study: Study,
    inputs: Sequence[str | Path],
    *,
    model: str = "",
    columns: Mapping[str, str] | None = None,
    presplit: bool = False,
    stdin: BinaryIO | None = None,
    output: Path | None = None,
    articles: Path | None = None,
    rows: Rows | None = None,
    explain: bool = False,
) -> Scored:
    """Score the units of any inputs.

    Parameters
    ----------
    study : Study
    inputs, columns, presplit, stdin
        As for `split`.
    model : str
        A folder, a name under `models/`, or empty for the default.
    output, articles : Path, optional
        Files for SCORES and for the articles' table.
    rows : Rows, optional
        Takes SCORES rows as they come; see `score_columns`.
    explain : bool
        Add the column ``explanation``: what moved the score of the predicted value most.

    Raises
    ------
    ModelError
        If there is no model or it is made for other values.
    InputError
        If nothing in the inputs can be used.
    """
    found = find_model(study, model)
    splitting = Splitting(inputs, columns or {}, presplit, stdin)
    counts: dict[str, int] = {}
    with ExitStack() as files:
        sinks = [rows] if rows else []
        if output:
            sinks.append(files.enter_context(writing(output, score_columns(found, explain=explain))))
        summary = files.enter_context(writing(articles, article_columns(found))) if articles else None
        for batch in _batched(splitting):
            scores = score_units(found, batch)
            if explain:
                _explain(found, batch, scores)
            for row in scores:
                counts[row["label"]] = counts.get(row["label"], 0) + 1
            for sink in sinks:
                sink.write(scores)
            if summary:
                summary.write(article_rows(found, scores))
    return Scored(found.id, splitting.articles, splitting.units, splitting.unusable, counts)


def score_columns(model: "Model", *, explain: bool = False) -> list[str]:
    """The columns of SCORES for a model; with `explain`, ``explanation`` comes last."""
    probabilities = [f"p_{value}" for value in model.values]
    last = ["explanation"] if explain else []
    return [*UNIT_COLUMNS, "variable", "label", "confidence", *probabilities, "model", *last]


def article_columns(model: "Model") -> list[str]:
    """The columns of the articles' table for a model."""
    shares = [f"{kind}_{value}" for value in model.values for kind in ("eligible", "share", "mean")]
    return [
        "article_id",
        "outlet",
        "title",
        "published",
        "units",
        "headline_label",
        *shares,
        "model",
    ]


def _batched(splitting: Splitting) -> Iterator[list[Unit]]:
    """Join whole articles until there is enough to be worth a round of the model."""
    held: list[Unit] = []
    for units in splitting.batches():
        held += units
        if len(held) >= _BATCH:
            yield held
            held = []
    if held:
        yield held


def score_units(model: "Model", units: Sequence[Unit]) -> list[dict[str, Any]]:
    """SCORES of units; those of one article follow one another in the order of the page."""
    from framing.classifier.estimator import chosen

    proba = model.predict_proba(units)
    several = model.estimator.several
    labels = chosen(proba, model.values, several=several)
    sure: list[float] = _confidence(proba, several=several).tolist()
    spread: Any = proba.tolist()
    names = [f"p_{value}" for value in model.values]
    return [
        unit.row()
        | {"variable": model.variable, "label": label, "confidence": round(trust, 6)}
        | {name: round(p, 6) for name, p in zip(names, row, strict=True)}
        | {"model": model.id}
        for unit, label, trust, row in zip(units, labels.tolist(), sure, spread, strict=True)
    ]


def _explain(model: "Model", units: list[Unit], scores: list[dict[str, Any]]) -> None:
    """Add to each row what moved the score of its value, or for ``several`` of its likeliest value."""
    from framing.classifier.explanation import told

    classes = [str(name) for name in model.estimator.classes_]
    warm = model.estimator.temperature_
    for row, summands in zip(scores, model.estimator.explain(units), strict=True):
        value = max(classes, key=lambda name: float(row[f"p_{name}"]))
        row["explanation"] = told(value, classes.index(value), summands, warm)


def _confidence(proba: "np.ndarray[Any, Any]", *, several: bool) -> "np.ndarray[Any, Any]":
    """Probability of the answer; for several values, of the value that is least certain."""
    import numpy as np

    if several:
        return np.maximum(proba, 1 - proba).min(axis=1)  # type: ignore[no-any-return]
    return proba.max(axis=1)  # type: ignore[no-any-return]


def article_rows(model: "Model", scores: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Sum SCORES up by article; shares are over the units in whose region a value can occur."""
    articles: dict[str, list[Mapping[str, Any]]] = {}
    for row in scores:
        articles.setdefault(row["article_id"], []).append(row)
    variable = _variable(model)
    for units in articles.values():
        first = units[0]
        headline = next((row["label"] for row in units if row["region"] == "headline"), None)
        summed: dict[str, Any] = {
            name: first[name] for name in ("article_id", "outlet", "title", "published")
        }
        summed |= {"units": len(units), "headline_label": headline, "model": model.id}
        for value in model.values:
            summed |= _share(value, units, variable)
        yield summed


def _variable(model: "Model") -> Variable | None:
    book = model.description.get("codebook")
    return Codebook.model_validate(book).variable(model.variable) if book else None


def _share(value: str, units: Sequence[Mapping[str, Any]], variable: Variable | None) -> dict[str, Any]:
    known = next((v for v in variable.values if v.name == value), None) if variable else None
    eligible = [row for row in units if known is None or known.can_occur_in(row["region"])]
    said = sum(value in row["label"].split("|") for row in eligible)
    mean = sum(row[f"p_{value}"] for row in eligible)
    count = len(eligible)
    return {
        f"eligible_{value}": count,
        f"share_{value}": round(said / count, 6) if count else None,
        f"mean_{value}": round(mean / count, 6) if count else None,
    }
