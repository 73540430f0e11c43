"""Label Studio's protocol for machine-learning backends."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from xml.etree import ElementTree as ET

import pandas as pd
from pydantic import BaseModel, BeforeValidator, FailFast

from framing.classifier import Model
from framing.labelstudio.tasks import Suggestion, prediction_of
from framing.records import as_text
from framing.serving.current import Loaded
from framing.serving.guard import Refusal
from framing.serving.suggestions import suggest

#: In the `meta` of every task that `framing push` and `framing adjudicate` make.
_OURS = frozenset({"article_id", "sampling", "codebook"})
_PLACE = ("region", "region_before", "region_after", "position")


def _mapping(value: object) -> object:
    return value if isinstance(value, dict) else {}


class Task(BaseModel):
    """One task as Label Studio sends it; what else it holds is not read."""

    data: dict[str, Any]
    meta: Annotated[dict[str, Any], BeforeValidator(_mapping)] = {}


class PredictRequest(BaseModel):
    """What Label Studio asks for: a suggestion for each task."""

    tasks: Annotated[list[Task], FailFast()]
    label_config: str = ""


class WebhookRequest(BaseModel):
    """What Label Studio tells."""

    action: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """The control of a labelling screen that a model answers.

    Attributes
    ----------
    to_name : str
        The object that is labelled.
    field : str
        The field of a task's data that holds its text.
    values : frozenset of str
        What can be chosen.
    """

    to_name: str
    field: str
    values: frozenset[str]


def question(label_config: str, variable: str) -> Question | None:
    """Find what a screen asks on a variable; None if it does not.

    Parameters
    ----------
    label_config : str
        XML.
    variable : str

    Raises
    ------
    Refusal
        422 if it is no XML.

    Examples
    --------
    >>> question('<View><Text name="t" value="$body"/><Choices name="tone" toName="t">'
    ...          '<Choice value="calm"/></Choices></View>', "tone")
    Question(to_name='t', field='body', values=frozenset({'calm'}))
    """
    try:
        root = ET.fromstring(label_config)  # noqa: S314 - expat has bounded entities since 2.4.1
    except (ET.ParseError, ValueError) as error:
        raise Refusal(422, f"label_config is no XML: {error}", "send the project's configuration") from None
    named = {item.get("name"): item for item in root.iter()}
    asked = named.get(variable)
    if asked is None or asked.tag != "Choices":
        return None
    shown = named.get(asked.get("toName"))
    if shown is None:
        return None
    values = {item.get("alias") or item.get("value") or "" for item in asked.iter("Choice")}
    return Question(shown.get("name", ""), shown.get("value", "").removeprefix("$"), frozenset(values))


def predict(asked: PredictRequest, loaded: Loaded, longest: int, deadline: float) -> list[Any]:
    """Answer with one suggestion for each task that may have one.

    Parameters
    ----------
    asked : PredictRequest
    loaded : Loaded
    longest : int
        Characters; a longer text gets no suggestion.
    deadline : float
        Of `time.monotonic`.

    Returns
    -------
    list
        One item a task, in their order: ``{"model_version", "score", "result"}``, or an empty list
        where no suggestion may be shown or the screen can't take it; Label Studio stores nothing
        then.

    Raises
    ------
    Refusal
        422 if the screen is no XML, 503 if it takes too long.
    """
    found = question(asked.label_config, loaded.model.variable)
    results: list[Any] = [[] for _ in asked.tasks]
    if found is None:
        return results
    open_ = [
        index
        for index, task in enumerate(asked.tasks)
        if _may_see(task) and 0 < len(_text(task, found)) <= longest
    ]
    units = [(_text(asked.tasks[index], found), _unit(asked.tasks[index], found)) for index in open_]
    suggestions = [item for batch in loaded.in_batches(_suggest, units, deadline) for item in batch]
    for index, suggestion in zip(open_, suggestions, strict=True):
        if found.values.issuperset(suggestion.values):
            results[index] = prediction_of(suggestion, found.to_name)
    return results


def _may_see(task: Task) -> bool:
    """Of this tool's own tasks only those of the main project, which say so; of others' all."""
    if "answers" in task.data and "uid" in task.data:
        return False
    return task.meta.get("blind") is False or not task.meta.keys() >= _OURS


def _text(task: Task, asked: Question) -> str:
    return as_text(task.data.get(asked.field))


def _unit(task: Task, asked: Question) -> dict[str, Any]:
    return {"text": _text(task, asked)} | {name: _plain(task.meta.get(name)) for name in _PLACE}


def _plain(value: object) -> object:
    """A cell of a table: foreign tasks may hold anything there."""
    return value if isinstance(value, str | int | float) else None


def _suggest(model: Model, units: Sequence[Mapping[str, Any]]) -> list[Suggestion]:
    return suggest(model, pd.DataFrame(list(units)))


def deadline_after(seconds: float) -> float:
    """The moment, by `time.monotonic`, that lies so many seconds ahead."""
    return time.monotonic() + seconds
