"""`framing serve` as the machine-learning backend of a real Label Studio."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from framing.errors import ServerError
from framing.labelstudio.connection import AGAIN, ONCE, Connection
from framing.labelstudio.server import EmbeddedServer
from framing.sampling import Plan
from framing.settings import Workspace
from framing.steps.doctor import doctor
from framing.steps.push import Push, push
from framing.steps.rounds import Wanted
from framing.steps.study import Study
from tests.conftest import Studio
from tests.serving.conftest import Serve, Served, make_model, running, serving

__all__ = ["serving"]

pytestmark = pytest.mark.server


@pytest.fixture
def connection(studio: Studio) -> Connection:
    return Connection(studio.url, studio.token)


@pytest.fixture
def served(connected: Workspace, serving: Serve) -> Served:
    return serving(require_token=True)


def password(served: Served) -> str:
    return Path(served.token_file).read_text(encoding="utf-8")


def connect(connection: Connection, project: int, served: Served, word: str) -> int:
    with connection.speaking() as client:
        made = client.ml.create(
            url=served.url,
            project=project,
            title="framing",
            auth_method="BASIC_AUTH",
            basic_auth_user="framing",
            basic_auth_pass=word,
            request_options=ONCE,
        )
    return int(made.id or 0)


def ask(connection: Connection, project: int) -> None:
    """What the Data Manager's "retrieve predictions" does."""
    with connection.speaking() as client:
        client.actions.create(
            id="retrieve_tasks_predictions", project=project, selected_items={"all": True},
            request_options=ONCE,
        )  # fmt: skip


def predictions(connection: Connection, project: int) -> list[Any]:
    with connection.speaking() as client:
        tasks = list(client.tasks.list(project=project, fields="all"))
        return [item for task in tasks for item in task.predictions or []]


def test_suggestions_appear_in_the_main_project_and_never_in_the_blind_one(
    connected: Workspace, connection: Connection, served: Served
) -> None:
    done = push(Study(connected), ["seeds"], Push(wanted=Wanted(Plan("random", 7, overlap=0.4))))
    main, blind = (part.project or 0 for part in done.projects)
    backend = connect(connection, main, served, password(served))
    connect(connection, blind, served, password(served))
    with connection.speaking() as client:
        state = client.ml.get(id=backend, request_options=AGAIN)
    assert (state.state, state.model_version) == ("CO", served.model)
    for project in (main, blind):
        ask(connection, project)
    shown = predictions(connection, main)
    assert len(shown) == done.projects[0].units
    assert {item.model_version for item in shown} == {served.model}
    assert all(0 <= item.score <= 1 for item in shown)
    assert {part["from_name"] for item in shown for part in item.result} == {"frame"}
    assert predictions(connection, blind) == []


def test_a_retrained_model_suggests_anew(
    connected: Workspace, connection: Connection, served: Served
) -> None:
    project = push(Study(connected), ["seeds"]).project or 0
    backend = connect(connection, project, served, password(served))
    ask(connection, project)
    ask(connection, project)
    first = predictions(connection, project)
    assert len(first) == 7
    latest = make_model(connected.models / "frame", 1.0).id
    for _ in range(100):
        told = served.client.get("/versions", auth=("framing", password(served))).json()
        if told == {"versions": [latest]}:
            break
        threading.Event().wait(0.05)
    ask(connection, project)
    versions = [item.model_version for item in predictions(connection, project)]
    assert sorted(versions) == sorted([served.model] * 7 + [latest] * 7)
    with connection.speaking() as client:
        client.ml.train(id=backend, request_options=ONCE)
    assert served.said[-1] == (
        "Label Studio asks for training; run: framing pull && framing train --variable frame"
    )


def test_a_wrong_password_is_said_by_label_studio(
    connected: Workspace, connection: Connection, served: Served
) -> None:
    project = push(Study(connected), ["seeds"]).project or 0
    with pytest.raises(ServerError, match="401 Client Error: Unauthorized"):
        connect(connection, project, served, "wrong")


