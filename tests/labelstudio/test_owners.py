"""An answer keeps its owner: by where it was given, whatever its coder, server, task or project is called."""

import re
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from framing.formats import read_frame
from framing.labelstudio.accounts import add_account
from framing.labelstudio.connection import AGAIN, ONCE, Connection
from framing.labelstudio.identity import identity_of
from framing.labelstudio.importing import stored_tasks
from framing.labelstudio.projects import all_projects
from framing.labelstudio.webform import WebSession
from framing.settings import Settings, Workspace, change_settings
from framing.steps.doctor import doctor
from framing.steps.pull import PulledLabels, pull
from framing.steps.push import push
from framing.steps.sharing.exported import write_table
from framing.steps.study import Study
from tests.conftest import Run, Studio

pytestmark = pytest.mark.server


def choice(value: str, name: str = "frame") -> dict[str, Any]:
    return {"from_name": name, "to_name": "unit", "type": "choices", "value": {"choices": [value]}}


def answer(connection: Connection, task: int, *parts: dict[str, Any], **more: Any) -> int:
    with connection.speaking() as client:
        made = client.annotations.create(
            id=task, result=list(parts), lead_time=3.0, request_options=ONCE, **more
        )
    return int(made.id or 0)


def change(connection: Connection, number: int, *parts: dict[str, Any]) -> None:
    with connection.speaking() as client:
        client.annotations.update(id=number, result=list(parts), request_options=ONCE)


def delete_answer(connection: Connection, number: int) -> None:
    with connection.speaking() as client:
        client.annotations.delete(id=number, request_options=ONCE)


def act(connection: Connection, action: str, project: int, tasks: Sequence[int]) -> None:
    """Do what the menu of the Data Manager does with chosen tasks."""
    body = {
        "selectedItems": {"all": False, "included": list(tasks)},
        "filters": {"conjunction": "and", "items": []},
    }
    with connection.speaking() as client:
        done = client._client_wrapper.httpx_client.request(
            "api/dm/actions", params={"id": action, "project": project}, method="POST", json=body
        )
    assert done.status_code == 200, done.text


def tasks_of(connection: Connection, project: int | None) -> dict[str, int]:
    return {item.unit: item.task for item in stored_tasks(connection, project or 0)}


def labels(done: PulledLabels) -> pd.DataFrame:
    return read_frame(done.file)


@pytest.fixture
def ada(connection: Connection, studio: Studio, tmp_path: Path) -> tuple[int, Connection]:
    """A coder with a token of their own: user id and connection."""
    account = add_account(connection, f"ada{abs(hash(tmp_path)) % 10**12}")
    with WebSession(studio.url) as session:
        session.sign_in(account.email, account.password)
        return account.user, Connection(studio.url, session.make_token())


def test_a_coder_who_gets_a_name_keeps_their_answers(
    connected: Workspace, connection: Connection, ada: tuple[int, Connection], run: Run
) -> None:
    user, hers = ada
    pushed = push(Study(connected), [connected.seeds])
    units = list(tasks_of(connection, pushed.project).items())
    first = answer(hers, units[0][1], choice("neutral_report"))
    answer(hers, units[1][1], choice("site_furniture"))
    before = labels(pull(Study(connected)))
    change(hers, first, choice("reader_comment"))
    pull(Study(connected))
    change_settings(connected.settings, {"coders": {user: "ada"}})
    done = run("pull")
    assert f"coder-{user} is now ada: 3 answers" in done.err.splitlines()
    after = read_frame(connected.labels / "main.csv")
    assert set(before["coder"]) == {f"coder-{user}"}
    assert after[["coder", "value", "current"]].sort_values("value").to_numpy().tolist() == [
        ["ada", "neutral_report", "false"],
        ["ada", "reader_comment", "true"],
        ["ada", "site_furniture", "true"],
    ]
    assert set(after["server"]) == {identity_of(connection).fingerprint}
    assert run("pull", "--json").json["renamed"] == []


def test_a_new_name_reaches_the_files_of_other_rounds(
    connected: Workspace, connection: Connection, ada: tuple[int, Connection]
) -> None:
    user, hers = ada
    study = Study(connected)
    pushed = push(study, [connected.seeds])
    answer(hers, next(iter(tasks_of(connection, pushed.project).values())), choice("neutral_report"))
    main = labels(pull(study))
    early = connected.labels / "early.csv"
    write_table(main.assign(round="early", project="901", annotation="17"), tuple(main.columns), early)
    change_settings(connected.settings, {"coders": {user: "ada"}})
    done = pull(Study(connected))
    assert [str(item) for item in done.renamed] == [f"coder-{user} is now ada: 2 answers"]
    assert read_frame(early)["coder"].tolist() == ["ada"]


