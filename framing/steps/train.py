"""`framing train`: gold to a model of one variable, tested on stories that it has not seen."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing import __version__
from framing.codebook import values_of
from framing.errors import TrainingError
from framing.files import whole_text
from framing.formats import writing
from framing.steps.gold import gold_for
from framing.steps.study import Study

if TYPE_CHECKING:
    import numpy as np

    from framing.classifier import Evaluation, FramingClassifier
    from framing.labels import Gold


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training made.

    Attributes
    ----------
    model : str
        ``name@hash``.
    folder : Path
    variable : str
    units, articles : int
        Units with gold that were learnt from, and their articles.
    unresolved : int
        Units without a majority, left out.
    by_value : dict of str to int
        Units for each value.
    held_out : str
        What was kept together in testing, with how many groups and folds.
    evaluation : Evaluation or None
        On units the model had not seen; None where there was one group only.
    """

    model: str
    folder: Path
    variable: str
    units: int
    articles: int
    unresolved: int
    by_value: dict[str, int]
    held_out: str
    evaluation: "Evaluation | None"


def train(
    study: Study,
    labels: Sequence[Path] = (),
    *,
    variable: str = "",
    output: Path | None = None,
) -> Trained:
    """Train a model on gold and write it with its evaluation and card.

    Parameters
    ----------
    study : Study
    labels : sequence of Path
        LABELS; none: the workspace's.
    variable : str
        Which one; empty: the codebook's first that has answers, else the labels' own.
    output : Path, optional
        The model's folder; `models/<variable>` unless given.

    Raises
    ------
    TrainingError
        If there are no labels to learn from, or one value only.
    TableError
        If a label is not in the codebook.
    """
    from framing.classifier import FramingClassifier, Model, save_model
    from framing.labels import read_labels

    table = read_labels(study.label_paths(list(labels)))
    name = variable or _first_variable(study, list(dict.fromkeys(table["variable"])))
    gold = gold_for(study, table, name)
    counts = _refuse_too_little(gold)
    estimator = FramingClassifier(several=gold.several)
    held_out, evaluation, proba = _tested(estimator, gold, study.settings.seed)
    folder = output or (study.workspace.models if study.workspace else Path("models")) / name
    known = study.codebook.variable(name)
    description = {
        "measures": values_of(known) if known else None,
        "codebook": study.codebook.model_dump(mode="json") if known else None,
        "codebook_hash": study.codebook.fingerprint if known else "",
        "trained_on": {"units": len(gold.resolved), "by_value": counts, "held_out": held_out},
        "seed": study.settings.seed,
        "versions": _versions(),
    }
    saved = save_model(Model(folder.resolve().name, estimator, name, gold.values, description), folder)
    trained = Trained(
        model=saved.id,
        folder=folder,
        variable=name,
        units=len(gold.resolved),
        articles=gold.resolved["article_id"].nunique(),
        unresolved=gold.unresolved,
        by_value=counts,
        held_out=held_out,
        evaluation=evaluation,
    )
    _write_beside(trained, gold, proba, folder)
    return trained


def _first_variable(study: Study, found: list[str]) -> str:
    for known in study.codebook.variables:
        if known.name in found:
            return known.name
    if not found:
        raise TrainingError("the labels hold no answers", hint="fetch answers with: framing pull")
    return found[0]


def _refuse_too_little(gold: "Gold") -> dict[str, int]:
    answers = [str(value) for value in gold.resolved["value"]]
    if not answers:
        raise TrainingError(
            f"no unit has a majority on {gold.variable!r}: {gold.unresolved} units are unresolved",
            hint="settle them or have another coder code them",
        )
    counts = {v: sum(v in answer.split("|") for answer in answers) for v in gold.values}
    if len({*answers}) == 1:
        raise TrainingError(
            f"all {len(answers)} units with gold on {gold.variable!r} have the value {answers[0]!r}, "
            "expected two values or more to tell apart",
            hint="code units of other values, for example with: framing push",
        )
    return counts


def _tested(
    estimator: "FramingClassifier", gold: "Gold", seed: int
) -> tuple[str, "Evaluation | None", "np.ndarray[Any, Any] | None"]:
    """Fit the estimator; test and calibrate it by scores of units that their model did not see."""
    from framing.classifier.estimator import out_of_fold, probabilities
    from framing.classifier.evaluation import evaluate
    from framing.classifier.features import as_table
    from framing.classifier.groups import folds_of, groups_of

    resolved = gold.resolved.reset_index(drop=True)
    answers = [str(value) for value in resolved["value"]]
    table = as_table(resolved)
    estimator.fit(table, answers)
    groups, kind = groups_of(resolved)
    folds = list(folds_of(groups, answers, seed=seed))
    if not folds:
        return f"nothing: all units are of one group ({kind})", None, None
    scores = out_of_fold(estimator, table, answers, folds, estimator.classes_)
    estimator.calibrate(scores, answers)
    proba = probabilities(scores / estimator.temperature_, several=gold.several)
    classes = [str(name) for name in estimator.classes_]
    evaluation = evaluate(answers, proba, classes, several=gold.several)
    return f"whole {kind} ({len(set(groups))}) in {len(folds)} folds", evaluation, proba


def _versions() -> dict[str, str]:
    import numpy
    import sklearn

    return {"framing": __version__, "scikit-learn": sklearn.__version__, "numpy": numpy.__version__}


def _write_beside(trained: Trained, gold: "Gold", proba: "np.ndarray[Any, Any] | None", folder: Path) -> None:
    with whole_text(folder / "metrics.json") as stream:
        json.dump(asdict(trained) | {"folder": folder.name}, stream, ensure_ascii=False, indent=1)
    with whole_text(folder / "card.md") as stream:
        stream.write(card(trained))
    classes = sorted({v for answer in gold.resolved["value"] for v in str(answer).split("|") if v})
    rows = gold.resolved[["unit_id", "article_id", "story", "region", "value"]].to_dict("records")
    names = [f"p_{value}" for value in classes] if proba is not None else []
    with writing(folder / "training.csv", [*map(str, rows[0]), *names]) as table:
        for index, row in enumerate(rows):
            told = [round(float(p), 6) for p in proba[index]] if proba is not None else []
            table.write([{str(k): v for k, v in row.items()} | dict(zip(names, told, strict=True))])


def card(trained: Trained) -> str:
    """Write the model card as Markdown."""
    lines = [
        f"# Model {trained.model}",
        "",
        f"Predicts the variable `{trained.variable}` of a unit. Learnt from {trained.units} units of "
        f"{trained.articles} articles; {trained.unresolved} units without a majority were left out.",
        "",
        f"Held out in testing: {trained.held_out}.",
        "",
    ]
    result = trained.evaluation
    if result is None:
        return "\n".join([*lines, "It was not tested: the labels hold one group only.", ""])
    lines += [
        f"Macro-F1 {result.macro_f1:.3f}, accuracy {result.accuracy:.3f} (always the commonest answer: "
        f"{result.majority_accuracy:.3f}), expected calibration error {result.ece:.3f}. The temperature was "
        "set on the same held-out scores, one number for all of them.",
        "",
        "| value | units | precision | recall | F1 |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for row in result.by_value:
        figures = (row["precision"], row["recall"], row["f1"])
        told = " | ".join("undefined" if f is None else f"{f:.3f}" for f in figures)
        lines.append(f"| {row['value']} | {row['units']} | {told} |")
    return "\n".join([*lines, ""])
