"""Rounds on a real server: samples, overlap, suggestions, order, adjudication."""

import itertools

import pandas as pd
import pytest

from framing.formats import read_frame
from framing.labelstudio.accounts import add_account
from framing.labelstudio.connection import AGAIN, ONCE, Connection
from framing.labelstudio.importing import push_tasks, remove_doubles, stored_tasks
from framing.labelstudio.projects import find_project
from framing.labelstudio.tasks import Answer
from framing.sampling import Plan
from framing.settings import Workspace
from framing.steps.doctor import doctor
from framing.steps.pull import pull
from framing.steps.push import Push, push
from framing.steps.rounds import Wanted
from framing.steps.split import split
from framing.steps.study import Study
from tests.conftest import Run, Studio

pytestmark = pytest.mark.server


@pytest.fixture
def connection(studio: Studio) -> Connection:
    return Connection(studio.url, studio.token)


@pytest.fixture
def pages(connected: Workspace) -> Workspace:
    """Thirty units on three pages, the last of which repeats a sentence of the first."""
    for page in range(3):
        lines = [f"Sentence number {page * 9 + n} of the report says it plainly." for n in range(9)]
        lines[8] = "The very same words stand on all of these pages."
        (connected.seeds / f"p{page}.txt").write_text("\n\n".join(lines), encoding="utf-8")
    (connected.seeds / "page.txt").unlink()
    return connected


def test_a_larger_random_round_extends_a_smaller_one(pages: Workspace, run: Run) -> None:
    small = run("push", "seeds", "--select", "random", "-n", "8", "--json").json
    large = run("push", "seeds", "--select", "random", "-n", "16", "--json").json
    assert (small["new"], large["new"], large["already"]) == (8, 8, 8)
    assert small["left_out"]["repeated"] == 2
    assert small["population"] == 25


def test_probabilities_follow_the_design_as_it_is_at_last(pages: Workspace, connection: Connection) -> None:
    study = Study(pages)
    ada = add_account(connection, f"design{id(pages)}").user
    uids = {item.unit_id for item in split([pages.seeds])}
    answers = {uid: (Answer(ada, {"frame": ["neutral_report"]}),) for uid in uids}
    for n in (5, 10):
        push(study, ["seeds"], Push(wanted=Wanted(Plan("random", n)), answers=answers))
    frame = read_frame(pull(study).file)
    assert len(frame) == 10
    assert set(frame["probability"].astype(float)) == {10 / 25}
    assert set(frame["sampling"]) == {"random"}


def test_an_overlap_goes_to_a_blind_project_of_its_own(pages: Workspace, connection: Connection) -> None:
    study = Study(pages)
    done = push(study, ["seeds"], Push(wanted=Wanted(Plan("random", 20, overlap=0.4)), coders=3))
    main, blind = done.projects
    assert main.units + blind.units == 20
    assert blind.units > 0
    with connection.speaking() as client:
        project = client.projects.get(id=blind.project, request_options=AGAIN)
    assert project.maximum_annotations == 3
    assert project.show_collab_predictions is False
    stored = [{item.unit for item in stored_tasks(connection, part.project or 0)} for part in (main, blind)]
    assert not stored[0] & stored[1]


def test_a_suggestion_is_shown_in_the_main_project_and_never_in_the_blind_one(
    pages: Workspace, connection: Connection
) -> None:
    study = Study(pages)
    rows = [
        {
            "unit_id": f"u{n}",
            "variable": "frame",
            "value": value,
            "coder": "ada",
            "text": text,
            "story": f"s{n % 3}",
        }
        for n, (value, text) in enumerate(
            [("neutral_report", "The report says it plainly"), ("advocacy_appeal", "Please give now")] * 6
        )
    ]
    pd.DataFrame(rows).to_csv(pages.labels / "old.csv", index=False)
    from framing.steps.train import train

    model = train(study).model
    done = push(study, ["seeds"], Push(wanted=Wanted(Plan("random", 20, overlap=0.4), suggest="frame")))
    assert done.suggested_by == model
    with connection.speaking() as client:
        shown = client.projects.get(id=done.project, request_options=AGAIN).model_version
        main = list(client.tasks.list(project=done.project, fields="all"))
        blind = list(client.tasks.list(project=done.projects[1].project, fields="all"))
    assert shown == model
    assert all(task.predictions[0].model_version == model for task in main)
    assert all(not task.predictions for task in blind)


def test_coders_get_the_order_that_was_pushed(pages: Workspace, connection: Connection) -> None:
    study = Study(pages)
    done = push(study, ["seeds"], Push(wanted=Wanted(Plan("random", 6))))
    expected = [
        item.unit for item in sorted(stored_tasks(connection, done.project or 0), key=lambda t: t.task)
    ]
    got = []
    with connection.speaking() as client:
        for _ in range(6):
            answer = client._client_wrapper.httpx_client.request(
                f"api/projects/{done.project}/next", method="GET", request_options=AGAIN
            )
            task = answer.json()
            got.append(task["data"]["uid"])
            client.annotations.create(id=task["id"], result=[], request_options=ONCE)
    assert got == expected
    articles = [uid.partition("-")[0] for uid in got]
    assert all(first != second for first, second in itertools.pairwise(articles))


