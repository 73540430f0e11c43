"""A drawn unit as a Label Studio task, with answers and a suggestion where there are any."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from framing.labelstudio.screen import UNIT
from framing.records import Unit
from framing.sampling import Drawn

_NEAR = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that goes in with its task.

    Attributes
    ----------
    user : int
        Label Studio user id of the coder.
    values : mapping of str to sequence of str
        Chosen values by variable.
    unsure : bool
        Whether the coder hesitated.
    note : str
        The coder's note.
    """

    user: int
    values: Mapping[str, Sequence[str]]
    unsure: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a model would answer.

    Attributes
    ----------
    model : str
        ``name@hash``.
    variable : str
    values : tuple of str
    margin : float
        How far the likeliest answer is ahead of the next, 0 to 1.
    """

    model: str
    variable: str
    values: tuple[str, ...]
    margin: float


@dataclass(frozen=True, slots=True)
class Setting:
    """What all tasks of a push share.

    Attributes
    ----------
    show_outlet : bool
        Whether coders see the outlet.
    codebook : str
        Fingerprint of variables, types and values that the answers will be made with.
    pool : str
        Names the population that the units were drawn from, see `framing.labelstudio.designs`.
    """

    show_outlet: bool
    codebook: str
    pool: str = ""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The units before and after one, on its page, and how many units the page has."""

    before: Unit | None
    after: Unit | None
    of: int


def neighbours(units: Iterable[Unit]) -> dict[str, Neighbours]:
    """Find each unit's neighbours on its page, by unit id."""
    listed = list(units)
    sizes = Counter(unit.article_id for unit in listed)
    found = {}
    for index, unit in enumerate(listed):
        before = listed[index - 1] if index else None
        after = listed[index + 1] if index + 1 < len(listed) else None
        found[unit.unit_id] = Neighbours(
            before=before if before and before.article_id == unit.article_id else None,
            after=after if after and after.article_id == unit.article_id else None,
            of=sizes[unit.article_id],
        )
    return found


def task_of(
    drawn: Drawn,
    near: Neighbours,
    setting: Setting,
    answers: Sequence[Answer] = (),
    suggestion: Suggestion | None = None,
) -> dict[str, Any]:
    """Write a unit as a Label Studio task.

    What coders see stands in `data`; what would tell them the outlet stands in `meta`, which the
    screen does not show.
    """
    return {
        "data": _shown(drawn.unit, near, setting),
        "meta": _kept(drawn, near, setting),
        "annotations": [_annotation(answer) for answer in answers],
        "predictions": [prediction_of(suggestion)] if suggestion else [],
    }


def _shown(unit: Unit, near: Neighbours, setting: Setting) -> dict[str, str]:
    where = f"{unit.region} · {unit.position + 1} of {near.of}"
    return {
        "uid": unit.unit_id,
        "text": unit.text,
        "before": _context(near.before, last=True),
        "after": _context(near.after, last=False),
        "title": unit.title,
        "where": f"{unit.outlet} · {where}" if setting.show_outlet and unit.outlet else where,
    }


def _kept(drawn: Drawn, near: Neighbours, setting: Setting) -> dict[str, Any]:
    unit = drawn.unit
    return {
        "article_id": unit.article_id,
        "source": unit.source,
        "start": unit.start,
        "end": unit.end,
        "region": unit.region,
        "region_before": near.before.region if near.before else "",
        "region_after": near.after.region if near.after else "",
        "position": unit.position,
        "paragraph": unit.paragraph,
        "outlet": unit.outlet,
        "published": unit.published,
        "story": unit.story,
        "sampling": drawn.sampling,
        "probability": drawn.probability,
        "stratum": drawn.stratum,
        "pool": setting.pool,
        "codebook": setting.codebook,
        "blind": drawn.blind,
    }


def _context(unit: Unit | None, *, last: bool) -> str:
    if unit is None:
        return ""
    if len(unit.text) <= _NEAR:
        return unit.text
    return f"… {unit.text[-_NEAR:]}" if last else f"{unit.text[:_NEAR]} …"


def _annotation(answer: Answer) -> dict[str, Any]:
    result = [_choice(name, list(values)) for name, values in answer.values.items() if values]
    if answer.unsure:
        result.append(_choice("unsure", ["unsure"]))
    if answer.note:
        result.append(_part("note", "textarea", {"text": [answer.note]}))
    return {"completed_by": answer.user, "result": result, "ground_truth": False}


def prediction_of(suggestion: Suggestion, to_name: str = UNIT) -> dict[str, Any]:
    """Write a suggestion as Label Studio takes it.

    Parameters
    ----------
    suggestion : Suggestion
        Label Studio shows tasks with a low `margin` first where it orders by uncertainty.
    to_name : str
        The screen's object that is labelled.
    """
    chosen = _choice(suggestion.variable, list(suggestion.values)) | {"to_name": to_name}
    return {
        "model_version": suggestion.model,
        "score": suggestion.margin,
        "result": [chosen] if suggestion.values else [],
    }


def _choice(name: str, values: list[str]) -> dict[str, Any]:
    return _part(name, "choices", {"choices": values})


def _part(name: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"from_name": name, "to_name": UNIT, "type": kind, "value": value}
