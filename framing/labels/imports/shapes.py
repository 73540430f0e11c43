"""What a record answers, by the tool that wrote it: Label Studio, doccano, Prodigy, or a plain table."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from framing.labels.imports.records import Record
from framing.records import Unusable, as_text, digest
from framing.tables import LABELS

_PRODIGY = ("_input_hash", "_task_hash", "_view_id", "_session_id")
_LABEL_STUDIO = {"annotator", "annotation_id", "created_at", "updated_at", "lead_time", "id"}
#: Controls of a screen that are no variables.
_BESIDE = ("unsure", "note", "reason")
_SPANS = "found spans of text, expected labels of the whole text"


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer as it stands in the file.

    Attributes
    ----------
    where : str
    unit : str
        Which of the file's texts it is on: two answers with one number are on one unit.
    columns : dict of str to object
        What is known by the names of LABELS.
    variable : str
        Empty: the one that was asked for.
    values : sequence of str
        What was chosen.
    none : str
        Why nothing chosen can't mean "none of them"; empty: it does.
    skipped : bool
    part : bool
        Whether it tells of one value only, others on the same unit adding to it.
    """

    where: str
    unit: str
    columns: dict[str, Any]
    variable: str
    values: Sequence[str]
    none: str = ""
    skipped: bool = False
    part: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """What the file was coded with.

    Attributes
    ----------
    variables : tuple of str
        Names that the codebook knows, of today and of before, and the one asked for.
    controls : tuple of str
        Controls with choices that occur in a Label Studio export.
    renamed : mapping of str to str
        Variables by the control whose answers they take.
    coders : mapping of int to str
        Pseudonyms by Label Studio user id.
    """

    variables: tuple[str, ...]
    controls: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    coders: Mapping[int, str] = field(default_factory=dict)


_Answers = Iterator[Answered | Unusable]


def answers_in(record: Record, screen: Screen) -> _Answers:
    """Tell what a record answers, by its shape."""
    fields = record.fields
    if isinstance(fields.get("data"), dict) and isinstance(fields.get("annotations"), list):
        return _of_task(record, screen)
    if _is_flat(fields):
        return _of_flat(record, screen)
    if any(name in fields for name in _PRODIGY):
        return _of_prodigy(record)
    if any(isinstance(fields.get(name), list) for name in ("label", "labels", "annotations", "entities")):
        return _of_doccano(record)
    return _of_plain(record, screen)


def controls_in(
    found: Iterable[Record | Unusable], variables: Sequence[str], renamed: Mapping[str, str]
) -> tuple[str, ...]:
    """Name the controls with choices that occur in a Label Studio export."""
    names: dict[str, None] = {}
    for record in found:
        if not isinstance(record, Record):
            continue
        if _is_flat(record.fields):
            names |= dict.fromkeys(name for name in variables if name in record.fields)
        annotations = record.fields.get("annotations")
        for annotation in annotations if isinstance(annotations, list) else []:
            if isinstance(annotation, dict):
                names |= dict.fromkeys(_parts(annotation, renamed)[0])
    return tuple(names)


def _is_flat(fields: Mapping[str, Any]) -> bool:
    return "annotation_id" in fields and ("annotator" in fields or "lead_time" in fields)


def pseudonym(name: str) -> str:
    """Stand for an account's name, the same on every machine; the name can't be read from it."""
    return f"coder-{digest(name.casefold(), size=4)}"


