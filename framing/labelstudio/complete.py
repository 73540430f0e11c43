"""A note in a project that says which tasks it holds, so that pushing them again lists nothing."""

import re
from collections.abc import Sequence

from framing.labelstudio.connection import Connection
from framing.labelstudio.importing import State, Task
from framing.labelstudio.projects import Project, keep_line
from framing.records import digest, former_unit

_TASKS = "framing-tasks: "
_NEWEST = re.compile(rf"^{_TASKS}(\d+), the newest (\d+)", re.MULTILINE)


def holds(project: Project, tasks: Sequence[Task], state: State) -> bool:
    """Whether a project in this state has these tasks and no others, each once, by an earlier push's note.

    The note names units, count, and the newest task with the moment at which it was made. A task that
    is added becomes the newest, even where it gets the id of a deleted one again; so as long as the
    newest is the same none has come, and if the count is the same, too, none has gone.
    """
    lines = [line for line in project.description.splitlines() if line.startswith(_TASKS)]
    return bool(lines) and lines == [_note(tasks, state)]


def note_down(connection: Connection, project: Project, tasks: Sequence[Task], state: State) -> None:
    """After a push: note what the project holds; that it is these tasks only if there are no more."""
    keep_line(connection, project, _TASKS, _note(tasks if state.count == len(tasks) else (), state))


def newest_noted(description: str) -> int:
    """The id of the newest task at the last push, as a project's description has it; 0 if it has none.

    Examples
    --------
    >>> newest_noted("framing-tasks: 7, the newest 12 of 2026-05-04T10:00:00Z, 4f")
    12
    """
    noted = _NEWEST.search(description)
    return int(noted[2]) if noted else 0


def tasks_gone(project: Project) -> int:
    """How many tasks fewer than after the last push a project has; 0 if it has as many or more."""
    noted = _NEWEST.search(project.description)
    return max(0, int(noted[1]) - project.tasks) if noted else 0


def _note(tasks: Sequence[Task], state: State) -> str:
    units = "\n".join(sorted(former_unit(task["data"]["uid"]) for task in tasks))
    held = digest(units, size=16) if tasks else "other"
    return f"{_TASKS}{state.count}, the newest {state.newest} of {state.made_at}, {held}"
