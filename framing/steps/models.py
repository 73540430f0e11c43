"""Which model a step works with."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.codebook import Codebook, values_of
from framing.errors import ModelError
from framing.files import text_of
from framing.steps.study import Study

if TYPE_CHECKING:
    from framing.classifier import Model

#: The model that comes with the package: it predicts the packaged codebook's first variable.
SHIPPED = Path(__file__).resolve().parent.parent / "_model" / "frame"


def find_model(study: Study, given: str = "") -> "Model":
    """Load a model: a folder, a name under `models/`, or the study's default.

    Raises
    ------
    ModelError
        If there is none, it is damaged, or its values are not the codebook's.
    """
    from framing.classifier import load_model

    model = load_model(model_folder(study, given))
    if study.workspace:
        refuse_other_codebook(model, study.codebook)
    return model


@dataclass(frozen=True, slots=True)
class Shown:
    """A model's card.

    Attributes
    ----------
    model : str
        ``name@hash``.
    folder : Path
    card : str
        Markdown.
    description : dict
        What is told of the model, and its figures under ``metrics`` (None if it came without).
    """

    model: str
    folder: Path
    card: str
    description: dict[str, Any]


def show(study: Study, given: str = "") -> Shown:
    """Find a model and its card.

    Raises
    ------
    ModelError
        If there is no model, or its card or figures are damaged.
    """
    from framing.classifier import load_model

    folder = model_folder(study, given)
    model = load_model(folder)
    card = _read(folder / "card.md") or f"# Model {model.id}\n\nIt came without a card."
    try:
        metrics = json.loads(_read(folder / "metrics.json") or "null")
    except (ValueError, RecursionError) as error:
        raise ModelError(
            f"{folder / 'metrics.json'}: no JSON: {error}", hint="train it again: framing train"
        ) from error
    return Shown(model.id, folder, card, {"model": model.id} | model.description | {"metrics": metrics})


def _read(file: Path) -> str:
    try:
        return text_of(file)
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{file}: can't be read: {error}", hint="train it again: framing train") from error


def model_folder(study: Study, given: str = "") -> Path:
    """The folder that a model's name stands for; the shipped one if nothing else is there."""
    models = study.workspace.models if study.workspace else Path("models")
    name = given or study.settings.default_model
    if not name:
        first = study.codebook.variables[0].name
        own = models / first
        return SHIPPED if not own.exists() and SHIPPED.name == first and SHIPPED.is_dir() else own
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
