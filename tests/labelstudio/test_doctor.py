"""`framing doctor`: each trap of Label Studio that can be seen is named, with its remedy; on a real server."""

import pytest

from framing.labelstudio.connection import AGAIN, ONCE, Connection
from framing.labelstudio.importing import stored_tasks
from framing.labelstudio.tasks import Suggestion, prediction_of
from framing.sampling import Plan
from framing.settings import Workspace
from framing.steps.doctor import Finding, doctor
from framing.steps.push import Push, Pushed, push
from framing.steps.rounds import Wanted
from framing.steps.study import Study
from tests.conftest import Studio
from tests.labelstudio.faulty import telling

pytestmark = pytest.mark.server

SHOWN = {"text": "x", "where": "", "before": "", "after": "", "title": ""}


@pytest.fixture
def connection(studio: Studio) -> Connection:
    return Connection(studio.url, studio.token)


@pytest.fixture
def round_(connected: Workspace) -> Pushed:
    """A main and a blind project."""
    lines = [f"Sentence number {n} of the report says it plainly." for n in range(20)]
    (connected.seeds / "page.txt").write_text("\n\n".join(lines), encoding="utf-8")
    return push(Study(connected), ["seeds"], Push(wanted=Wanted(Plan("random", 10, overlap=0.5))))


def warnings(study: Study, check: str) -> list[Finding]:
    found = [item for item in doctor(study) if item.check == check and item.state == "warning"]
    assert all(item.remedy for item in found)
    return found


def test_a_queue_that_was_changed_is_named(
    connected: Workspace, connection: Connection, round_: Pushed
) -> None:
    study = Study(connected)
    main, blind = (part.project or 0 for part in round_.projects)
    first = stored_tasks(connection, blind)[0]
    with connection.speaking() as client:
        client.projects.update(
            id=blind, maximum_annotations=1, sampling="Uniform sampling", show_collab_predictions=True,
            request_options=AGAIN,
        )  # fmt: skip
        copy = {"data": {"uid": first.unit, **SHOWN}, "meta": {"article_id": "a"}}
        client.projects.import_tasks(id=blind, request=[copy, {"data": SHOWN}], request_options=ONCE)
    (queue,) = warnings(study, "queue")
    assert queue.found == (
        "it shows suggestions; each task goes to one coder only; "
        "tasks come by uniform sampling, not in the order of the push"
    )
    assert [item.found for item in warnings(study, "tasks")] == [
        "two tasks each for 1 unit",
        "1 were not made by framing push; their answers are not pulled",
    ]
    with connection.speaking() as client:
        client.projects.update(
            id=blind, maximum_annotations=2, overlap_cohort_percentage=50, sampling="Sequential sampling",
            show_collab_predictions=False, request_options=AGAIN,
        )  # fmt: skip
        client.projects.update(
            id=main, maximum_annotations=2, show_instruction=False, show_skip_button=False,
            request_options=AGAIN,
        )  # fmt: skip
    assert [item.found for item in warnings(study, "queue")] == [
        "each task goes to 2 coders; the codebook does not open at the start; "
        "coders can't skip what can't be coded",
        "only 50 % of the tasks go to several coders",
    ]


def test_suggestions_that_coders_should_not_see_or_can_not_are_named(
    connected: Workspace, connection: Connection, round_: Pushed
) -> None:
    study = Study(connected)
    for part in round_.projects:
        task = stored_tasks(connection, part.project or 0)[0].task
        made = prediction_of(Suggestion("old@0", "frame", ("panic",), 0.5))
        with connection.speaking() as client:
            client.predictions.create(task=task, **made, request_options=ONCE)
    assert [item.found for item in warnings(study, "suggestions")] == [
        "the codebook does not have frame=panic (1)",
        "coders see none: the project shows those of no model",
        "1 are stored in the blind project, which shows none",
    ]


def test_answers_that_are_not_what_they_seem_are_named(
    connected: Workspace, connection: Connection, round_: Pushed
) -> None:
    study = Study(connected)
    blind = round_.projects[1].project or 0
    first, second = (item.task for item in stored_tasks(connection, blind)[:2])
    made = prediction_of(Suggestion("old@0", "frame", ("neutral_report",), 0.5))
    with connection.speaking() as client:
        suggested = client.predictions.create(task=first, **made, request_options=ONCE)
        for task, parent, marked in (
            (first, suggested.id, False),
            (first, None, False),
            (second, None, True),
        ):
            client.annotations.create(
                id=task, result=made["result"], parent_prediction=parent, ground_truth=marked,
                request_options=ONCE,
            )  # fmt: skip
    assert [item.found for item in warnings(study, "answers")] == [
        "1 by a coder who had answered the unit already; the latest counts",
        "1 in the blind project were made from a suggestion",
        "1 marked as ground truth: Label Studio hands out their tasks again",
    ]


@pytest.mark.parametrize(("ahead", "found"), [(-120, "120 seconds ahead of"), (45, "45 seconds behind")])
def test_a_clock_that_differs_is_a_fault_and_another_version_a_warning(
    ahead: int, found: str, connected: Workspace, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    with telling(studio.url, ahead=ahead, version="9.9.9") as url:
        monkeypatch.setenv("LABEL_STUDIO_URL", url)
        told = {item.check: item for item in doctor(Study(connected)) if item.state != "ok"}
    assert told["clock"].state == "fault"
    seconds, rest = told["clock"].found.split(" ", 1)
    assert abs(int(seconds) - abs(ahead)) <= 10
    assert rest.startswith(found.split(" ", 1)[1])
    assert told["version"].found.startswith("Label Studio 9.9.9, tested with ")
    assert told["clock"].remedy
    assert told["version"].remedy
