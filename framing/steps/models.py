"""Which model a step works with."""

from pathlib import Path
from typing import TYPE_CHECKING

from framing.codebook import Codebook, values_of
from framing.errors import ModelError
from framing.steps.study import Study

if TYPE_CHECKING:
    from framing.classifier import Model


def find_model(study: Study, given: str = "") -> "Model":
    """Load a model: a folder, a name under `models/`, or the study's default.

    Raises
    ------
    ModelError
        If there is none, it is damaged, or its values are not the codebook's.
    """
    from framing.classifier import load_model

    model = load_model(_folder(study, given))
    if study.workspace:
        refuse_other_codebook(model, study.codebook)
    return model


def _folder(study: Study, given: str) -> Path:
    models = study.workspace.models if study.workspace else Path("models")
    name = given or study.settings.default_model
    if not name:
        return models / study.codebook.variables[0].name
    folder = Path(name)
    return folder if folder.is_dir() or len(folder.parts) > 1 else models / name


def refuse_other_codebook(model: "Model", codebook: Codebook) -> None:
    """Raise if the codebook measures the model's variable by other values.

    Raises
    ------
    ModelError
        Names the difference.
    """
    now = codebook.variable(model.variable)
    then = model.description.get("measures")
    if now is None or then is None or values_of(now) == then:
        return
    raise ModelError(
        f"model {model.id} and codebook differ on {model.variable}: {_difference(then, values_of(now))}",
        hint="train it again: framing train; or give the codebook its values back",
    )


def _difference(then: dict[str, object], now: dict[str, object]) -> str:
    if then["type"] != now["type"]:
        return f"type {then['type']} in the model, {now['type']} in the codebook"
    old, new = list(then["values"]), list(now["values"])  # type: ignore[call-overload]
    only_model = [name for name in old if name not in new]
    only_codebook = [name for name in new if name not in old]
    told = []
    if only_model:
        told.append(f"only in the model: {' '.join(only_model)}")
    if only_codebook:
        told.append(f"only in the codebook: {' '.join(only_codebook)}")
    return "; ".join(told) or "the values stand in another order"
