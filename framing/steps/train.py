"""`framing train`: gold to a model of one variable, tested on stories that it has not seen."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing import __version__
from framing.codebook import values_of
from framing.errors import TrainingError
from framing.files import readable, whole_text
from framing.formats import read_frame, writing
from framing.plural import counted
from framing.steps.gold import gold_for
from framing.steps.study import Study

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from framing.classifier import Bench, Evaluation, FramingClassifier, Model, Trial
    from framing.classifier.features import Floats
    from framing.labels import Gold

_TRAINING = ("unit_id", "article_id", "story", "region", "value")
_FREQUENT = 5
#: Units for each value, on average, without which nothing can be learnt; few units may be tried out.
_LEAST, _FEW = 2, 20
_LEAST_WEIGHT = 0.1
_BALANCED = "values are balanced by how often they occur."


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
    gates : list of str
        What the codebook's `min_alpha` kept away, merged or flagged, with the reason.
    held_out : str
        What was kept together in testing, with how many groups and folds.
    evaluation : Evaluation or None
        On units the model had not seen; None where there was one group only.
    further : dict
        The rest of the trial, see `framing.classifier.Trial`; ``last_model`` among the baselines,
        ``largest_weights`` by value, and ``weighting`` in words.
    """

    model: str
    folder: Path
    variable: str
    units: int
    articles: int
    unresolved: int
    by_value: dict[str, int]
    gates: list[str]
    held_out: str
    evaluation: "Evaluation | None"
    further: dict[str, Any]


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
    from framing.classifier import Bench, FramingClassifier, doubts, trial
    from framing.labels import current_answers, read_labels
    from framing.labels.kinds import imported_note

    table = read_labels(study.label_paths(list(labels)), study.codebook)
    name = variable or _first_variable(study, list(dict.fromkeys(table["variable"])))
    gold = gold_for(study, table, name)
    counts = _refuse_too_little(gold)
    folder = output or (study.workspace.models if study.workspace else Path("models")) / name
    resolved = gold.resolved.reset_index(drop=True)
    weight = weights_of(resolved["share"])
    bench = Bench(FramingClassifier(several=gold.several), resolved, weight, study.settings.seed)
    bench.fit()
    found = trial(bench)
    found.baselines["last_model"] = _last_model(folder, bench, found, gold.values)
    if found.scores is not None:
        tested = bench.tested(found.scores)
        bench.model.calibrate(found.scores[tested], [bench.answers[row] for row in tested])
    saved = _saved(study, gold, bench.model, folder, counts, found.held_out)
    further = {k: v for k, v in found.plain().items() if k not in ("held_out", "evaluation")}
    own = current_answers(table)
    further |= {"imported": imported_note(own[own["variable"] == name])}
    further |= {"largest_weights": largest_weights(bench), "weighting": _weighting(weight)}
    trained = Trained(
        model=saved.id,
        folder=folder,
        variable=name,
        units=len(resolved),
        articles=resolved["article_id"].nunique(),
        unresolved=gold.unresolved,
        by_value=counts,
        gates=[gate.reason for gate in gold.gates],
        held_out=found.held_out,
        evaluation=found.evaluation,
        further=further,
    )
    _write_beside(trained, saved, bench, found.proba, doubts(bench, found.proba))
    return trained


def weights_of(shares: "pd.Series[float]") -> "Floats | None":
    """How much each unit counts in training: by how far its coders agreed.

    Parameters
    ----------
    shares : Series of float, shape (n_units,)
        Part of the answers that agrees with the unit's value, 0 to 1.

    Returns
    -------
    ndarray of shape (n_units,) or None
        The share of the value minus that of all others, at least 0.1, scaled to a mean of 1; None if
        all units count the same. A single answer or the adjudicator's agrees with itself.

    Examples
    --------
    >>> import pandas as pd
    >>> weights_of(pd.Series([1.0, 0.6, 0.8])).round(3).tolist()
    [1.667, 0.333, 1.0]
    """
    import numpy as np

    margin = np.maximum(2 * shares.to_numpy(dtype=np.float64) - 1, _LEAST_WEIGHT)
    return None if (margin == margin[0]).all() else margin / margin.mean()


def _weighting(weight: "Floats | None") -> str:
    if weight is None:
        return f"Every unit with gold counts the same; {_BALANCED}"
    return (
        "A unit counts by the share of answers for its value minus the share of all others (at least "
        f"{_LEAST_WEIGHT:g}), so those count little that the coders hardly agree on; {_BALANCED}"
    )


def _saved(
    study: Study,
    gold: "Gold",
    estimator: "FramingClassifier",
    folder: Path,
    counts: dict[str, int],
    held_out: str,
) -> "Model":
    from framing.classifier import Model, save_model

    known = study.codebook.variable(gold.variable)
    description = {
        "measures": values_of(known) if known else None,
        "codebook": study.codebook.model_dump(mode="json") if known else None,
        "codebook_hash": study.codebook.fingerprint if known else "",
        "trained_on": {"units": len(gold.resolved), "by_value": counts, "held_out": held_out},
        "gates": [gate.reason for gate in gold.gates],
        "seed": study.settings.seed,
        "versions": _versions(),
    }
    return save_model(
        Model(readable(folder.resolve().name), estimator, gold.variable, gold.values, description), folder
    )


