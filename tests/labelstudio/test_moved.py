"""A workspace that is copied or moved, with its server: whose answers are whose afterwards."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.formats import read_frame
from framing.labelstudio.connection import Connection
from framing.labelstudio.environment import DATABASE
from framing.labelstudio.home import read_home, write_home
from framing.labelstudio.identity import Line, ServerIdentity, as_address, from_address, identity_of
from framing.labelstudio.lineage import begin
from framing.settings import Workspace
from framing.steps.pull import pull
from framing.steps.push import push
from framing.steps.studio import connect, embedded, start, stop
from framing.steps.study import Study
from tests.conftest import Run
from tests.labelstudio.test_owners import answer, choice, tasks_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAMES = st.integers(0, 16**15 - 1).map(lambda number: f"s{number:015x}")
TIMES = st.integers(0, 4 * 10**15).map(lambda micros: EPOCH + timedelta(microseconds=micros))
LINES = st.builds(Line, NAMES, st.integers(0, 10**9), st.integers(0, 10**6), TIMES)


@given(NAMES, st.lists(LINES, max_size=6))
def test_an_identity_comes_back_from_its_address(own: str, lines: list[Line]) -> None:
    identity = ServerIdentity(own, tuple(lines))
    assert from_address(as_address(identity)) == identity


@pytest.mark.parametrize("other", [None, "", "desk@news.example", "s1@lines.framing.example"])
def test_an_address_of_somebody_is_no_identity(other: str | None) -> None:
    assert from_address(other) is None


@given(NAMES, LINES)
def test_a_line_without_answers_leaves_no_trace(own: str, held: Line) -> None:
    """A start that was killed half way begins a line in which nothing is answered."""
    first = ServerIdentity(own)
    killed = first.copied("s" + "a" * 15, held)
    assert killed.copied("s" + "b" * 15, held) == first.copied("s" + "b" * 15, held)


def _database(folder: Path) -> Path:
    file = folder / "data" / DATABASE
    file.parent.mkdir(parents=True)
    with closing(sqlite3.connect(file)) as made, made:
        made.executescript(
            "create table organization (id integer, created_at text, contact_info text);"
            "create table task_completion (id integer, updated_at text);"
            "create table htx_user (id integer);"
            "insert into organization values (1, '2026-05-01 10:00:00.123456', null);"
            "insert into task_completion values (7, '2026-05-02 10:00:00.5'), (3, '2026-05-03 10:00:00');"
            "insert into htx_user values (1), (4);"
        )
    return file


def _contact(file: Path) -> str | None:
    with closing(sqlite3.connect(file)) as made:
        found: str | None = made.execute("select contact_info from organization").fetchone()[0]
    return found


def test_a_copied_database_says_from_which_one_and_what_it_holds(tmp_path: Path) -> None:
    first, copy = tmp_path / "first", tmp_path / "copy"
    file = _database(first)
    assert begin(first, file) == ""
    own = ServerIdentity("s" + "1" * 15)
    write_home(first, as_address(own))
    assert begin(first, file) == ""
    assert from_address(_contact(file)) == own  # what somebody wiped out is put back
    shutil.copytree(first, copy)
    moved = tmp_path / "moved"
    first.rename(moved)
    assert begin(moved, moved / "data" / DATABASE) == ""
    said = begin(copy, copy / "data" / DATABASE)
    now = from_address(_contact(copy / "data" / DATABASE))
    assert now is not None
    assert now.lines == (Line(own.fingerprint, 7, 4, datetime(2026, 5, 3, 10, tzinfo=UTC)),)
    assert now.fingerprint in said and own.fingerprint in said
    begin(copy, copy / "data" / DATABASE)  # as after a start that was killed: nothing was answered since
    again = from_address(_contact(copy / "data" / DATABASE))
    assert again is not None
    assert again.lines == now.lines


@pytest.fixture
def served(workspace: Workspace) -> Iterator[Callable[[Workspace], Connection]]:
    """Starts workspaces' own servers; all are stopped at the end."""
    begun: list[Workspace] = []

    def starting(space: Workspace) -> Connection:
        begun.append(space)
        start(Study(space), port=0)
        return connect(Study(space))

    yield starting
    for space in begun:
        if space.root.is_dir():
            stop(Study(space))


@pytest.mark.server
def test_a_copy_has_no_server_of_its_own_until_started_and_a_moved_one_keeps_its(
    workspace: Workspace, served: Callable[[Workspace], Connection], run: Run, tmp_path: Path
) -> None:
    connection = served(workspace)
    pushed = push(Study(workspace), [workspace.seeds])
    tasks = list(tasks_of(connection, pushed.project).values())
    answer(connection, tasks[0], choice("neutral_report"))
    own = identity_of(connection).fingerprint
    assert run("studio", "status", "--json").json["fingerprint"] == own
    copy = Workspace(tmp_path / "copy")
    shutil.copytree(workspace.root, copy.root)

    status = run("studio", "status", "--json", "--workspace", copy.root).json
    assert (status["running"], status["url"]) == (False, "")
    assert run("studio", "stop", "--json", "--workspace", copy.root).json == {"stopped": False}
    assert run("pull", "--workspace", copy.root).code == 1
    assert embedded(Study(workspace)).status().running

    moved = Workspace(tmp_path / "moved")
    workspace.root.rename(moved.root)
    for command in (("pull",), ("push", moved.seeds), ("studio", "start")):
        told = run(*command, "--workspace", moved.root)
        assert (told.code, len(told.err.splitlines())) == (1, 2)
        assert "was moved while its Label Studio ran" in told.err
        assert told.err.endswith("framing studio stop; framing studio start\n")
    assert run("studio", "status", "--json", "--workspace", moved.root).json["moved"]
    assert run("studio", "stop", "--json", "--workspace", moved.root).json == {"stopped": True}
    first = served(moved)
    assert identity_of(first).fingerprint == own
    assert pull(Study(moved)).current == 1

    second = served(copy)
    identity = identity_of(second)
    assert identity.fingerprint != own
    assert identity.family == {own, identity.fingerprint}
    # Each database gives the same id to its next answer.
    ids = [
        answer(each, tasks[1], choice(value))
        for each, value in ((first, "site_furniture"), (second, "reader_comment"))
    ]
    assert ids[0] == ids[1]
    labels = pull(Study(moved)).file
    (copy.labels / "main.csv").write_bytes(labels.read_bytes())
    both = read_frame(pull(Study(copy)).file)
    assert both[["value", "server", "withdrawn"]].sort_values("value").to_numpy().tolist() == [
        ["neutral_report", own, "false"],
        ["reader_comment", identity.fingerprint, "false"],
        ["site_furniture", own, "false"],
    ]
    noted = read_home(embedded(Study(copy)).folder)
    assert noted is not None
    assert noted.fingerprint == identity.fingerprint
