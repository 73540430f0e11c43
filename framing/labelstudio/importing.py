"""Tasks into a project, each exactly once, whatever happens on the way."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from framing.errors import NotThere, ServerError, SignInError
from framing.labelstudio.connection import AGAIN, Connection, as_json
from framing.records import todays_unit

BATCH = 2000
_PAGE = 5000
_TRIES = 4

Task = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """How many tasks a project has, the id of the newest and when it was made; 0 and empty without any.

    Label Studio gives the id of a deleted newest task again, so the id alone does not name a task.
    """

    count: int
    newest: int
    made_at: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """A task on the server: its id, its unit (by its id of today), and how many answers it has."""

    task: int
    unit: str
    answers: int


def stored_tasks(connection: Connection, project: int) -> list[Stored]:
    """List a project's tasks; those that were not made by a push are left out."""
    found = []
    with connection.speaking() as client:
        tasks: Iterable[Any] = client.tasks.list(
            project=project,
            fields="task_only",
            include=["id", "data", "meta", "total_annotations", "cancelled_annotations"],
            page_size=_PAGE,
            request_options=AGAIN,
        )
        for task in tasks:
            uid = unit_of({"data": task.data, "meta": task.meta})
            if uid:
                answers = int(task.total_annotations or 0) + int(task.cancelled_annotations or 0)
                found.append(Stored(int(task.id), uid, answers))
    return found


def unit_of(task: Mapping[str, Any]) -> str:
    """The unit of a task that a push made, by today's id; empty for any other, whatever its data are called.

    Examples
    --------
    >>> unit_of({"data": {"uid": "a-1"}, "meta": {"article_id": "a"}}), unit_of({"data": {"uid": "a-1"}})
    ('a-1', '')
    """
    data, meta = task.get("data"), task.get("meta")
    if not isinstance(data, dict) or not isinstance(meta, dict) or "article_id" not in meta:
        return ""
    uid = data.get("uid")
    return todays_unit(uid) if isinstance(uid, str) else ""


def push_tasks(
    connection: Connection,
    project: int,
    tasks: Sequence[Task],
    *,
    say: Callable[[int, int], None],
    empty: bool = False,
) -> tuple[int, State]:
    """Send the tasks that a project does not have yet, and leave one live task a unit.

    A request that fails may have landed all the same, so after each failure the project is asked
    again what it has before anything is sent a second time. Doubles of another push that ran at
    the same time are removed at the end, if they have no answers.

    Parameters
    ----------
    connection : Connection
        The server.
    project : int
        The project's id.
    tasks : sequence of mapping
        As `framing.labelstudio.tasks.task_of` writes them.
    say : callable
        Takes how many of how many tasks are there.
    empty : bool
        Whether the project was made just now, so that there is nothing to ask for.

    Returns
    -------
    new : int
        How many tasks were new.
    state : State
        Of the project afterwards.

    Raises
    ------
    ServerError
        If the server fails four times in a row.
    """
    count = 0 if empty else state_of(connection, project).count
    stored = stored_tasks(connection, project) if count else []
    there = {item.unit for item in stored}
    if len(there) < len(stored):
        count -= remove_doubles(connection, project)
    new = [task for task in tasks if task["data"]["uid"] not in there]
    _send_all(connection, project, new, say)
    state = state_of(connection, project)
    if state.count != count + len(new):
        remove_doubles(connection, project)
        state = state_of(connection, project)
    return len(new), state


def _send_all(
    connection: Connection, project: int, tasks: Sequence[Task], say: Callable[[int, int], None]
) -> None:
    """Send in batches; after a failure only what the project does not have.

    The next batch is written while the server works on the one before.
    """
    failures = 0
    sent = 0
    with ThreadPoolExecutor(1) as beside:
        body = beside.submit(as_json, tasks[:BATCH])
        while sent < len(tasks):
            ready = body.result()
            body = beside.submit(as_json, tasks[sent + BATCH : sent + 2 * BATCH])
            try:
                connection.post_once(f"api/projects/{project}/import", ready)
            except SignInError:
                raise
            except ServerError:
                failures += 1
                if failures == _TRIES:
                    raise
                time.sleep(2.0**failures)
                there = {item.unit for item in stored_tasks(connection, project)}
                tasks = [task for task in tasks[sent:] if task["data"]["uid"] not in there]
                sent = 0
                body = beside.submit(as_json, tasks[:BATCH])
            else:
                failures = 0
                sent = min(sent + BATCH, len(tasks))
                say(sent, len(tasks))


def state_of(connection: Connection, project: int) -> State:
    """Ask for a project's state."""
    with connection.speaking() as client:
        page: Any = client.tasks.list(
            project=project,
            fields="task_only",
            include=["id", "created_at"],
            query='{"ordering": ["-tasks:id"]}',
            page_size=1,
            request_options=AGAIN,
        )
    if not page.items:
        return State(int(page.response.total), 0)
    newest = page.items[0]
    return State(int(page.response.total), int(newest.id), newest.created_at.isoformat())


def remove_doubles(connection: Connection, project: int) -> int:
    """Delete tasks whose unit has another task, unless they have answers.

    The task that stays is the one with answers, else the oldest, so that two machines that clean
    up at the same time agree.

    Returns
    -------
    int
        How many were removed.
    """
    by_unit: dict[str, list[Stored]] = {}
    for item in stored_tasks(connection, project):
        by_unit.setdefault(item.unit, []).append(item)
    removed = 0
    for doubles in by_unit.values():
        doubles.sort(key=lambda item: (item.answers == 0, item.task))
        for item in doubles[1:]:
            if item.answers == 0:
                # Another push that cleans up at the same time may have been first.
                with suppress(NotThere), connection.speaking() as client:
                    client.tasks.delete(id=str(item.task), request_options=AGAIN)
                removed += 1
    return removed