def test_labels_of_version_0_1_0_are_joined_without_doubling(
    connected: Workspace, connection: Connection, ada: tuple[int, Connection]
) -> None:
    """They have no column `server`, nor any other that came after."""
    user, hers = ada
    pushed = push(Study(connected), [connected.seeds])
    tasks = list(tasks_of(connection, pushed.project).values())
    changed = answer(hers, tasks[0], choice("neutral_report"))
    answer(hers, tasks[1], choice("site_furniture"))
    gone = answer(hers, tasks[2], choice("site_furniture"))
    file = pull(Study(connected)).file
    new = ["kind", "coder_version", "prompt", "run", "withdrawn", "suggestion", "suggestion_model", "server"]
    old = read_frame(file).drop(columns=new)
    write_table(old, tuple(old.columns), file)
    change(hers, changed, choice("reader_comment"))
    delete_answer(hers, gone)
    change_settings(connected.settings, {"coders": {user: "ada"}})
    done = pull(Study(connected))
    rows = labels(done)[["coder", "value", "current", "withdrawn", "kind"]]
    assert rows.sort_values(["value", "current"]).to_numpy().tolist() == [
        ["ada", "neutral_report", "false", "false", "human"],
        ["ada", "reader_comment", "true", "false", "human"],
        ["ada", "site_furniture", "false", "true", ""],
        ["ada", "site_furniture", "true", "false", "human"],
    ]
    assert (done.withdrawn, set(labels(done)["server"])) == (1, {identity_of(connection).fingerprint})


def test_a_deleted_answer_is_withdrawn_and_an_earlier_one_counts_again(
    connected: Workspace, connection: Connection, ada: tuple[int, Connection]
) -> None:
    _, hers = ada
    pushed = push(Study(connected), [connected.seeds])
    task = next(iter(tasks_of(connection, pushed.project).values()))
    answer(hers, task, choice("neutral_report"))
    second = answer(hers, task, choice("site_furniture"))
    assert pull(Study(connected)).current == 1
    delete_answer(hers, second)
    done = pull(Study(connected))
    assert (done.withdrawn, done.not_there) == (1, [])
    assert labels(done)[["value", "current", "withdrawn"]].to_numpy().tolist() == [
        ["neutral_report", "true", "false"],
        ["site_furniture", "false", "true"],
    ]
    before = done.file.read_bytes()
    assert pull(Study(connected)).withdrawn == 0
    assert done.file.read_bytes() == before


def test_a_deleted_answer_and_one_that_got_its_id_are_two(
    connected: Workspace, connection: Connection, ada: tuple[int, Connection]
) -> None:
    """Label Studio gives a deleted newest task's ids again to the next that is imported."""
    user, _ = ada
    project = push(Study(connected), [connected.seeds]).project or 0
    with connection.speaking() as client:
        newest = max(client.tasks.list(project=project), key=lambda task: task.id)
    row = {"data": newest.data, "meta": newest.meta}
    act(connection, "delete_tasks", project, [newest.id])
    places = []
    for person, value in ((user, "neutral_report"), (1, "site_furniture")):
        given = {"completed_by": person, "result": [choice(value)], "ground_truth": False}
        with connection.speaking() as client:
            client.projects.import_tasks(id=project, request=[row | {"annotations": [given]}])
        done = pull(Study(connected))
        (task,) = labels(done)["task"].unique()
        places.append(labels(done)[["task", "annotation"]].to_numpy().tolist())
        if person == user:
            act(connection, "delete_tasks", project, [int(task)])
    assert places[1] == places[0] * 2
    done = pull(Study(connected))
    assert labels(done)[["coder", "value", "current", "withdrawn"]].sort_values(
        "value"
    ).to_numpy().tolist() == [
        [f"coder-{user}", "neutral_report", "false", "true"],
        ["coder-1", "site_furniture", "true", "false"],
    ]
    assert done.renamed == []


def test_a_unit_whose_task_was_deleted_gets_one_again(connected: Workspace, connection: Connection) -> None:
    """The deleted task is the newest, and another file's only unit has got its id since."""
    one, two = connected.root / "one", connected.root / "two"
    one.mkdir()
    two.mkdir()
    (one / "a.txt").write_text("Rain fell on the town.\n\nThe river rose by a metre.\n\nNobody was hurt.\n")
    (two / "b.txt").write_text("The bridge is closed.\n")
    first = push(Study(connected), [one])
    tasks = tasks_of(connection, first.project)
    newest = max(tasks, key=lambda unit: tasks[unit])
    act(connection, "delete_tasks", first.project or 0, [tasks[newest]])
    assert push(Study(connected), [two]).new == 1
    again = push(Study(connected), [one])
    assert (again.new, again.already) == (1, len(tasks) - 1)
    assert len(tasks_of(connection, first.project)) == len(tasks) + 1
    assert push(Study(connected), [one]).new == 0


