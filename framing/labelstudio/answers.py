"""Answers in Label Studio to rows of a LABELS table."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from framing.codebook import Codebook, Variable
from framing.labelstudio.connection import AGAIN, Connection
from framing.labelstudio.importing import unit_of
from framing.labelstudio.leftovers import MARK, others_exports, remove_exports
from framing.labelstudio.projects import Designs, Project
from framing.labelstudio.pseudonyms import Pseudonyms
from framing.labelstudio.screen import NOTE, REASON, UNSURE
from framing.records import ADJUDICATOR, HUMAN, Unusable, as_text, todays_article
from framing.times import moment, written


@dataclass(slots=True)
class Pulled:
    """What a project gave.

    Attributes
    ----------
    rows : list of dict
        LABELS rows, `current` not yet decided, each with `created_at` beside LABELS' columns.
    unusable : list of Unusable
        Answers that are kept on the server but are no LABELS rows, with the reason.
    ground_truth : int
        Answers that are marked as ground truth.
    unopened : int
        Suggestions that Label Studio turned into answers although nobody had opened them.
    unknown : dict of str to int
        Answers by variable, of variables that the codebook does not have.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    unusable: list[Unusable] = field(default_factory=list)
    ground_truth: int = 0
    unopened: int = 0
    unknown: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Pulled") -> None:
        """Take in what another project gave."""
        self.rows.extend(other.rows)
        self.unusable.extend(other.unusable)
        self.ground_truth += other.ground_truth
        self.unopened += other.unopened
        self.unknown.update(other.unknown)


def export(connection: Connection, project: int) -> list[dict[str, Any]]:
    """Fetch all tasks that have answers, with the answers; the copy that a server of one's own keeps goes."""
    kept_in = connection.exports
    others = others_exports(kept_in) if kept_in else {}
    with (
        connection.speaking() as client,
        client.projects.exports.with_raw_response.download_sync(
            id=project,
            export_type="JSON",
            download_all_tasks=False,
            request_options={**AGAIN, "additional_query_parameters": MARK},
        ) as answer,
    ):
        found: list[dict[str, Any]] = json.loads(b"".join(answer.data))
        name = answer.headers.get("filename", "")
    if kept_in:
        remove_exports(kept_in, name, others)
    return found


def complete_suggestions(connection: Connection, project: int, tasks: list[dict[str, Any]]) -> None:
    """Put the suggestion of its task into each exported answer that came without one.

    Label Studio notes it with an answer only where the project shows that model's suggestions.
    """
    bare = [
        (task, annotation)
        for task in tasks
        for annotation in task.get("annotations") or []
        if task.get("predictions") and not annotation.get("prediction")
    ]
    if not bare:
        return
    with connection.speaking() as client:
        listed = client.predictions.list(project=project, request_options=AGAIN)
    known = {item.id: {"model_version": item.model_version, "result": item.result} for item in listed}
    for task, annotation in bare:
        number = annotation.get("parent_prediction") or max(task["predictions"])
        annotation["prediction"] = known.get(number, {})


@dataclass(frozen=True, slots=True)
class Reading:
    """How a project's answers are read.

    Attributes
    ----------
    codebook : Codebook
        Its variables are looked for in each answer.
    project : Project
        Where the tasks lie; its designs say with what chance a unit was drawn.
    coders : Pseudonyms
    """

    codebook: Codebook
    project: Project
    coders: Pseudonyms


def label_rows(tasks: list[dict[str, Any]], reading: Reading) -> Pulled:
    """Turn exported tasks into LABELS rows.

    Parameters
    ----------
    tasks : list of dict
        As `export` gives them.
    reading : Reading
    """
    pulled = Pulled()
    for task in tasks:
        if not unit_of(task):
            pulled.unusable.append(Unusable(f"task {task.get('id')}", "not made by framing push"))
            continue
        for annotation in task.get("annotations") or []:
            pulled.ground_truth += bool(annotation.get("ground_truth"))
            if is_unopened(annotation):
                pulled.unopened += 1
                continue
            for item in _rows(task, annotation, reading, pulled.unknown):
                if isinstance(item, Unusable):
                    pulled.unusable.append(item)
                else:
                    chance = _probability(task, reading.project.designs, item["probability"])
                    row = {"round": reading.project.round, **item, "probability": chance}
                    pulled.rows.append(row)
    return pulled