def test_a_coder_who_opens_a_fresh_task_gets_the_suggestion(
    connected: Workspace, connection: Connection, served: Served
) -> None:
    done = push(Study(connected), ["seeds"], Push(wanted=Wanted(Plan("random", 7, overlap=0.4))))
    shown = []
    for part in done.projects:
        project = part.project or 0
        connect(connection, project, served, password(served))
        with connection.speaking() as client:
            client.projects.update(id=project, evaluate_predictions_automatically=True, request_options=AGAIN)
            answer = client._client_wrapper.httpx_client.request(
                f"api/projects/{project}/next", method="GET", request_options=AGAIN
            )
        shown.append([item["model_version"] for item in answer.json()["predictions"]])
    assert shown == [[served.model], []]


def test_doctor_looks_at_connected_models(
    connected: Workspace, connection: Connection, served: Served
) -> None:
    done = push(Study(connected), ["seeds"], Push(wanted=Wanted(Plan("random", 7, overlap=0.4))))
    main, blind = (part.project or 0 for part in done.projects)
    for project in (main, blind):
        connect(connection, project, served, password(served))
    told = [(item.state, item.found) for item in doctor(Study(connected)) if item.check == "model"]
    assert told == [
        ("ok", f"{served.url} is connected; coders see suggestions of this model"),
        ("warning", f"{served.url} is connected to the blind project, which shows no suggestions"),
    ]
    ask(connection, main)
    with connection.speaking() as client:
        client.projects.update(id=main, model_version=served.model, request_options=AGAIN)
    first = next(item for item in doctor(Study(connected)) if item.check == "model")
    assert first.found == f"{served.url} is connected; coders see suggestions of {served.model}"


_REMEDY = (
    "start it: framing serve; a Label Studio that framing studio did not start reaches loopback "
    "and private addresses only with ML_BLOCK_LOCAL_IP=false"
)


def test_doctor_names_a_model_that_is_not_reached(connected: Workspace, connection: Connection) -> None:
    make_model(connected.models / "frame")
    done = push(Study(connected), ["seeds"])
    with running(connected, {"require_token": True}) as served:
        connect(connection, done.project or 0, served, password(served))
    (told,) = [item for item in doctor(Study(connected)) if item.check == "model"]
    assert told.state == "warning"
    assert told.found == f"Label Studio does not reach {served.url}: not connected"
    assert told.remedy == _REMEDY


class _Guarded(EmbeddedServer):
    """As a server of one's own is, unless it is told otherwise."""

    def _environment(self, url: str) -> dict[str, str]:
        opened = {"LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "false"}
        return super()._environment(url) | opened | {"ML_BLOCK_LOCAL_IP": "true"}


@contextmanager
def own_server(kind: type[EmbeddedServer], folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Connection]:
    server = kind(folder)
    status = server.start(host="127.0.0.1", port=0, say=lambda message: None)
    try:
        patch.setenv("LABEL_STUDIO_URL", status.url)
        patch.setenv("LABEL_STUDIO_API_KEY", server.token())
        yield Connection(status.url, server.token())
    finally:
        server.stop()


@pytest.mark.prove
def test_a_server_that_refuses_private_addresses_says_so(
    workspace: Workspace, serving: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serving(require_token=True)
    with own_server(EmbeddedServer, workspace.studio, monkeypatch) as open_:
        project = push(Study(workspace), ["seeds"]).project or 0
        connect(open_, project, served, password(served))
        (told,) = [item for item in doctor(Study(workspace)) if item.check == "model"]
        assert told.state == "ok"
    with own_server(_Guarded, workspace.studio, monkeypatch) as closed:
        with pytest.raises(ServerError) as refused:
            connect(closed, project, served, password(served))
        assert refused.value.message == (
            f"{closed.url} answered HTTP 403: URL resolves to a reserved network address (block: 127.0.0.0/8)"
        )
        (told,) = [item for item in doctor(Study(workspace)) if item.check == "model"]
        assert told.state == "warning"
        assert told.found.startswith(f"Label Studio does not reach {served.url}: ")
        assert told.remedy == _REMEDY
        (told,) = [item for item in doctor(Study(workspace)) if item.check == "sign-up"]
        assert told.state == "warning"
        assert "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK=true" in told.remedy