def _of_task(record: Record, screen: Screen) -> _Answers:
    fields = record.fields
    meta = fields.get("meta")
    known = _known(meta if isinstance(meta, dict) else {}) | _known(fields["data"])
    known |= {"task": fields.get("id"), "project": fields.get("project")}
    if not fields["annotations"]:
        yield Unusable(record.where, "no answer yet")
    for annotation in fields["annotations"]:
        if not isinstance(annotation, dict):
            yield Unusable(record.where, f"found {type(annotation).__name__}, expected an answer")
            continue
        where = f"{record.where}, answer {annotation.get('id')}"
        columns = known | _of_annotation(annotation, screen)
        chosen, beside = _parts(annotation, screen.renamed)
        columns |= {
            "unsure": bool(beside.get("unsure")),
            "note": " ".join(beside.get("note", [])),
            "reason": " ".join(beside.get("reason", [])),
        }
        unit, skipped = str(record.number), bool(annotation.get("was_cancelled"))
        if not skipped and not chosen:
            yield Unusable(
                where, f"no choices in it, expected some on {' '.join(screen.controls) or 'a text'}"
            )
            continue
        for name in screen.controls or ("",):
            values = () if skipped else chosen.get(name, ())
            yield Answered(where, unit, columns, name, values, skipped=skipped)


def _of_annotation(annotation: Mapping[str, Any], screen: Screen) -> dict[str, Any]:
    user = annotation.get("completed_by")
    seconds = annotation.get("lead_time")
    return {
        "coder": _account(user.get("id") if isinstance(user, dict) else user, screen),
        "made_at": annotation.get("updated_at") or annotation.get("created_at"),
        "seconds": round(seconds, 1) if isinstance(seconds, float | int) else None,
        "saw_suggestion": annotation.get("parent_prediction") is not None,
        "annotation": annotation.get("id"),
    }


def _account(user: object, screen: Screen) -> str:
    """Name whoever holds an account by its number; an e-mail address never shows."""
    told = as_text(user)
    if not told.isdecimal():
        return pseudonym(told) if told else ""
    return screen.coders.get(int(told), f"coder-{int(told)}")


