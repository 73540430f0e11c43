"""Label Studio's protocol on a real server, with tasks as `framing push` writes them."""

import pytest

from framing.classifier import load_model
from framing.codebook import Codebook
from framing.labelstudio.screen import screen
from framing.labelstudio.tasks import Setting, neighbours, task_of
from framing.records import Unit
from framing.resources import packaged
from framing.sampling import Drawn
from framing.settings import Workspace
from tests.serving.conftest import Serve

SCREEN = screen(Codebook.read(packaged("config") / "codebook.yaml"))
FOREIGN = (
    '<View><Text name="doc" value="$body"/><Choices name="frame" toName="doc">'
    '<Choice value="advocacy_appeal"/><Choice value="Plain" alias="neutral_report"/></Choices></View>'
)


def unit(number: int, text: str, region: str = "body") -> Unit:
    return Unit(f"a-{number}", "a", "a.txt", 0, len(text), text, region, number, number)


UNITS = [unit(0, "It rained on Friday", "headline"), unit(1, "Please give now"), unit(2, "It snowed")]


def tasks(*, blind: bool) -> list[dict[str, object]]:
    near = neighbours(UNITS)
    return [
        task_of(Drawn(u, "all", 1.0, blind=blind), near[u.unit_id], Setting(False, "c")) | {"id": n}
        for n, u in enumerate(UNITS)
    ]


def test_each_task_gets_what_the_model_says_of_the_unit_at_its_place(
    serving: Serve, workspace: Workspace
) -> None:
    served = serving()
    body = {
        "tasks": tasks(blind=False),
        "project": "1.2",
        "label_config": SCREEN,
        "params": {"context": None},
    }
    answer = served.client.post("/predict", json=body)
    results = answer.json()["results"]
    proba = load_model(workspace.models / "frame").predict_proba(UNITS)
    for result, row in zip(results, proba, strict=True):
        assert result["model_version"] == served.model
        ranked = sorted(row)
        assert result["score"] == pytest.approx(ranked[-1] - ranked[-2])
        (region,) = result["result"]
        assert (region["from_name"], region["to_name"], region["type"]) == ("frame", "unit", "choices")
    assert [item["result"][0]["value"]["choices"] for item in results] == [
        ["neutral_report"], ["advocacy_appeal"], ["neutral_report"],
    ]  # fmt: skip


def test_blind_tasks_and_those_that_do_not_say_get_no_suggestion(serving: Serve) -> None:
    served = serving()
    unsaid = tasks(blind=False)
    for task in unsaid:
        del task["meta"]["blind"]  # type: ignore[attr-defined]
    settled = [{"data": {"uid": "u", "text": "It rained", "answers": "frame: 1 × a"}, "meta": {}}]
    body = {"tasks": [*tasks(blind=True), *unsaid, *settled], "label_config": SCREEN}
    assert served.client.post("/predict", json=body).json()["results"] == [[]] * 7


def test_foreign_projects_are_answered_by_their_own_screen(serving: Serve) -> None:
    served = serving()
    found = [
        {"data": {"body": "Please give now"}, "meta": None},
        {"data": {"body": "It rained"}, "meta": {"region": ["odd"], "position": {}}},
        {"data": {"text": "elsewhere"}},
        {"data": {"body": 7}},
    ]
    answer = served.client.post("/predict", json={"tasks": found, "label_config": FOREIGN}).json()
    first, second, third, fourth = answer["results"]
    assert first["result"][0]["value"]["choices"] == ["advocacy_appeal"]
    assert (first["result"][0]["to_name"], second["result"][0]["to_name"]) == ("doc", "doc")
    assert second["result"][0]["value"]["choices"] == ["neutral_report"]
    assert third == []
    assert fourth["result"]


@pytest.mark.parametrize(
    "config",
    [
        "",
        "<View/>",
        SCREEN.replace('name="frame"', 'name="tone"'),
        FOREIGN.replace("advocacy_appeal", "x").replace("neutral_report", "y"),
        FOREIGN.replace('toName="doc"', 'toName="nowhere"'),
    ],
)
def test_a_screen_that_does_not_ask_gets_no_answer(serving: Serve, config: str) -> None:
    body = {"tasks": [{"data": {"body": "It rained", "text": "It rained"}}], "label_config": config}
    answer = serving().client.post("/predict", json=body)
    assert answer.json()["results" if config else "error"] == (
        [[]] if config else "label_config is no XML: no element found: line 1, column 0"
    )


def test_entities_in_a_screen_do_not_grow(serving: Serve) -> None:
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE v [<!ENTITY e0 "lol">{lines}]><View>&e11;</View>'
    answer = serving().client.post("/predict", json={"tasks": [], "label_config": bomb})
    assert answer.status_code == 422
    assert "amplification" in answer.json()["error"]


def test_training_is_answered_with_what_to_run(serving: Serve) -> None:
    served = serving()
    answer = served.client.post("/webhook", json={"action": "START_TRAINING", "project": {"id": 1}})
    command = "framing pull && framing train --variable frame"
    assert (answer.status_code, answer.json()["command"]) == (200, command)
    assert served.said == [f"Label Studio asks for training; run: {command}"]
    other = served.client.post("/webhook", json={"action": "ANNOTATION_CREATED", "annotation": {}})
    assert other.json() == {"status": "ok"}
    assert len(served.said) == 1
