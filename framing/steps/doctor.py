"""`framing doctor`: what stands between this study and its server, each fault with its remedy."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from framing.errors import FramingError, NotLabelStudio, ServerBusy, ServerUnreachable, SignInError
from framing.plural import counted
from framing.private import NAME, open_to_others
from framing.steps.labels_merge import lacks_driver
from framing.steps.pull import fetch, name_doubts
from framing.steps.studio import connect, left_behind
from framing.steps.study import Study

if TYPE_CHECKING:
    from framing.labelstudio.answers import Pulled
    from framing.labelstudio.connection import Connection
    from framing.labelstudio.handing_out import Queue
    from framing.labelstudio.projects import Project


#: Seconds that two clocks may differ before tokens fail.
_SKEW = 30
#: Coders that a blind project needs at least.
_OVERLAP = 2
#: Percent of a project's tasks.
_ALL = 100


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
        if lacks_driver(study.needed.root):
            yield Finding(
                "git",
                "warning",
                "this clone joins labels/ line by line, which leaves conflict markers in them",
                "framing labels merge --install",
            )
        book = study.codebook
        yield Finding("codebook", "ok", f"{counted(len(book.variables), 'variable')}, {book.fingerprint}")
        yield from _kept(study)
        yield from _labels(study)
        connection = connect(study)
        yield from _server(connection)
        yield from _clock(connection)
        yield _sign_up(connection)
        yield from _projects(study, connection)
    except FramingError as error:
        yield Finding(_step(error), "fault", error.message, error.hint)


def _step(error: FramingError) -> str:
    """How far a look at the server came, or what else can't be used."""
    if isinstance(error, ServerUnreachable):
        return error.step
    if isinstance(error, SignInError):
        return "sign-in"
    if isinstance(error, NotLabelStudio | ServerBusy):
        return "HTTP"
    return type(error).__name__.removesuffix("Error").lower() or "study"


def _labels(study: Study) -> Iterator[Finding]:
    """Files of answers that can't be read; nothing where all can, or none is there."""
    from framing.labels import read_labels

    for file in sorted(study.needed.labels.glob("*.csv")):
        try:
            read_labels([file])
        except FramingError as error:
            yield Finding("labels", "fault", error.message, error.hint)


def _kept(study: Study) -> Iterator[Finding]:
    """What lies on this machine: who can read it, and what an ended restore has left."""
    left = left_behind(study)
    if left:
        yield Finding("restore", "fault", left.message, left.hint)
    folder = study.needed.root / NAME
    found = open_to_others(folder)
    if found:
        told = f"others on this machine can read {counted(len(found), 'file')} of yours, {found[0]} is one"
        remedy = f"close them: framing studio start, or chmod -R go= {folder}; then change the passwords"
        yield Finding("privacy", "warning", told, remedy)
    elif folder.exists():
        yield Finding("privacy", "ok", f"only you can read {folder}")


def _server(connection: "Connection") -> Iterator[Finding]:
    from framing.labelstudio.environment import VERSION

    user = connection.whoami()
    yield Finding("server", "ok", f"answers at {connection.url}")
    if connection.in_clear:
        yield Finding(
            "server",
            "warning",
            f"the token and all answers travel to {connection.url} in clear",
            "ask for an https:// address; before the embedded one: framing studio start --public-url https://HOST",
        )
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


def _sign_up(connection: "Connection") -> Finding:
    from framing.labelstudio.webform import WebSession

    with WebSession(connection.url, connection.route) as session:
        if not session.anyone_may_sign_up():
            return Finding("sign-up", "ok", "closed: accounts are made by invitation only")
    return Finding(
        "sign-up",
        "warning",
        "whoever reaches the server can make an account, and accounts see everything",
        "start Label Studio with LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK=true",
    )