def test_doubles_without_answers_are_removed_and_answered_ones_kept(
    pages: Workspace, connection: Connection
) -> None:
    study = Study(pages)
    done = push(study, ["seeds"], Push(wanted=Wanted(Plan("random", 4))))
    project = done.project or 0
    before = stored_tasks(connection, project)
    copies = [
        {"data": {"uid": item.unit, "text": "x", "where": "", "before": "", "after": "", "title": ""}}
        for item in before
    ]
    with connection.speaking() as client:
        client.projects.import_tasks(id=project, request=copies, request_options=ONCE)
    doubled = stored_tasks(connection, project)
    assert len(doubled) == 8
    newest = max(doubled, key=lambda item: item.task)
    with connection.speaking() as client:
        client.annotations.create(id=newest.task, result=[], request_options=ONCE)
    assert remove_doubles(connection, project) == 4
    left = stored_tasks(connection, project)
    assert {item.unit for item in left} == {item.unit for item in before}
    assert newest.task in {item.task for item in left}
    assert push_tasks(connection, project, copies, say=lambda done, total: None) == 0


def test_disagreements_are_settled_by_one_person(pages: Workspace, connection: Connection, run: Run) -> None:
    study = Study(pages)
    ada, ben = (add_account(connection, f"{name}{id(pages)}").user for name in ("ada", "ben"))
    first, second, *_ = split([pages.seeds])
    answers = {
        first.unit_id: (
            Answer(ada, {"frame": ["neutral_report"]}, note="plain"),
            Answer(ben, {"frame": ["site_furniture"]}, unsure=True),
        ),
        second.unit_id: (
            Answer(ada, {"frame": ["neutral_report"]}),
            Answer(ben, {"frame": ["neutral_report"]}),
        ),
    }
    push(study, ["seeds"], Push(answers=answers))
    pull(study)
    told = run("adjudicate", "--json").json
    assert (told["units"], told["new"]) == (1, 1)
    project = find_project(connection, study.settings.study, "main", "adjudication")
    assert project is not None
    with connection.speaking() as client:
        (task,) = client.tasks.list(project=project.id)
        assert task.data["answers"] == "frame: 1 × neutral_report, 1 × site_furniture; 1 unsure; notes: plain"
        assert "ada" not in str(task.data)
        result = [
            {
                "from_name": "frame",
                "to_name": "unit",
                "type": "choices",
                "value": {"choices": ["site_furniture"]},
            },
            {"from_name": "reason", "to_name": "unit", "type": "choices", "value": {"choices": ["slip"]}},
        ]
        client.annotations.create(id=task.id, result=result, request_options=ONCE)
    frame = read_frame(pull(study).file)
    row = frame[frame["coder"] == "adjudicator"].iloc[0]
    assert (row["unit_id"], row["value"], row["reason"]) == (first.unit_id, "site_furniture", "slip")
    assert run("adjudicate").err.startswith("error: round 'main': no open disagreement")


def test_several_variables_share_one_screen(connected: Workspace, connection: Connection) -> None:
    connected.codebook.write_text(
        "variables:\n"
        "  - {name: stance, values: [{name: pro, definition: For it., hotkey: p}, {name: con, definition: Against.}]}\n"
        "  - name: topics\n    type: several\n    values:\n"
        "      - {name: money, definition: Costs., hotkey: m}\n      - {name: health, definition: Bodies.}\n",
        encoding="utf-8",
    )
    study = Study(connected)
    ada = add_account(connection, f"multi{id(connected)}").user
    first, second, *_ = split([connected.seeds])
    answers = {
        first.unit_id: (Answer(ada, {"stance": ["pro"], "topics": ["health", "money"]}),),
        second.unit_id: (Answer(ada, {"stance": ["con"], "topics": []}),),
    }
    push(study, ["seeds"], Push(answers=answers))
    frame = read_frame(pull(study).file).set_index(["unit_id", "variable"])["value"]
    assert frame[(first.unit_id, "stance")] == "pro"
    assert frame[(first.unit_id, "topics")] == "money|health"
    assert (frame[(second.unit_id, "stance")], frame[(second.unit_id, "topics")]) == ("con", "")


def test_doctor_names_the_traps(pages: Workspace, connection: Connection) -> None:
    study = Study(pages)
    done = push(study, ["seeds"], Push(wanted=Wanted(Plan("random", 10, overlap=0.5))))
    blind = done.projects[1].project or 0
    first = stored_tasks(connection, blind)[0]
    with connection.speaking() as client:
        client.projects.update(
            id=blind, maximum_annotations=1, sampling="Uniform sampling", show_collab_predictions=True,
            request_options=AGAIN,
        )  # fmt: skip
        copy = {"uid": first.unit, "text": "x", "where": "", "before": "", "after": "", "title": ""}
        client.projects.import_tasks(id=blind, request=[{"data": copy}], request_options=ONCE)
    told = {item.check: item for item in doctor(study) if item.state == "warning"}
    assert told["queue"].found == (
        "it shows suggestions; each task goes to one coder only; "
        "tasks come by uniform sampling, not in the order of the push"
    )
    assert told["tasks"].found == "1 units have two tasks"
    assert all(item.remedy for item in told.values())
