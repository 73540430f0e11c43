"""A note in a project that says which tasks it holds, so that pushing them again lists nothing."""

from collections.abc import Sequence

from framing.labelstudio.connection import Connection
from framing.labelstudio.importing import State, Task, state_of
from framing.labelstudio.projects import Project, keep_line
from framing.records import digest

_TASKS = "framing-tasks: "


def holds(connection: Connection, project: Project, tasks: Sequence[Task]) -> bool:
    """Whether a project has these tasks and no others, each once, by the note of an earlier push.

    The note names units, count and newest task. Ids only grow, so as long as the newest task is the
    same none has come, and if the count is the same, too, none has gone.
    """
    told = [line for line in project.description.splitlines() if line.startswith(_TASKS)]
    return bool(told) and told == [_note(tasks, state_of(connection, project.id))]


def note_down(connection: Connection, project: Project, tasks: Sequence[Task], state: State) -> None:
    """After a push: note what the project holds, unless that is more than these tasks."""
    if state.count == len(tasks):
        keep_line(connection, project, _TASKS, _note(tasks, state))


def _note(tasks: Sequence[Task], state: State) -> str:
    units = "\n".join(sorted(task["data"]["uid"] for task in tasks))
    return f"{_TASKS}{state.count}, the newest {state.newest}, {digest(units, size=16)}"