def test_answers_go_with_their_task(connected: Workspace, connection: Connection) -> None:
    """The newest task of all, so that only the note of the push shows that it was deleted."""
    pushed = push(Study(connected), [connected.seeds])
    tasks = tasks_of(connection, pushed.project)
    newest = max(tasks.values())
    answer(connection, newest, choice("neutral_report"))
    pull(Study(connected))
    act(connection, "delete_tasks", pushed.project or 0, [newest])
    assert any("1 task deleted since" in item.found for item in doctor(Study(connected)))
    done = pull(Study(connected))
    assert (done.withdrawn, done.current, done.not_there, done.tasks_gone) == (1, 0, [], 1)
    assert push(Study(connected), [connected.seeds]).new == 1
    assert pull(Study(connected)).tasks_gone == 0


def test_suggestions_that_nobody_opened_are_no_answers(
    connected: Workspace, connection: Connection, run: Run
) -> None:
    pushed = push(Study(connected), [connected.seeds])
    tasks = list(tasks_of(connection, pushed.project).values())
    with connection.speaking() as client:
        for task in tasks[:3]:
            client.predictions.create(
                task=task, model_version="m@1", result=[choice("site_furniture")], score=0.5
            )
        shown = client.predictions.list(task=tasks[0])[0].id
    answer(connection, tasks[0], choice("neutral_report"), parent_prediction=shown)
    act(connection, "predictions_to_annotations", pushed.project or 0, tasks[1:3])
    done = run("pull")
    assert "left out: 2 suggestions that Label Studio turned into answers" in done.err
    row = read_frame(connected.labels / "main.csv").iloc[0]
    assert row[["value", "suggestion", "suggestion_model", "saw_suggestion"]].tolist() == [
        "neutral_report",
        "site_furniture",
        "m@1",
        "true",
    ]
    warned = [item.found for item in doctor(Study(connected)) if item.state == "warning"]
    assert any("nobody had opened" in item for item in warned)


def test_answers_to_a_variable_that_is_gone_are_kept_and_named(
    connected: Workspace, connection: Connection, run: Run
) -> None:
    pushed = push(Study(connected), [connected.seeds])
    task = next(iter(tasks_of(connection, pushed.project).values()))
    answer(connection, task, choice("neutral_report"), choice("angry", "tone"))
    done = run("pull")
    assert (done.code, "kept: 1 answer to tone, which the codebook does not have" in done.err) == (0, True)
    rows = read_frame(connected.labels / "main.csv")[["variable", "value", "current"]]
    assert rows.to_numpy().tolist() == [["frame", "neutral_report", "true"], ["tone", "angry", "true"]]


def test_a_changed_note_keeps_the_earlier_one(connected: Workspace, connection: Connection) -> None:
    def note(text: str) -> dict[str, Any]:
        return {"from_name": "note", "to_name": "unit", "type": "textarea", "value": {"text": [text]}}

    pushed = push(Study(connected), [connected.seeds])
    task = next(iter(tasks_of(connection, pushed.project).values()))
    made = answer(connection, task, choice("neutral_report"), note("sure?"))
    pull(Study(connected))
    change(connection, made, choice("neutral_report"), note("yes"))
    rows = labels(pull(Study(connected)))[["note", "current"]]
    assert rows.sort_values("note").to_numpy().tolist() == [["sure?", "false"], ["yes", "true"]]
    change(connection, made, choice("neutral_report"), note("sure?"))
    rows = labels(pull(Study(connected)))[["note", "current"]]
    assert rows.sort_values("note").to_numpy().tolist() == [["sure?", "true"], ["yes", "false"]]


def test_nothing_is_withdrawn_because_a_project_is_gone(
    connected: Workspace, connection: Connection, run: Run
) -> None:
    study = Study(connected)
    pushed = push(study, [connected.seeds])
    answer(connection, next(iter(tasks_of(connection, pushed.project).values())), choice("neutral_report"))
    pull(study)
    with connection.speaking() as client:
        client.projects.delete(id=pushed.project or 0, request_options=AGAIN)
    push(study, [connected.seeds])
    done = run("pull")
    assert done.code == 0
    told = (
        f"project {pushed.project}, coder-1: 1 not there (the project is gone or has lost the study's mark)"
    )
    assert f"stays current: {told}" in done.err.splitlines()
    assert read_frame(connected.labels / "main.csv")["current"].tolist() == ["true"]
    assert run("pull", "--accept-withdrawn", "--json").json["withdrawn"] == 1
    assert read_frame(connected.labels / "main.csv")["current"].tolist() == ["false"]


