"""`framing doctor`: what stands between this study and its server, each fault with its remedy."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from framing.errors import FramingError
from framing.steps.pull import fetch
from framing.steps.studio import connect
from framing.steps.study import Study

if TYPE_CHECKING:
    from framing.labelstudio.connection import Connection
    from framing.labelstudio.projects import Project


#: Seconds that two clocks may differ before tokens fail.
_SKEW = 30
#: Coders that a blind project needs at least.
_OVERLAP = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    check : str
        What was looked at.
    state : {"ok", "warning", "fault"}
    found : str
        What is the case.
    remedy : str
        What to do; empty where all is well.
    """

    check: str
    state: Literal["ok", "warning", "fault"]
    found: str
    remedy: str = ""


def doctor(study: Study) -> list[Finding]:
    """Look at workspace, server, token, versions, project and stored answers."""
    return list(_findings(study))


def _findings(study: Study) -> Iterator[Finding]:
    try:
        yield Finding("workspace", "ok", str(study.needed.root))
        book = study.codebook
        yield Finding("codebook", "ok", f"{len(book.variables)} variables, {book.fingerprint}")
        connection = connect(study)
        yield from _server(connection)
        yield from _clock(connection)
        yield from _projects(study, connection)
    except FramingError as error:
        name = type(error).__name__.removesuffix("Error").lower() or "study"
        yield Finding(name, "fault", error.message, error.hint)


def _server(connection: "Connection") -> Iterator[Finding]:
    from framing.labelstudio.environment import VERSION

    user = connection.whoami()
    yield Finding("server", "ok", f"answers at {connection.url}")
    yield Finding("token", "ok", f"{connection.token_kind} of {user['email']}")
    version = connection.version()
    if version == VERSION:
        yield Finding("version", "ok", f"Label Studio {version}")
    else:
        yield Finding(
            "version",
            "warning",
            f"Label Studio {version or 'of unknown version'}, tested with {VERSION}",
            f"use Label Studio {VERSION}, or try a small round first",
        )


def _clock(connection: "Connection") -> Iterator[Finding]:
    skew = connection.clock_skew()
    if abs(skew) <= _SKEW:
        yield Finding("clock", "ok", f"within {_SKEW} seconds of the server's")
    else:
        which = "behind" if skew > 0 else "ahead of"
        yield Finding(
            "clock",
            "fault",
            f"{abs(skew):.0f} seconds {which} the server's; access tokens last 300 seconds",
            "set this machine's clock, for example by turning time synchronisation on",
        )


def _projects(study: Study, connection: "Connection") -> Iterator[Finding]:
    from framing.labelstudio.projects import find_projects

    name = study.settings.round
    projects = find_projects(connection, study.settings.study, name)
    if not projects:
        yield Finding("project", "warning", f"none yet for round {name!r}", "framing push seeds/")
        return
    for project in projects:
        where = f"{connection.url}/projects/{project.id}"
        yield Finding("project", "ok", f"{project.title} ({project.kind}) at {where}")
        yield from _screen(study, project)
        yield from _queue(connection, project)
        yield from _doubles(connection, project)
    yield from _answers(study)


def _queue(connection: "Connection", project: "Project") -> Iterator[Finding]:
    from framing.labelstudio.projects import queue_of

    queue = queue_of(connection, project.id)
    faults = []
    if project.kind == "blind" and queue.shows_suggestions:
        faults.append("it shows suggestions")
    if project.kind == "blind" and queue.coders < _OVERLAP:
        faults.append("each task goes to one coder only")
    if queue.suggestions and not queue.model_version:
        faults.append("its suggestions belong to no model version that it shows, and its order is random")
    if queue.sampling != "Sequential sampling":
        faults.append(f"tasks come by {queue.sampling.lower()}, not in the order of the push")
    if faults:
        remedy = f"set it back under {connection.url}/projects/{project.id}/settings, or push a new round"
        yield Finding("queue", "warning", "; ".join(faults), remedy)
    else:
        yield Finding("queue", "ok", f"in the order of the push, {queue.coders} coder(s) a task")


def _doubles(connection: "Connection", project: "Project") -> Iterator[Finding]:
    from framing.labelstudio.importing import stored_tasks

    tasks = stored_tasks(connection, project.id)
    doubles = len(tasks) - len({task.unit for task in tasks})
    if doubles:
        yield Finding(
            "tasks", "warning", f"{doubles} units have two tasks", "push again: framing push seeds/"
        )
    else:
        yield Finding("tasks", "ok", f"{len(tasks)} tasks, one a unit")


def _screen(study: Study, project: "Project") -> Iterator[Finding]:
    from framing.labelstudio.screen import screen

    wanted = screen(study.codebook, adjudication=project.kind == "adjudication")
    if project.label_config.split() == wanted.split():
        yield Finding("screen", "ok", "made from this codebook")
    else:
        yield Finding(
            "screen",
            "warning",
            "not the one that this codebook makes",
            "if the codebook has changed, framing push brings the screen up to it",
        )


def _answers(study: Study) -> Iterator[Finding]:
    pulled = fetch(study, study.settings.round)
    if not pulled.unusable:
        yield Finding("answers", "ok", f"{len(pulled.rows)} answers, all in the codebook")
        return
    first = "; ".join(str(item) for item in pulled.unusable[:3])
    yield Finding(
        "answers",
        "fault",
        f"{len(pulled.unusable)} of the answers do not fit the codebook: {first}",
        "give the codebook the missing values back, or code these units again",
    )
