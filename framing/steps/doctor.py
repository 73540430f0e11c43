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
        yield from _project(study, connection)
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


def _project(study: Study, connection: "Connection") -> Iterator[Finding]:
    from framing.labelstudio.projects import find_project

    name = study.settings.round
    project = find_project(connection, study.settings.study, name)
    if project is None:
        yield Finding("project", "warning", f"none yet for round {name!r}", "framing push seeds/")
        return
    yield Finding("project", "ok", f"{project.title} at {connection.url}/projects/{project.id}")
    yield from _screen(study, project)
    yield from _answers(study)


def _screen(study: Study, project: "Project") -> Iterator[Finding]:
    from framing.labelstudio.screen import screen

    if project.label_config.split() == screen(study.codebook).split():
        yield Finding("screen", "ok", "made from this codebook")
    else:
        yield Finding(
            "screen",
            "warning",
            "not the one that this codebook makes",
            "if the codebook has changed, start a new round: framing push --round NAME",
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
