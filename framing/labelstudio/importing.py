"""Tasks into a project, each exactly once, whatever happens on the way."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from framing.errors import BodyTooLarge, NotThere, ServerBusy, ServerError, SignInError
from framing.labelstudio.bodies import Body, body_of, shrink
from framing.labelstudio.connection import AGAIN, Connection
from framing.labelstudio.patience import Patience
from framing.records import todays_unit

BATCH = 2000
_PAGE = 5000
_TRIES = 4
#: Seconds at most that a lost request is waited for.
_LATE = 120.0

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
    return listed_tasks(connection, project)[0]


def listed_tasks(connection: Connection, project: int) -> tuple[list[Stored], int]:
    """List a project's tasks that were made by a push, and count all that it has."""
    found = []
    with connection.speaking() as client:
        page: Any = client.tasks.list(
            project=project,
            fields="task_only",
            include=["id", "data", "meta", "total_annotations", "cancelled_annotations"],
            page_size=_PAGE,
            request_options=AGAIN,
        )
        tasks = list(page.items)
        # The SDK's own iterator asks for one page more than there is, which the server calls an error.
        while page.items and len(tasks) < page.response.total:
            page = page.next_page()
            tasks += page.items
        for task in tasks:
            uid = unit_of({"data": task.data, "meta": task.meta})
            if uid:
                answers = int(task.total_annotations or 0) + int(task.cancelled_annotations or 0)
                found.append(Stored(int(task.id), uid, answers))
    return found, len(tasks)


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
    state: State | None = None,
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
        Whether the project was made just now, so that there is nothing to ask for. If what stands
        before the server lets no task through, it is removed again.

    state : State, optional
        Of the project, where it was asked for just now.

    Returns
    -------
    new : int
        How many tasks were new.
    state : State
        Of the project afterwards.

    Raises
    ------
    ServerError
        If the server fails four times in a row, stays busy, or lets no task through.
    """
    count = 0 if empty else (state or state_of(connection, project)).count
    stored = stored_tasks(connection, project) if count else []
    there = {item.unit for item in stored}
    if len(there) < len(stored):
        count -= remove_doubles(connection, project)
    new = [task for task in tasks if task["data"]["uid"] not in there]
    try:
        _Sender(connection, project, new, count).run(say)
    except BodyTooLarge:
        if empty and not state_of(connection, project).count:
            _drop(connection, project)
        raise
    state = state_of(connection, project)
    if state.count != count + len(new):
        remove_doubles(connection, project)
        state = state_of(connection, project)
    return len(new), state


def _drop(connection: Connection, project: int) -> None:
    with connection.speaking() as client:
        client.projects.delete(id=project, request_options=AGAIN)


class _Sender:
    """Sends tasks in batches; after each failure only what the project does not have.

    Parameters
    ----------
    known : int
        How many tasks the project has.
    """

    def __init__(self, connection: Connection, project: int, tasks: Sequence[Task], known: int) -> None:
        self._connection, self._project = connection, project
        self._rest, self._sent, self._known = tasks, 0, known
        self._total, self._most, self._failures = len(tasks), BATCH, 0
        self._patience = Patience()

    def run(self, say: Callable[[int, int], None]) -> None:
        """Send all; the next batch is written while the server works on the one before."""
        with ThreadPoolExecutor(1) as beside:
            ahead = beside.submit(self._body, 0)
            while self._sent < len(self._rest):
                body = ahead.result()
                ahead = beside.submit(self._body, self._sent + body.count)
                began = time.monotonic()
                try:
                    self._connection.post_once(f"api/projects/{self._project}/import", body.data)
                except ServerError as error:
                    self._react(error, body, time.monotonic() - began)
                    ahead = beside.submit(self._body, self._sent)
                else:
                    self._failures, self._patience = 0, Patience()
                    self._sent += body.count
                    self._known += body.count
                    say(self._total - len(self._rest) + self._sent, self._total)

    def _body(self, start: int) -> Body:
        return body_of(self._rest, start, self._most, self._connection.body_limit)

    def _react(self, error: ServerError, body: Body, seconds: float) -> None:
        """Make ready for another try, or raise."""
        if isinstance(error, SignInError):
            raise error
        if isinstance(error, BodyTooLarge):
            shrink(self._connection, body, f"the task of unit {self._rest[self._sent]['data']['uid']}")
            return
        if isinstance(error, ServerBusy):
            if not self._patience.wait(error.retry_after):
                raise error
        else:
            self._failures += 1
            if self._failures == _TRIES:
                raise error
            self._most = max(1, body.count // 2)
            self._await_landing(seconds)
        self._ask()

    def _await_landing(self, seconds: float) -> None:
        """Wait for a request whose answer was lost: the server may work on it as long again."""
        time.sleep(2.0**self._failures)
        end = time.monotonic() + min(seconds, _LATE) - 2.0**self._failures
        while time.monotonic() < end and state_of(self._connection, self._project).count == self._known:
            time.sleep(2.0)

    def _ask(self) -> None:
        """Ask what the project has by now; where its count is what it was, nothing came."""
        count = state_of(self._connection, self._project).count
        if count != self._known:
            there = {item.unit for item in stored_tasks(self._connection, self._project)}
            self._rest = [task for task in self._rest[self._sent :] if task["data"]["uid"] not in there]
            self._sent, self._known = 0, count


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