def _parts(
    annotation: Mapping[str, Any], renamed: Mapping[str, str]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Split an annotation into what was chosen and what stands beside, by control."""
    chosen: dict[str, list[str]] = {}
    beside: dict[str, list[str]] = {}
    result = annotation.get("result")
    for part in result if isinstance(result, list) else []:
        value = part.get("value") if isinstance(part, dict) else None
        name = str(part.get("from_name")) if isinstance(part, dict) else ""
        if not isinstance(value, dict):
            continue
        told = value.get("choices") or value.get("text")
        if name in _BESIDE:
            beside[name] = _texts(told)
        elif isinstance(value.get("choices"), list):
            chosen[renamed.get(name, name)] = _texts(value["choices"])
    return chosen, beside


def _texts(told: object) -> list[str]:
    listed = told if isinstance(told, list) else [told]
    return [as_text(item) for item in listed if as_text(item)]


def _of_flat(record: Record, screen: Screen) -> _Answers:
    """Read a row of Label Studio's CSV or JSON-MIN: one annotation, a column for each control."""
    fields = record.fields
    if not screen.controls:
        others = " ".join(name for name in fields if name not in _LABEL_STUDIO)
        yield Unusable(record.where, f"no column of a variable, found {others}, expected one to take it from")
        return
    columns = _known(fields) | {
        "coder": _account(fields["annotator"], screen) if fields.get("annotator") else "",
        "made_at": fields.get("updated_at") or fields.get("created_at"),
        "seconds": _seconds(fields.get("lead_time")),
        "annotation": fields["annotation_id"],
        "task": fields.get("id"),
        "unsure": bool(fields.get("unsure")),
    }
    for name in screen.controls:
        yield Answered(record.where, as_text(fields.get("id")), columns, name, _cell(fields.get(name)))


def _seconds(told: object) -> object:
    try:
        return round(float(as_text(told)), 1)
    except ValueError:
        return None


def _cell(told: object) -> list[str]:
    """Read what Label Studio writes into a cell: one choice bare, several as JSON."""
    if isinstance(told, str) and told.startswith('{"choices"'):
        told = json.loads(told)
    if isinstance(told, dict):
        told = told.get("choices")
    return _texts(told)


def _of_prodigy(record: Record) -> _Answers:
    fields = record.fields
    who = as_text(fields.get("_annotator_id") or fields.get("_session_id"))
    columns = _known(fields) | {
        "coder": pseudonym(who) if who else as_text(fields.get("coder")),
        "made_at": _moment(fields.get("_timestamp")),
    }
    unit = as_text(fields.get("_input_hash", record.number))
    answer, accepted, label = fields.get("answer", "accept"), fields.get("accept"), fields.get("label")
    if answer == "ignore":
        yield Answered(record.where, unit, columns, "", (), skipped=True)
    elif answer == "reject":
        yield Unusable(
            record.where, f"{label or 'the answer'} was rejected: it says only what the text is not"
        )
    elif isinstance(accepted, list):
        yield Answered(record.where, unit, columns, "", _texts(accepted))
    elif isinstance(label, str) and label:
        yield Answered(record.where, unit, columns, "", [label], part=True)
    else:
        told = _SPANS if fields.get("spans") else "no label, expected label, or accept with its choices"
        yield Unusable(record.where, told)


def _moment(stamp: object) -> str:
    if not isinstance(stamp, int | float):
        return ""
    try:
        return datetime.fromtimestamp(stamp, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        return ""


def _of_doccano(record: Record) -> _Answers:
    fields = record.fields
    columns = _known(fields) | {"text": as_text(fields.get("text") or fields.get("data"))}
    comments = fields.get("Comments") or fields.get("comments")
    if isinstance(comments, list):
        columns["note"] = " ".join(_texts([c for c in comments if isinstance(c, str)]))
    by_user: dict[str, list[Any]] = {}
    if isinstance(fields.get("annotations"), list):
        for item in fields["annotations"]:
            if isinstance(item, dict):
                by_user.setdefault(as_text(item.get("user")), []).append(item.get("label"))
    else:
        by_user[""] = next(
            fields[name] for name in ("label", "labels", "entities") if isinstance(fields.get(name), list)
        )
    unit = str(record.number)
    for user, given in by_user.items() or [("", [])]:
        if any(isinstance(item, list | dict) for item in given):
            yield Unusable(record.where, _SPANS)
        elif any(isinstance(item, int) for item in given):
            yield Unusable(record.where, f"found label {given[0]}, a number of doccano's, expected its name")
        else:
            who = {"coder": f"coder-{user}"} if user else {}
            none = "no label: not coded, or none of them; doccano does not say which"
            yield Answered(record.where, unit, columns | who, "", _texts(given), none)


def _of_plain(record: Record, screen: Screen) -> _Answers:
    fields, unit = record.fields, str(record.number)
    columns = _known(fields)
    skipped = as_text(fields.get("skipped")).lower() in ("true", "1", "yes")
    if "value" in fields:
        variable, value = as_text(fields.get("variable")), fields["value"]
        yield Answered(record.where, unit, columns, variable, _values(value), skipped=skipped)
        return
    if "label" in fields:
        none = "the column label is empty"
        yield Answered(record.where, unit, columns, "", _values(fields["label"]), none, skipped)
        return
    names = [name for name in screen.variables if name in fields]
    if not names:
        found = " ".join(fields) or "none"
        yield Unusable(record.where, f"no label: found columns {found}, expected value or label")
    for name in names:
        yield Answered(record.where, unit, columns, name, _values(fields[name]), "no value", skipped)


def _values(told: object) -> list[str]:
    if isinstance(told, list):
        return _texts(told)
    return [name.strip() for name in as_text(told).split("|") if name.strip()]


_OWN = {"variable", "value", "current"}


def _known(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Take what LABELS has a column for, from the record and from its `meta`."""
    meta = fields.get("meta")
    nested = meta if isinstance(meta, dict) else {}
    found = {
        name: source[name]
        for source in (nested, fields)
        for name in LABELS.columns
        if name not in _OWN and isinstance(source.get(name), str | int | float)
    }
    uid = fields.get("uid") or nested.get("uid")
    return found | ({"unit_id": uid} if isinstance(uid, str) and "unit_id" not in found else {})