def test_nothing_is_withdrawn_because_the_database_was_set_back(
    connected: Workspace, connection: Connection
) -> None:
    """An answer later than the last change of its task was never taken from it: the task is older."""
    study = Study(connected)
    pushed = push(study, [connected.seeds])
    answer(connection, next(iter(tasks_of(connection, pushed.project).values())), choice("neutral_report"))
    file = pull(study).file
    known = read_frame(file)
    lost = known.assign(annotation="99999", made_at="2099-01-01T00:00:00Z", value="site_furniture")
    write_table(pd.concat([known, lost]), tuple(known.columns), file)
    done = pull(study)
    assert [(item.reason, item.answers) for item in done.not_there] == [("set back", 1)]
    assert (done.withdrawn, labels(done)["withdrawn"].tolist()) == (0, ["false", "false"])


def test_two_studies_of_one_name_stay_apart(connected: Workspace, run: Run, tmp_path: Path) -> None:
    assert run("push", "seeds").code == 0
    other = tmp_path / "elsewhere" / "study"
    assert run("init", other).code == 0
    own = Settings.read(connected.settings)
    change_settings(Workspace(other).settings, {"study": own.study})
    (other / "seeds" / "b.txt").write_text("The bridge is closed.\n")
    for command in (("push", other / "seeds"), ("pull",)):
        refused = run(*command, "--workspace", other)
        assert refused.code == 1
        assert f"belongs to study '{own.study}' ({own.study_id})" in refused.err
        assert f"({Settings.read(Workspace(other).settings).study_id})" in refused.err


def test_projects_of_version_0_1_0_are_taken_over_once(
    connected: Workspace, connection: Connection, run: Run, tmp_path: Path
) -> None:
    pushed = push(Study(connected), [connected.seeds])
    with connection.speaking() as client:
        text = client.projects.get(id=pushed.project or 0).description or ""
        old = "\n".join(line for line in text.splitlines() if not line.startswith("framing-id"))
        client.projects.update(id=pushed.project or 0, description=old, request_options=AGAIN)
    change_settings(connected.settings, {"study_id": "", "server": ""})
    clone = tmp_path / "clone"
    assert run("init", clone).code == 0
    change_settings(
        Workspace(clone).settings, {"study": Settings.read(connected.settings).study, "study_id": ""}
    )
    for command in (("push", "seeds"), ("pull",)):
        refused = run(*command)
        assert (refused.code, "--adopt" in refused.err) == (1, True)
    strangers = run("pull", "--adopt", "--workspace", clone)
    assert (strangers.code, "0 of 1 article in the tasks" in strangers.err) == (1, True)
    taken = run("push", "seeds", "--adopt", "--json")
    assert (taken.json["new"], taken.json["project"]) == (0, pushed.project)
    (clone / "seeds" / "page.txt").write_bytes((connected.seeds / "page.txt").read_bytes())
    assert run("pull", "--adopt", "--workspace", clone).code == 0
    ids = [Settings.read(Workspace(root).settings).study_id for root in (connected.root, clone)]
    assert ids[0] == ids[1] != ""
    assert run("push", "seeds", "--json").json["new"] == 0


def test_a_new_coder_is_in_the_settings(connected: Workspace, run: Run, tmp_path: Path) -> None:
    name = f"eve{abs(hash(tmp_path)) % 10**12}"
    made = run("studio", "coder", "add", name, "--json").json
    assert made["coder"] == name
    assert Settings.read(connected.settings).coders == {str(made["user"]): name}
    assert "# pseudonyms" in connected.settings.read_text(encoding="utf-8")


def test_one_name_of_two_accounts_is_told(connected: Workspace, connection: Connection, run: Run) -> None:
    pushed = push(Study(connected), [connected.seeds])
    answer(connection, next(iter(tasks_of(connection, pushed.project).values())), choice("neutral_report"))
    change_settings(connected.settings, {"coders": {1: "ada", 7: "ada"}})
    told = "ada is the name of two accounts of one server: 1 and 7"
    assert f"names: {told}" in run("pull").err.splitlines()
    assert any(item.found == told for item in doctor(Study(connected)))
    assert told in run("reliability").err


