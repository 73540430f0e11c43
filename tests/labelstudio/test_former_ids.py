"""A round that was begun when ids had no letter, on a real server, and goes on today."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from framing.formats import read_frame
from framing.labelstudio.accounts import add_account
from framing.labelstudio.complete import holds
from framing.labelstudio.connection import AGAIN, ONCE, Connection
from framing.labelstudio.gone import Absent, reasons
from framing.labelstudio.importing import state_of, stored_tasks
from framing.labelstudio.projects import find_projects
from framing.labelstudio.tasks import Answer
from framing.records import former_unit
from framing.sampling import Plan
from framing.settings import Workspace
from framing.steps.adjudicate import adjudicate
from framing.steps.doctor import doctor
from framing.steps.gold import gold
from framing.steps.pull import pull
from framing.steps.push import Push, push
from framing.steps.reliability import reliability
from framing.steps.rounds import Wanted
from framing.steps.split import split
from framing.steps.stats import stats
from framing.steps.study import Study
from tests.former import FORMER, as_in_0_1_0, write_pages

pytestmark = pytest.mark.server

VALUES = ("neutral_report", "alarmist_headline")


@pytest.fixture
def study(connected: Workspace) -> Study:
    write_pages(connected.seeds)
    return Study(connected)


def answered(connection: Connection, name: str) -> dict[str, tuple[Answer, ...]]:
    """What two coders answer, by unit; now and then they differ."""
    users = [add_account(connection, f"{name}{coder}").user for coder in ("ada", "ben")]
    units = split(["seeds"])
    return {
        unit.unit_id: tuple(
            Answer(user, {"frame": [VALUES[(place * (1 + number) // 3) % 2]]})
            for number, user in enumerate(users)
        )
        for place, unit in enumerate(units)
    }


def raw(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def uids(connection: Connection, project: int) -> list[str]:
    with connection.speaking() as client:
        tasks = client.tasks.list(project=project, fields="all", request_options=AGAIN)
        return [str(task.data["uid"]) for task in tasks]


def test_a_round_of_before_goes_on(study: Study, connection: Connection) -> None:
    wanted = Wanted(Plan("random", 40, overlap=0.3))
    order = Push(wanted=wanted, per_coder=("ada", "ben"))
    with as_in_0_1_0():
        order = replace(order, answers=answered(connection, f"goes{id(study)}"))
        begun = push(study, ["seeds"], order)
        pulled = pull(study)
    labels = raw(pulled.file)
    former = {row["article_id"] for row in labels} & set(FORMER.values())
    assert len(former) == len(FORMER)
    held = {part.project: uids(connection, part.project or 0) for part in begun.projects}
    assert sum(uid[:16] in FORMER.values() for part in held.values() for uid in part) > 10

    again = push(study, ["seeds"], replace(order, answers={}))
    assert (again.new, again.already, again.stale) == (0, 40, [])
    assert [(part.project, part.units) for part in again.projects] == [
        (part.project, part.units) for part in begun.projects
    ]
    assert {part.project: uids(connection, part.project or 0) for part in again.projects} == held

    now = pull(study)
    assert (now.new, now.rows, now.current) == (0, pulled.rows, pulled.current)
    # The same rows in the same order; only the ids got their letter.
    todays = raw(now.file)
    assert [name for name in {row["article_id"] for row in todays} if name in former] == []
    assert [{k: v.removeprefix("u") if k in ("unit_id", "article_id") else v for k, v in row.items()}
            for row in todays] == labels  # fmt: skip
    assert pull(study).new == 0 and raw(now.file) == todays

    larger = push(study, ["seeds"], replace(order, wanted=Wanted(replace(wanted.plan, n=50)), answers={}))
    assert (larger.new, larger.already) == (10, 40)
    chances = set(read_frame(pull(study).file)["probability"])
    assert len(chances) == 1 and float(chances.pop()) == 50 / larger.population


def test_labels_of_before_join_new_ones(study: Study, connection: Connection, tmp_path: Path) -> None:
    with as_in_0_1_0():
        given = answered(connection, f"joins{id(study)}")
        push(study, ["seeds"], Push(answers={unit: answers[:1] for unit, answers in given.items()}))
        before = pull(study)
    units = list(split(["seeds"]))
    project = find_projects(connection, study.settings.name, "main")[0]
    tasks = [{"data": {"uid": unit.unit_id}} for unit in units]
    state = state_of(connection, project.id)
    assert holds(project, tasks, state)
    assert not holds(project, tasks[1:], state)
    stored = [item for item in stored_tasks(connection, project.id) if former_unit(item.unit) != item.unit]
    second = next(iter(given.values()))[1]
    part = {"from_name": "frame", "to_name": "text", "type": "choices", "value": {"choices": [VALUES[0]]}}
    with connection.speaking() as client:
        for item in stored[::10]:
            client.annotations.create(
                id=item.task, completed_by=second.user, result=[part], request_options=ONCE
            )
    # A task that is older than its answer never had it.
    later = datetime.now(UTC) + timedelta(days=1)
    absent = [Absent(item.task, item.unit, later, survived=False) for item in stored[:3]]
    assert reasons(connection, project, absent) == ["set back"] * 3
    after = pull(study)
    assert (after.new, after.rows) == (3, before.rows + 3)
    assert stats(study).units == len(units)
    assert reliability(study).variables[0].units == 3
    gold(study, output=tmp_path / "gold.csv")
    assert set(read_frame(tmp_path / "gold.csv")["unit_id"]) == {unit.unit_id for unit in units}
    assert [item for item in doctor(study) if "two tasks" in item.found] == []


def test_an_adjudication_of_before_is_not_asked_for_again(study: Study, connection: Connection) -> None:
    with as_in_0_1_0():
        push(study, ["seeds"], Push(answers=answered(connection, f"settles{id(study)}")))
        pull(study)
        begun = adjudicate(study)
    assert begun.new == begun.units > 5
    again = adjudicate(study)
    assert (again.units, again.new, again.project) == (begun.units, 0, begun.project)