def _last_model(folder: Path, bench: "Bench", found: "Trial", values: Sequence[str]) -> dict[str, Any]:
    """The model that is about to be replaced, by its own held-out predictions of the same units."""
    import numpy as np

    file = folder / "training.csv"
    if found.proba is None or not file.is_file():
        return {"reason": "there was none" if not file.is_file() else "this one was not tested"}
    old = read_frame(file)
    if "label" not in old.columns or "unit_id" not in old.columns:
        return {"reason": "it kept no held-out predictions"}
    from framing.classifier.estimator import chosen
    from framing.classifier.evaluation import Counts, difference

    before = dict(zip(old["unit_id"], old["label"], strict=True))
    rows = [row for row in bench.tested(found.proba) if bench.gold["unit_id"].iloc[row] in before]
    if not rows:
        return {"reason": "it was tested on none of these units"}
    gold = [bench.answers[row] for row in rows]
    articles = [bench.articles[row] for row in rows]
    then = [before[bench.gold["unit_id"].iloc[row]] for row in rows]
    now = chosen(found.proba[rows], bench.model.classes_, several=bench.model.several).tolist()
    counts = Counts.of(gold, then, values, articles)
    _, macro, accuracy = counts.figures(np.ones((1, len(counts.units))))
    gain = difference(gold, now, then, values=values, articles=articles)
    return {
        "units": len(rows),
        "macro_f1": float(macro[0]),
        "accuracy": float(accuracy[0]),
        "macro_f1_gain": gain.macro_f1,
        "macro_f1_gain_interval": gain.macro_f1_interval,
    }


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
            f"no unit has a majority on {gold.variable!r}: unresolved: {counted(gold.unresolved, 'unit')}",
            hint="settle them or have another coder code them",
        )
    counts = {v: sum(v in answer.split("|") for answer in answers) for v in gold.values}
    different = len({*answers})
    if not gold.several and _FEW < len(answers) < different * _LEAST:
        raise TrainingError(
            f"the {len(answers)} units with gold on {gold.variable!r} have {different} different values, "
            f"expected {_LEAST} units or more for each on average",
            hint="check that the column holds the values and not, say, the units' ids; or code more units",
        )
    if different == 1:
        raise TrainingError(
            f"{counted(len(answers), 'unit')} with gold on {gold.variable!r}, all with the value "
            f"{answers[0]!r}, "
            "expected two values or more to tell apart",
            hint="code units of other values, for example with: framing push",
        )
    return counts


def _versions() -> dict[str, str]:
    import numpy
    import sklearn

    return {"framing": __version__, "scikit-learn": sklearn.__version__, "numpy": numpy.__version__}


def _write_beside(
    trained: Trained,
    model: "Model",
    bench: "Bench",
    proba: "np.ndarray[Any, Any] | None",
    doubtful: Sequence[dict[str, Any]],
) -> None:
    """Write card, metrics, training units with held-out predictions, and doubtful labels."""
    from framing.classifier import DOUBTS
    from framing.classifier.card import card

    folder = trained.folder
    metrics = {k: v for k, v in asdict(trained).items() if k not in ("folder", "further")} | trained.further
    with whole_text(folder / "metrics.json") as stream:
        json.dump(metrics, stream, ensure_ascii=False, indent=1)
    with whole_text(folder / "card.md") as stream:
        stream.write(card(metrics))
    names = [f"p_{value}" for value in model.values] if proba is not None else []
    held = ["label", *names] if names else []
    with writing(folder / "training.csv", [*_TRAINING, *held]) as table:
        table.write(_training_rows(model, bench, proba, names))
    with writing(folder / "doubts.csv", DOUBTS) as table:
        table.write(doubtful)


def _training_rows(
    model: "Model", bench: "Bench", proba: "np.ndarray[Any, Any] | None", names: Sequence[str]
) -> Iterator[dict[str, Any]]:
    from framing.classifier.estimator import chosen

    rows = bench.gold[list(_TRAINING)].to_dict("records")
    if proba is None:
        yield from ({str(k): v for k, v in row.items()} for row in rows)
        return
    tested = set(bench.tested(proba).tolist())
    labels = chosen(proba, bench.model.classes_, several=bench.model.several).tolist()
    wide = model.widened(proba).tolist()
    for index, row in enumerate(rows):
        told = {str(k): v for k, v in row.items()}
        if index in tested:
            told |= {"label": labels[index]}
            told |= {name: round(p, 6) for name, p in zip(names, wide[index], strict=True)}
        yield told


def largest_weights(bench: "Bench", count: int = 12) -> dict[str, list[str]]:
    """Words that speak most for each value: whether framing was learnt, or topics."""
    import numpy as np

    from framing.classifier.constants import Constants
    from framing.classifier.features import columns_of

    words: dict[str, int] = {}
    for text in bench.gold["text"]:
        for token in dict.fromkeys(str(text).lower().split()):
            words[token] = words.get(token, 0) + 1
    frequent = sorted(word for word, units in words.items() if units >= _FREQUENT)
    if not frequent:
        return {}
    added = Constants(bench.model.weights_, bench.model.pieces).of_tokens(columns_of(frequent))
    order = np.argsort(-added, axis=0, kind="stable")[:count]
    return {
        str(name): [frequent[row] for row in order[:, index]]
        for index, name in enumerate(bench.model.classes_)
    }