@pytest.mark.parametrize("screen", [True, False], ids=["screen kept", "screen changed, too"])
def test_a_project_whose_description_was_edited_is_still_the_studys(
    connected: Workspace, connection: Connection, run: Run, screen: bool
) -> None:
    pushed = push(Study(connected), [connected.seeds])
    answer(connection, next(iter(tasks_of(connection, pushed.project).values())), choice("neutral_report"))
    changes: dict[str, Any] = {"description": "Please finish by Friday."}
    with connection.speaking() as client:
        if not screen:
            kept = client.projects.get(id=pushed.project or 0).label_config or ""
            changes["label_config"] = re.sub("<!--.*?-->", "", kept, flags=re.DOTALL)
        client.projects.update(id=pushed.project or 0, **changes, request_options=AGAIN)
    assert pull(Study(connected)).current == 1
    assert any("are missing" in item.found for item in doctor(Study(connected)))
    again = push(Study(connected), [connected.seeds])
    assert (again.project, again.new) == (pushed.project, 0)
    with connection.speaking() as client:
        text = client.projects.get(id=pushed.project or 0).description or ""
    assert text.startswith("Please finish by Friday.\nframing-study: ")
    assert not any("are missing" in item.found for item in doctor(Study(connected)))


def test_a_task_made_by_hand_is_not_ours_whatever_its_uid(
    connected: Workspace, connection: Connection
) -> None:
    pushed = push(Study(connected), [connected.seeds])
    unit = next(iter(tasks_of(connection, pushed.project)))
    with connection.speaking() as client:
        shown = client.tasks.get(id=str(tasks_of(connection, pushed.project)[unit])).data
        made = client.tasks.create(project=pushed.project or 0, data=shown | {"text": "By hand."})
    answer(connection, int(made.id or 0), choice("neutral_report"))
    assert push(Study(connected), [connected.seeds]).new == 0
    done = pull(Study(connected))
    assert (done.rows, [item.reason for item in done.unusable]) == (0, ["not made by framing push"])


def test_doubled_tasks_without_answers_go_at_the_next_push(
    connected: Workspace, connection: Connection
) -> None:
    pushed = push(Study(connected), [connected.seeds])
    with connection.speaking() as client:
        tasks = list(client.tasks.list(project=pushed.project))[:2]
        rows = [{"data": task.data, "meta": task.meta} for task in tasks]
        client.projects.import_tasks(id=pushed.project or 0, request=rows)
    assert any("two tasks each for 2 units" in item.found for item in doctor(Study(connected)))
    assert push(Study(connected), [connected.seeds]).new == 0
    assert not any("two tasks each" in item.found for item in doctor(Study(connected)))


def test_two_first_pushes_at_once_leave_one_project(
    connected: Workspace, connection: Connection, tmp_path: Path
) -> None:
    """Two clones of a study on two machines: each has a lock of its own."""
    clone = Workspace(tmp_path / "clone")
    shutil.copytree(connected.root, clone.root)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda space: push(Study(space), [space.seeds]), (connected, clone)))
    name = Settings.read(connected.settings).name
    own = [item for item in all_projects(connection) if item.study == name]
    assert {item.project for item in done} == {item.id for item in own}
    assert len(own) == 1
    push(Study(connected), [connected.seeds])
    assert len(stored_tasks(connection, own[0].id)) == 7


def test_another_server_than_the_studys_own_is_named(
    connected: Workspace, connection: Connection, run: Run
) -> None:
    pushed = push(Study(connected), [connected.seeds])
    answer(connection, next(iter(tasks_of(connection, pushed.project).values())), choice("neutral_report"))
    assert not run("pull", "--json").json["another_server"]
    change_settings(connected.settings, {"server": "s" + "0" * 15})
    here = identity_of(connection).fingerprint
    assert f"server {here} is not the study's own" in run("pull").err
    assert read_frame(connected.labels / "main.csv")["coder"].tolist() == [f"coder-1-{here[:6]}"]


def test_a_new_name_reaches_answers_that_were_all_deleted(
    connected: Workspace, connection: Connection, ada: tuple[int, Connection]
) -> None:
    """Nothing that the server still shows says whose they were; the workspace noted who was called what."""
    user, hers = ada
    pushed = push(Study(connected), [connected.seeds])
    change_settings(connected.settings, {"coders": {user: "ada"}})
    only = answer(hers, next(iter(tasks_of(connection, pushed.project).values())), choice("neutral_report"))
    pull(Study(connected))
    delete_answer(hers, only)
    change_settings(connected.settings, {"coders": {user: "anna"}})
    done = pull(Study(connected))
    assert [str(item) for item in done.renamed] == ["ada is now anna: 1 answer"]
    assert labels(done)[["coder", "withdrawn"]].to_numpy().tolist() == [["anna", "true"]]