def _projects(study: Study, connection: "Connection") -> Iterator[Finding]:
    from framing.labelstudio.handing_out import queue_of
    from framing.labelstudio.projects import find_projects

    name = study.settings.round
    projects = find_projects(connection, study.settings.name, name)
    if not projects:
        yield Finding("project", "warning", f"none yet for round {name!r}", "framing push seeds/")
        return
    for project in projects:
        where = f"{connection.public_url}/projects/{project.id}"
        yield Finding("project", "ok", f"{project.title} ({project.kind}) at {where}")
        if project.unmarked:
            lost = "the lines by which the study finds it are missing in its description or its screen"
            yield Finding("project", "warning", lost, "push again, which puts them back: framing push INPUT")
        yield from _screen(study, project)
        queue = queue_of(connection, project.id)
        yield _queue(connection, project, queue)
        yield from _backends(connection, project, queue)
        if queue.suggestions:
            yield from _suggestions(study, connection, project, queue)
        yield from _tasks(connection, project)
    yield from _answers(study, projects)


def _queue(connection: "Connection", project: "Project", queue: "Queue") -> Finding:
    blind = project.kind == "blind"
    looked_at = (
        (blind and queue.shows_suggestions, "it shows suggestions"),
        (blind and queue.coders < _OVERLAP, "each task goes to one coder only"),
        (blind and queue.shared < _ALL, f"only {queue.shared} % of the tasks go to several coders"),
        (not blind and queue.coders > 1, f"each task goes to {queue.coders} coders"),
        (
            queue.sampling != "Sequential sampling",
            f"tasks come by {queue.sampling.lower()}, not in the order of the push",
        ),
        (not queue.explains, "the codebook does not open at the start"),
        (not queue.skips, "coders can't skip what can't be coded"),
    )
    faults = [told for wrong, told in looked_at if wrong]
    if not faults:
        return Finding("queue", "ok", f"in the order of the push, {queue.coders} coder(s) a task")
    remedy = f"set it back under {connection.public_url}/projects/{project.id}/settings, or push a new round"
    return Finding("queue", "warning", "; ".join(faults), remedy)


def _suggestions(
    study: Study, connection: "Connection", project: "Project", queue: "Queue"
) -> Iterator[Finding]:
    """Suggestions that coders should not see, or can't."""
    from framing.labelstudio.handing_out import backends_of
    from framing.labelstudio.suggesting import stored_suggestions

    where = f"{connection.public_url}/projects/{project.id}"
    if project.kind != "main":
        yield Finding(
            "suggestions",
            "warning",
            f"{queue.suggestions} are stored in the {project.kind} project, which shows none",
            f"delete them: {where}/data, select all, Actions, Delete Predictions",
        )
        return
    found = stored_suggestions(connection, project.id)
    lost = Counter[str]()
    for (_, name, value), count in found.items():
        variable = study.codebook.variable(name)
        if variable is None or value not in variable.names:
            lost[f"{name}={value}"] += count
    if lost:
        yield Finding(
            "suggestions",
            "warning",
            f"the codebook does not have {', '.join(f'{name} ({count})' for name, count in lost.items())}",
            "suggest anew, with a model made for this codebook: framing push seeds/ --suggest MODEL",
        )
    backends = {backend.title for backend in backends_of(connection, project.id)}
    if queue.model_version not in {version for version, _, _ in found} | backends:
        yield Finding(
            "suggestions",
            "warning",
            f"coders see none: the project shows those of {queue.model_version or 'no model'}",
            f"choose another version: {where}/settings/annotation; or framing push seeds/ --suggest MODEL",
        )


def _backends(connection: "Connection", project: "Project", queue: "Queue") -> Iterator[Finding]:
    from framing.labelstudio.handing_out import backends_of

    settings = f"{connection.public_url}/projects/{project.id}/settings/ml"
    for backend in backends_of(connection, project.id):
        if project.kind != "main":
            told = f"{backend.url} is connected to the {project.kind} project, which shows no suggestions"
            yield Finding("model", "warning", told, f"disconnect it: {settings}")
        elif not backend.connected:
            yield Finding(
                "model",
                "warning",
                f"Label Studio does not reach {backend.url}: {backend.error or 'not connected'}",
                "start it: framing serve; a Label Studio that framing studio did not start reaches loopback "
                "and private addresses only with ML_BLOCK_LOCAL_IP=false",
            )
        else:
            version = queue.model_version
            shown = "this model" if version == backend.title else version or "no model"
            yield Finding("model", "ok", f"{backend.url} is connected; coders see suggestions of {shown}")


