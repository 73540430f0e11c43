"""`framing evaluate`: a model on labels that it has not seen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framing.errors import ModelError, TableError
from framing.formats import read_frame
from framing.plural import counted
from framing.steps.gold import gold_for
from framing.steps.models import find_model
from framing.steps.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from framing.classifier import Evaluation, Model
    from framing.classifier.evaluation import Difference


@dataclass(frozen=True, slots=True)
class Against:
    """Another model's figures on the same units.

    Attributes
    ----------
    model : str
    evaluation : Evaluation
    difference : Difference
        The first model's figures minus this one's.
    """

    model: str
    evaluation: "Evaluation"
    difference: "Difference"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A model's figures on labels.

    Attributes
    ----------
    model, variable : str
    seen : int
        Units left out because the model was trained on them.
    unresolved : int
        Units left out because they have no majority.
    same_text : int
        Units evaluated whose text stood in a unit that the model was trained on, on another page.
    evaluation : Evaluation
    against : Against or None
        Another model on the same units, if one was named.
    """

    model: str
    variable: str
    seen: int
    unresolved: int
    same_text: int
    evaluation: "Evaluation"
    against: "Against | None" = None


def evaluate(study: Study, model: str, labels: Sequence[Path] = (), *, against: str = "") -> Evaluated:
    """Compare a model's predictions with gold on units that it was not trained on.

    Parameters
    ----------
    study : Study
    model : str
        A folder or a name under `models/`.
    labels : sequence of Path
        LABELS; none: the workspace's.
    against : str
        Another model to compare with; units that either was trained on are left out.

    Raises
    ------
    TableError
        If no such unit is left.
    ModelError
        If a model can't be used, or the two predict different variables or values.
    """
    from framing.labels import read_labels

    found = find_model(study, model)
    other = find_model(study, against) if against else None
    if other:
        _refuse_other_values(found, other)
    gold = gold_for(study, read_labels(study.label_paths(list(labels)), study.codebook), found.variable)
    seen = _training_units(found) | (_training_units(other) if other else set())
    fresh = gold.resolved[~gold.resolved["unit_id"].isin(seen)]
    if fresh.empty:
        raise TableError(
            f"model {found.id} was trained on all {counted(len(gold.resolved), 'labelled unit')}, "
            "expected new ones",
            hint="its figures on units held out stand in its card: framing model show",
        )
    _refuse_foreign_values(found, fresh["value"])
    seed = study.settings.seed
    return Evaluated(
        model=found.id,
        variable=found.variable,
        seen=len(gold.resolved) - len(fresh),
        unresolved=gold.unresolved,
        same_text=_same_text(fresh["unit_id"], seen),
        evaluation=_figures(found, fresh, seed),
        against=_against(found, other, fresh, seed) if other else None,
    )


def _same_text(units: Iterable[str], seen: Iterable[str]) -> int:
    """How many units have a text, which is hashed at the end of their id, in common with others."""
    learnt = {unit.rpartition("-")[2] for unit in seen}
    return sum(unit.rpartition("-")[2] in learnt for unit in units)


def _figures(model: "Model", fresh: "pd.DataFrame", seed: int) -> "Evaluation":
    from framing.classifier.evaluation import evaluate as compare

    return compare(
        [str(value) for value in fresh["value"]],
        model.predict_proba(fresh),
        model.values,
        articles=_articles(fresh),
        several=model.estimator.several,
        seed=seed,
    )


def _against(model: "Model", other: "Model", fresh: "pd.DataFrame", seed: int) -> Against:
    from framing.classifier.estimator import chosen
    from framing.classifier.evaluation import difference

    first, second = (
        chosen(one.predict_proba(fresh), one.values, several=one.estimator.several).tolist()
        for one in (model, other)
    )
    gold = [str(value) for value in fresh["value"]]
    gain = difference(gold, first, second, values=model.values, articles=_articles(fresh), seed=seed)
    return Against(other.id, _figures(other, fresh, seed), gain)


def _refuse_foreign_values(model: "Model", gold: "pd.Series[str]") -> None:
    values = sorted({name for value in gold for name in value.split("|") if name})
    if values and not set(values) & set(model.values):
        raise ModelError(
            f"{model.id} predicts {' '.join(model.values)}, the labels have {' '.join(values)[:200]}; "
            "expected a value in common",
            hint="name labels of the same values, or train on these: framing train",
        )


def _refuse_other_values(model: "Model", other: "Model") -> None:
    mine = (model.variable, set(model.values), model.estimator.several)
    theirs = (other.variable, set(other.values), other.estimator.several)
    if mine != theirs:
        raise ModelError(
            f"{model.id} predicts {model.variable} ({' '.join(model.values)}), "
            f"{other.id} predicts {other.variable} ({' '.join(other.values)}); expected the same",
            hint="compare models that were trained on the same variable",
        )


def _training_units(model: "Model") -> set[str]:
    file = model.folder / "training.csv" if model.folder else None
    return set(read_frame(file)["unit_id"]) if file and file.is_file() else set()


def _articles(units: "pd.DataFrame") -> list[str]:
    return [a or u for a, u in zip(units["article_id"], units["unit_id"], strict=True)]