def is_unopened(annotation: Mapping[str, Any]) -> bool:
    """Whether Label Studio made an answer of a suggestion that nobody had opened.

    Its action on many tasks at once leaves the suggestion it came from, but neither the time that
    somebody worked on it nor who changed it.
    """
    made_of = annotation.get("parent_prediction")
    return made_of is not None and annotation.get("lead_time") is None and not annotation.get("updated_by")


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
    reading: Reading,
    unknown: Counter[str],
) -> Iterator[dict[str, Any] | Unusable]:
    parts = _parts(annotation.get("result") or [])
    suggested = _parts((annotation.get("prediction") or {}).get("result") or [])
    skipped = bool(annotation.get("was_cancelled"))
    shared = _unit_columns(task) | _answer_columns(annotation, parts, reading)
    where = f"task {task.get('id')}, answer {annotation.get('id')}"
    for variable in reading.codebook.variables:
        # What was answered is kept under the names of that day; whoever reads it maps them.
        name = next((old for old in variable.formerly if old in parts), variable.name)
        chosen = parts.pop(name, [])
        answer = "|".join(chosen)
        legal = variable.parse(variable.today(answer))
        own = shared | _suggestion(annotation, suggested, variable) | {"variable": name, "skipped": skipped}
        if skipped:
            yield own | {"value": ""}
        elif legal is None and not chosen:
            yield Unusable(where, f"no value for {name}, expected one")
        else:
            yield own | {"value": _ordered(chosen, variable)}
            if legal is None:
                yield Unusable(where, f"{name}: {answer!r} is not in the codebook (kept)")
    for name in parts.keys() - {UNSURE, NOTE, REASON}:
        unknown[name] += 1
        yield shared | {"variable": name, "value": "|".join(parts[name]), "skipped": skipped}


def _suggestion(
    annotation: Mapping[str, Any], suggested: Mapping[str, list[str]], variable: Variable
) -> dict[str, str]:
    """What was suggested on a variable when the answer was given, shown or hidden."""
    name = next((item for item in (variable.name, *variable.formerly) if item in suggested), "")
    if not name:
        return {}
    model = str((annotation.get("prediction") or {}).get("model_version") or "")
    return {"suggestion": _ordered(suggested[name], variable), "suggestion_model": model}


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
        "unit_id": unit_of(task),
        **{name: meta.get(name, "") for name in named},
        "article_id": todays_article(as_text(meta.get("article_id"))),
        **{name: data.get(name, "") for name in ("text", "before", "after", "title")},
        "project": task.get("project"),
        "task": task.get("id"),
    }


def _answer_columns(
    annotation: Mapping[str, Any], parts: Mapping[str, list[str]], reading: Reading
) -> dict[str, Any]:
    user = annotation.get("completed_by")
    number = int(user["id"] if isinstance(user, dict) else user or 0)
    seconds = annotation.get("lead_time")
    created, changed = _times(annotation)
    answer = int(annotation.get("id") or 0)
    return {
        "coder": ADJUDICATOR if reading.project.kind == "adjudication" else reading.coders.of(number),
        "kind": HUMAN,
        # A clock that ran back in between leaves a change before its answer.
        "made_at": written(max(changed, created)),
        "created_at": written(created),
        "seconds": round(float(seconds), 1) if seconds is not None else None,
        "unsure": bool(parts.get(UNSURE)),
        "note": " ".join(parts.get(NOTE, [])),
        "saw_suggestion": annotation.get("parent_prediction") is not None,
        "server": reading.coders.server.of_answer(answer, changed),
        "annotation": answer,
        "reason": " ".join(parts.get(REASON, [])),
    }


def _times(annotation: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """When an answer was made, and when it was changed last."""
    changed = moment(str(annotation.get("updated_at") or annotation.get("created_at")))
    created = moment(str(annotation.get("created_at") or annotation.get("updated_at")))
    return created, changed
