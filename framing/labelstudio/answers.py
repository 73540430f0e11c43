"""Answers in Label Studio to rows of a LABELS table."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from framing.codebook import Codebook, Variable
from framing.labelstudio.connection import AGAIN, Connection
from framing.labelstudio.projects import Designs, Project
from framing.labelstudio.screen import NOTE, REASON, UNSURE
from framing.records import ADJUDICATOR, Unusable


@dataclass(slots=True)
class Pulled:
    """What a project gave.

    Attributes
    ----------
    rows : list of dict
        LABELS rows, `current` not yet decided.
    unusable : list of Unusable
        Answers that are kept on the server but are no LABELS rows, with the reason.
    ground_truth : int
        Answers that are marked as ground truth.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    unusable: list[Unusable] = field(default_factory=list)
    ground_truth: int = 0


def export(connection: Connection, project: int) -> list[dict[str, Any]]:
    """Fetch all tasks that have answers, with the answers."""
    with connection.speaking() as client:
        chunks = client.projects.exports.download_sync(
            id=project, export_type="JSON", download_all_tasks=False, request_options=AGAIN
        )
        found: list[dict[str, Any]] = json.loads(b"".join(chunks))
    return found


def label_rows(
    tasks: list[dict[str, Any]],
    codebook: Codebook,
    project: Project,
    *,
    round_: str,
    coders: Mapping[int, str],
) -> Pulled:
    """Turn exported tasks into LABELS rows.

    Parameters
    ----------
    tasks : list of dict
        As `export` gives them.
    codebook : Codebook
        Its variables are looked for in each answer.
    project : Project
        Where the tasks lie; its designs tell with what chance a unit was drawn.
    round_ : str
        Name of the round.
    coders : mapping of int to str
        Pseudonyms by Label Studio user id; others are called ``coder-<id>``.
    """
    pulled = Pulled()
    names = _Adjudicated() if project.kind == "adjudication" else coders
    for task in tasks:
        uid = (task.get("data") or {}).get("uid")
        if not isinstance(uid, str):
            pulled.unusable.append(Unusable(f"task {task.get('id')}", "not made by framing push"))
            continue
        for annotation in task.get("annotations") or []:
            pulled.ground_truth += bool(annotation.get("ground_truth"))
            for item in _rows(task, annotation, codebook, names):
                if isinstance(item, Unusable):
                    pulled.unusable.append(item)
                else:
                    chance = _probability(task, project.designs, item["probability"])
                    pulled.rows.append({"round": round_, **item, "probability": chance})
    return pulled


class _Adjudicated(dict[int, str]):
    """Whoever settles disagreements answers as the adjudicator."""

    def get(self, key: int, default: str | None = None) -> str:  # type: ignore[override]
        return ADJUDICATOR


def _probability(task: Mapping[str, Any], designs: Designs, stored: Any) -> Any:
    """Tell a unit's chance by the design as it is now: a later push may have drawn more."""
    meta = task.get("meta") or {}
    drawn, of = designs.get(str(meta.get("pool")), {}).get(str(meta.get("stratum", "")), (0, 0))
    if meta.get("sampling") == "random" and of:
        return drawn / of
    return stored


def _rows(
    task: Mapping[str, Any],
    annotation: Mapping[str, Any],
    codebook: Codebook,
    coders: Mapping[int, str],
) -> Iterator[dict[str, Any] | Unusable]:
    parts = _parts(annotation.get("result") or [])
    skipped = bool(annotation.get("was_cancelled"))
    shared = _unit_columns(task) | _answer_columns(annotation, parts, coders)
    where = f"task {task.get('id')}, answer {annotation.get('id')}"
    for variable in codebook.variables:
        # What was answered is kept under the names of that day; whoever reads it maps them.
        name = next((old for old in variable.formerly if old in parts), variable.name)
        chosen = parts.get(name, [])
        answer = "|".join(chosen)
        legal = variable.parse(variable.today(answer))
        if skipped:
            yield shared | {"variable": name, "value": "", "skipped": True}
        elif legal is None and not chosen:
            yield Unusable(where, f"no value for {name}, expected one")
        else:
            yield shared | {"variable": name, "value": _ordered(chosen, variable), "skipped": False}
            if legal is None:
                yield Unusable(where, f"{name}: {answer!r} is not in the codebook (kept)")


def _ordered(chosen: list[str], variable: Variable) -> str:
    """Join values in codebook order; those that it does not know come last, as they were chosen."""
    place = {name: index for index, name in enumerate(variable.names)}
    last = len(place)
    return "|".join(sorted(dict.fromkeys(chosen), key=lambda name: place.get(variable.today(name), last)))


def _parts(result: list[Mapping[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in result:
        value = part.get("value") or {}
        found[str(part.get("from_name"))] = list(value.get("choices") or value.get("text") or [])
    return found


def _unit_columns(task: Mapping[str, Any]) -> dict[str, Any]:
    data, meta = task["data"], task.get("meta") or {}
    named = (
        "article_id source start end region region_before region_after position paragraph outlet "
        "published story sampling probability codebook"
    ).split()
    return {
        "unit_id": data["uid"],
        **{name: meta.get(name, "") for name in named},
        **{name: data.get(name, "") for name in ("text", "before", "after", "title")},
        "project": task.get("project"),
        "task": task.get("id"),
    }


def _answer_columns(
    annotation: Mapping[str, Any], parts: Mapping[str, list[str]], coders: Mapping[int, str]
) -> dict[str, Any]:
    user = annotation.get("completed_by")
    number = int(user["id"] if isinstance(user, dict) else user or 0)
    seconds = annotation.get("lead_time")
    return {
        "coder": coders.get(number, f"coder-{number}"),
        "made_at": str(annotation.get("updated_at") or annotation.get("created_at") or ""),
        "seconds": round(float(seconds), 1) if seconds is not None else None,
        "unsure": bool(parts.get(UNSURE)),
        "note": " ".join(parts.get(NOTE, [])),
        "saw_suggestion": annotation.get("parent_prediction") is not None,
        "annotation": annotation.get("id"),
        "reason": " ".join(parts.get(REASON, [])),
    }
