"""Answers that a server does not show any more: deleted there, or was its database set back?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from framing.labelstudio.complete import newest_noted
from framing.labelstudio.connection import AGAIN, Connection
from framing.labelstudio.projects import Project
from framing.records import todays_unit
from framing.times import moment

_PAGE = 5000

#: `deleted`: somebody took it away. `set back`: the database is older than the answer. `unclear`: either.
#: `no project`: its project is gone, or does not carry the study's mark any more.
Reason = Literal["deleted", "set back", "unclear", "no project"]


@dataclass(frozen=True, slots=True)
class Absent:
    """An answer that was pulled before and is not there.

    Attributes
    ----------
    task : int
    unit : str
    made_at : datetime
        When it was changed last.
    survived : bool
        Whether a later answer is still as it was.
    """

    task: int
    unit: str
    made_at: datetime
    survived: bool


@dataclass(frozen=True, slots=True)
class _Task:
    unit: str
    updated_at: datetime


def reasons(connection: Connection, project: Project, absent: Sequence[Absent]) -> list[Reason]:
    """Say for each absent answer of a project why it is absent.

    Deleting an answer changes the time of its task. A task that is older than the answer never had
    it: the database was set back to a backup from before. A task that is gone itself was deleted if
    the project's own note of a push names it or a newer one, which a database from before that push
    would not hold; or if a later answer survived.

    Parameters
    ----------
    connection : Connection
    project : Project
        As it was looked up for this pull.
    absent : sequence of Absent
        All of this project.
    """
    if not absent:
        return []
    tasks = _tasks(connection, project.id)
    noted = newest_noted(project.description)
    found = [_reason(item, tasks, noted) for item in absent]
    if "set back" in found:
        return ["unclear" if reason == "deleted" and item.task not in tasks and item.task > noted else reason
                for item, reason in zip(absent, found, strict=True)]  # fmt: skip
    return found


def _reason(item: Absent, tasks: Mapping[int, _Task], noted: int) -> Reason:
    task = tasks.get(item.task)
    if task is not None and task.unit == item.unit:
        return "deleted" if task.updated_at >= item.made_at else "set back"
    return "deleted" if item.task <= noted or item.survived else "unclear"


def _tasks(connection: Connection, project: int) -> dict[int, _Task]:
    with connection.speaking() as client:
        listed: Any = client.tasks.list(
            project=project,
            fields="task_only",
            include=["id", "data", "updated_at"],
            page_size=_PAGE,
            request_options=AGAIN,
        )
        return {
            int(task.id): _Task(todays_unit(str((task.data or {}).get("uid", ""))), _moment(task.updated_at))
            for task in listed
        }


def _moment(value: object) -> datetime:
    return moment(value.isoformat() if isinstance(value, datetime) else str(value))