def _tasks(connection: "Connection", project: "Project") -> Iterator[Finding]:
    from framing.labelstudio.complete import tasks_gone
    from framing.labelstudio.importing import listed_tasks

    gone = tasks_gone(project)
    if gone:
        deleted = f"{counted(gone, 'task')} deleted since the last push"
        yield Finding("tasks", "warning", deleted, "push again, which makes them anew: framing push INPUT")
    tasks, total = listed_tasks(connection, project.id)
    doubles = len(tasks) - len({task.unit for task in tasks})
    foreign = total - len(tasks)
    if doubles:
        told = f"two tasks each for {counted(doubles, 'unit')}"
        yield Finding("tasks", "warning", told, "push again: framing push seeds/")
    if foreign > 0:
        yield Finding(
            "tasks",
            "warning",
            f"{foreign} were not made by framing push; their answers are not pulled",
            f"delete them: {connection.public_url}/projects/{project.id}/data; and push their texts instead",
        )
    if not doubles and foreign <= 0 and not gone:
        yield Finding("tasks", "ok", f"{counted(len(tasks), 'task')}, one a unit")


def _screen(study: Study, project: "Project") -> Iterator[Finding]:
    from framing.labelstudio.screen import screen

    wanted = screen(study.codebook, adjudication=project.kind == "adjudication")
    if project.label_config.split() == wanted.split():
        yield Finding("screen", "ok", "made from this codebook")
    else:
        older = study.codebook.fingerprint in project.codebooks[:-1]
        yield Finding(
            "screen",
            "fault" if older else "warning",
            "made from a newer codebook than this one" if older else "not the one that this codebook makes",
            "get the newer codebook from whoever pushed it: git pull"
            if older
            else "if the codebook has changed, framing push brings the screen up to it",
        )


def _answers(study: Study, projects: "Sequence[Project]") -> Iterator[Finding]:
    fetched = fetch(study, study.settings.round)
    pulled = fetched.pulled
    yield from (
        Finding("coders", "warning", line, "give each person one name: coders: in config/settings.yaml")
        for line in name_doubts(study, {row["coder"] for row in pulled.rows})
    )
    if pulled.unusable:
        first = "; ".join(str(item) for item in pulled.unusable[:3])
        yield Finding(
            "answers",
            "fault",
            f"{len(pulled.unusable)} of the answers do not fit the codebook: {first}",
            "give the codebook the missing values back, or code these units again",
        )
    else:
        yield Finding("answers", "ok", f"{counted(len(pulled.rows), 'answer')}, all in the codebook")
    looked_at = (
        (
            _repeated(pulled),
            "by a coder who had answered the unit already; the latest counts",
            "ask coders to come in by Label All Tasks, and to change an answer with Update",
        ),
        (
            _not_blind(pulled, projects),
            "in the blind project were made from a suggestion",
            "have these units coded blind in a new round: framing push seeds/ --round NAME --overlap 0.2",
        ),
        (
            pulled.ground_truth,
            "marked as ground truth: Label Studio hands out their tasks again",
            "take the star off these answers in Label Studio",
        ),
        (
            pulled.unopened,
            "were made of suggestions that nobody had opened; they are not pulled",
            "delete them in Label Studio, so that their units are asked again",
        ),
        (
            sum(pulled.unknown.values()),
            f"to {', '.join(sorted(pulled.unknown))}, not in the codebook; they are kept",
            "give the codebook the variable back, or leave it: analyses leave it out",
        ),
    )
    for count, told, remedy in looked_at:
        if count:
            yield Finding("answers", "warning", f"{count} {told}", remedy)


def _repeated(pulled: "Pulled") -> int:
    """Answers beyond the first of a coder on a unit."""
    answers = {(row["project"], row["coder"], row["unit_id"], row["annotation"]) for row in pulled.rows}
    return len(answers) - len({answer[:3] for answer in answers})


def _not_blind(pulled: "Pulled", projects: "Sequence[Project]") -> int:
    blind = {project.id for project in projects if project.kind == "blind"}
    rows = [row for row in pulled.rows if row["project"] in blind and row["saw_suggestion"]]
    return len({row["annotation"] for row in rows})
