"""What coders are shown, and in which order: suggestions, uncertain units first."""

import itertools

import pandas as pd
import pytest

from framing.labelstudio.connection import AGAIN, Connection
from framing.labelstudio.handing_out import queue_of
from framing.labelstudio.importing import stored_tasks
from framing.sampling import Plan
from framing.serving.suggestions import suggest
from framing.settings import Workspace
from framing.steps.push import Push, push
from framing.steps.rounds import Wanted
from framing.steps.split import split
from framing.steps.study import Study
from tests.labelstudio.queue import handed_out
from tests.serving.conftest import make_model

pytestmark = pytest.mark.server


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
    stored = sorted(stored_tasks(connection, done.project or 0), key=lambda item: item.task)
    got = [task["data"]["uid"] for task in handed_out(connection, done.project or 0, 6)]
    assert got == [item.unit for item in stored]
    articles = [uid.partition("-")[0] for uid in got]
    assert all(first != second for first, second in itertools.pairwise(articles))


def test_coders_get_uncertain_units_first(pages: Workspace, connection: Connection) -> None:
    """The order that the server hands out: least certain first, a random share mixed in."""
    model = make_model(pages.models / "frame")
    study = Study(pages)
    lines = [
        f"Please give {word} now or the {word} roof stays open."
        if n % 2
        else f"On day {n} it rained on {word}."
        for n, word in enumerate(
            "barns roads mills farms ships parks banks lakes towns woods fairs docks".split()
        )
    ]
    for page in range(6):
        (pages.seeds / f"p{page}.txt").write_text(
            "\n\n".join(lines[page * 2 : page * 2 + 2]), encoding="utf-8"
        )
    done = push(study, ["seeds"], Push(wanted=Wanted(Plan("uncertain", 10), suggest="frame")))
    assert queue_of(connection, done.project or 0).model_version == model.id
    units = list(split([pages.seeds]))
    margins = {u.unit_id: s.margin for u, s in zip(units, suggest(model, units), strict=True)}
    tasks = handed_out(connection, done.project or 0, 10)
    doubtful = [task["data"]["uid"] for task in tasks if task["meta"]["sampling"] == "uncertain"]
    assert len(doubtful) == 8
    assert max(margins[uid] for uid in doubtful) <= min(
        margin for uid, margin in margins.items() if uid not in {task["data"]["uid"] for task in tasks}
    )
    articles = [task["meta"]["article_id"] for task in tasks]
    assert all(first != second for first, second in itertools.pairwise(articles))
    # Where no article stood in the way the least certain comes first.
    assert doubtful[0] == min(doubtful, key=lambda uid: margins[uid])
    places = [place for place, task in enumerate(tasks) if task["meta"]["sampling"] == "random"]
    assert len(places) == 2
    assert 0 < places[0] < 5 <= places[1] < 10, "one in each half"
    assert all(task["predictions"][0]["model_version"] == model.id for task in tasks)


def test_a_retrained_model_renews_suggestions_and_leaves_the_total(
    pages: Workspace, connection: Connection
) -> None:
    study = Study(pages)
    old = make_model(pages.models / "frame")
    asked = Push(wanted=Wanted(Plan("uncertain", 10), suggest="frame"))
    first = push(study, ["seeds"], asked)
    answered = handed_out(connection, first.project or 0, 1)[0]["id"]
    new = make_model(pages.models / "frame", strength=0.01)
    assert new.id != old.id
    again = push(study, ["seeds"], asked)
    assert (first.new, again.new, again.already) == (10, 0, 10)
    assert queue_of(connection, first.project or 0).model_version == new.id
    push(study, ["seeds"], asked)
    with connection.speaking() as client:
        tasks = list(client.tasks.list(project=first.project, fields="all"))
    versions = {task.id: sorted(item.model_version or "" for item in task.predictions) for task in tasks}
    assert versions.pop(answered) == [old.id]
    assert list(versions.values()) == [sorted([old.id, new.id])] * 9
    larger = push(study, ["seeds"], Push(wanted=Wanted(Plan("uncertain", 14), suggest="frame")))
    assert (larger.new, larger.already) == (4, 10)
