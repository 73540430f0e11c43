"""A study's projects on the server, found by the study, round and kind that they carry."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from framing.codebook import Codebook
from framing.labelstudio.connection import AGAIN, ONCE, Connection
from framing.labelstudio.screen import instructions, screen

#: `main` holds a round's units; `blind` those that several coders code without seeing a suggestion;
#: `adjudication` those on which they disagree.
Kind = Literal["main", "blind", "adjudication"]
KINDS: tuple[Kind, ...] = ("main", "blind", "adjudication")
_MARK, _DESIGN = "framing-study: ", "framing-designs: "
_TITLE = 50

Designs = Mapping[str, Mapping[str, tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Project:
    """One Label Studio project of a study.

    Attributes
    ----------
    id : int
        On that server.
    title : str
        As it stands in Label Studio now.
    kind : {"main", "blind", "adjudication"}
    label_config : str
        The labelling screen as XML.
    designs : dict of str to dict
        By pool, how many units of each stratum were drawn out of how many.
    """

    id: int
    title: str
    kind: Kind
    label_config: str
    designs: Designs = field(default_factory=dict)


def mark(study: str, round_: str, kind: Kind = "main") -> str:
    """Write the line in a project's description by which it is found again."""
    return f"{_MARK}{study} / {round_}" + ("" if kind == "main" else f" / {kind}")


def find_project(connection: Connection, study: str, round_: str, kind: Kind = "main") -> Project | None:
    """Find a round's project, whatever it is titled now; the oldest if there are several."""
    wanted = mark(study, round_, kind)
    with connection.speaking() as client:
        projects: Iterable[Any] = client.projects.list(page_size=100, request_options=AGAIN)
        found = [item for item in projects if wanted in (item.description or "").splitlines()]
    if not found:
        return None
    oldest = min(found, key=lambda item: int(item.id))
    return Project(
        id=int(oldest.id),
        title=oldest.title or "",
        kind=kind,
        label_config=oldest.label_config or "",
        designs=_designs(oldest.description or ""),
    )


def find_projects(connection: Connection, study: str, round_: str) -> list[Project]:
    """Find all projects of a round."""
    found = (find_project(connection, study, round_, kind) for kind in KINDS)
    return [project for project in found if project is not None]


def _designs(description: str) -> Designs:
    for line in description.splitlines():
        if line.startswith(_DESIGN):
            try:
                told = json.loads(line.removeprefix(_DESIGN))
                return {pool: {s: (int(n), int(of)) for s, (n, of) in t.items()} for pool, t in told.items()}
            except (ValueError, TypeError, AttributeError):
                return {}
    return {}


def ensure_project(
    connection: Connection,
    study: str,
    round_: str,
    codebook: Codebook,
    kind: Kind = "main",
    coders: int = 1,
) -> Project:
    """Find a round's project or make it from the codebook.

    Parameters
    ----------
    coders : int
        How many coders answer each task.
    """
    found = find_project(connection, study, round_, kind)
    if found is not None:
        return found
    name = round_ if kind == "main" else f"{round_} · {kind}"
    settings: dict[str, Any] = {
        "title": f"{study} · {name}"[:_TITLE].ljust(3, "·"),
        "description": f"{codebook.title}\n{mark(study, round_, kind)}",
        "label_config": screen(codebook, adjudication=kind == "adjudication"),
        "expert_instruction": instructions(codebook),
        "show_instruction": True,
        "show_skip_button": True,
        "enable_empty_annotation": False,
        "maximum_annotations": coders,
        "sampling": "Sequential sampling",
        "show_collab_predictions": kind == "main",
    }
    with connection.speaking() as client:
        made = client.projects.create(**settings, request_options=ONCE)
    oldest = find_project(connection, study, round_, kind)
    if oldest is None or oldest.id == made.id:
        return oldest or Project(int(made.id or 0), made.title or "", kind, made.label_config or "")
    # Another push made the project at the same moment: the older one is everybody's.
    with connection.speaking() as client:
        client.projects.delete(id=int(made.id or 0), request_options=AGAIN)
    return oldest


@dataclass(frozen=True, slots=True)
class Queue:
    """How a project hands out its tasks, as the server has it now.

    Attributes
    ----------
    sampling : str
        Label Studio's name of the order.
    model_version : str
        Whose suggestions are shown; empty: none in particular.
    coders : int
        How many coders answer each task.
    shows_suggestions : bool
    suggestions : int
        How many suggestions are stored.
    """

    sampling: str
    model_version: str
    coders: int
    shows_suggestions: bool
    suggestions: int


def queue_of(connection: Connection, project: int) -> Queue:
    """Read how a project hands out its tasks."""
    with connection.speaking() as client:
        found = client.projects.get(id=project, request_options=AGAIN)
    return Queue(
        sampling=str(found.sampling or ""),
        model_version=str(found.model_version or ""),
        coders=int(found.maximum_annotations or 1),
        shows_suggestions=bool(found.show_collab_predictions),
        suggestions=int(found.total_predictions_number or 0),
    )


def update_screen(connection: Connection, project: Project, codebook: Codebook) -> None:
    """Bring a project's screen and instructions up to the codebook."""
    with connection.speaking() as client:
        client.projects.update(
            id=project.id,
            label_config=screen(codebook, adjudication=project.kind == "adjudication"),
            expert_instruction=instructions(codebook),
            request_options=AGAIN,
        )


def keep_design(
    connection: Connection, project: Project, pool: str, strata: Mapping[str, tuple[int, int]]
) -> None:
    """Write down how many units were drawn from a pool, so that pulls can tell probabilities."""
    if not strata or project.designs.get(pool) == dict(strata):
        return
    designs = {**project.designs, pool: dict(strata)}
    with connection.speaking() as client:
        now = client.projects.get(id=project.id, request_options=AGAIN).description or ""
        lines = [line for line in now.splitlines() if not line.startswith(_DESIGN)]
        lines.append(_DESIGN + json.dumps(designs, ensure_ascii=False))
        client.projects.update(id=project.id, description="\n".join(lines), request_options=AGAIN)


def show_model(connection: Connection, project: int, model: str) -> str:
    """Make a project show a model's suggestions; gives what the server says it shows now."""
    with connection.speaking() as client:
        client.projects.update(id=project, model_version=model, request_options=AGAIN)
        return str(client.projects.get(id=project, request_options=AGAIN).model_version or "")
