"""`framing evaluate`: a model on labels that it has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framing.errors import TableError
from framing.formats import read_frame
from framing.steps.gold import gold_for
from framing.steps.models import find_model
from framing.steps.study import Study

if TYPE_CHECKING:
    from framing.classifier import Evaluation


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
    evaluation : Evaluation
    """

    model: str
    variable: str
    seen: int
    unresolved: int
    evaluation: "Evaluation"


def evaluate(study: Study, model: str, labels: Sequence[Path] = ()) -> Evaluated:
    """Compare a model's predictions with gold on units that it was not trained on.

    Raises
    ------
    TableError
        If no such unit is left.
    ModelError
        If the model can't be used.
    """
    from framing.classifier.evaluation import evaluate as compare
    from framing.labels import read_labels

    found = find_model(study, model)
    gold = gold_for(study, read_labels(study.label_paths(list(labels))), found.variable)
    seen = _training_units(found.folder) if found.folder else set()
    fresh = gold.resolved[~gold.resolved["unit_id"].isin(seen)]
    if fresh.empty:
        raise TableError(
            f"model {found.id} was trained on all {len(gold.resolved)} labelled units, expected new ones",
            hint="its figures on units held out stand in its card: framing train writes it",
        )
    answers = [str(value) for value in fresh["value"]]
    result = compare(answers, found.predict_proba(fresh), found.values, several=gold.several)
    return Evaluated(
        model=found.id,
        variable=found.variable,
        seen=len(gold.resolved) - len(fresh),
        unresolved=gold.unresolved,
        evaluation=result,
    )


def _training_units(folder: Path) -> set[str]:
    file = folder / "training.csv"
    return set(read_frame(file)["unit_id"]) if file.is_file() else set()
