"""Disagreements between coders, and between coders and a model, are settled by one person."""

import pytest

from framing.formats import read_frame
from framing.labelstudio.accounts import add_account
from framing.labelstudio.connection import ONCE, Connection
from framing.labelstudio.projects import find_project
from framing.labelstudio.tasks import Answer
from framing.settings import Workspace
from framing.steps.pull import pull
from framing.steps.push import Push, push
from framing.steps.split import split
from framing.steps.study import Study
from tests.conftest import Run

pytestmark = pytest.mark.server


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
    project = find_project(connection, study.settings.name, "main", "adjudication")
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


def test_what_a_model_doubts_is_settled_like_a_disagreement(
    pages: Workspace, connection: Connection, run: Run
) -> None:
    study = Study(pages)
    ada = add_account(connection, f"doubts{id(pages)}").user
    first, second, third, *_ = split([pages.seeds])
    push(
        study,
        ["seeds"],
        Push(answers={u.unit_id: (Answer(ada, {"frame": ["neutral_report"]}),) for u in (first, second)}),
    )
    pull(study)
    file = pages.root / "doubts.csv"
    columns = "unit_id,suggested,kind,p_suggested,copy_of"
    file.write_text(
        f"{columns}\n{second.unit_id},site_furniture,model,0.9,\n{first.unit_id},site_furniture,copy,,"
        f"{third.unit_id}\n{third.unit_id},site_furniture,model,0.8,\n",
        encoding="utf-8",
    )
    done = run("adjudicate", "--doubts", str(file))
    assert done.out == "round main: 2 units to settle, 2 of them new\n"
    assert done.err.splitlines()[0] == f"not in this round, or settled: {third.unit_id}"
    project = find_project(connection, study.settings.name, "main", "adjudication")
    assert project is not None
    with connection.speaking() as client:
        tasks = sorted(client.tasks.list(project=project.id), key=lambda task: task.id)
        assert [task.data["uid"] for task in tasks] == [second.unit_id, first.unit_id]
        assert tasks[0].data["answers"] == (
            "frame: 1 × neutral_report\nheld-out model: site_furniture (p 0.9)"
        )
        assert tasks[0].data["where"] == second.region
        choice = {"from_name": "frame", "to_name": "unit", "type": "choices"}
        result = [choice | {"value": {"choices": ["site_furniture"]}}]
        client.annotations.create(id=tasks[0].id, result=result, request_options=ONCE)
    frame = read_frame(pull(study).file)
    settled = frame[frame["coder"] == "adjudicator"]
    assert settled[["unit_id", "value"]].to_numpy().tolist() == [[second.unit_id, "site_furniture"]]
    again = run("adjudicate", "--doubts", str(file), "--json").json
    assert (again["units"], again["new"]) == (1, 0)
    assert again["left_out"] == [second.unit_id, third.unit_id]
    file.write_text("unit_id\nu\n", encoding="utf-8")
    refused = run("adjudicate", "--doubts", str(file))
    assert refused.code == 1
    assert refused.err.splitlines() == [
        f"error: {file}: found the columns unit_id, expected also suggested",
        "hint: give the doubts.csv that framing train wrote beside the model",
    ]
    file.write_text("unit_id,suggested\nu,\n", encoding="utf-8")
    assert run("adjudicate", "--doubts", str(file)).err.startswith(
        f"error: {file}: none of its 1 units has an open answer in round 'main'"
    )
