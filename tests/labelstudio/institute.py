"""A second Label Studio that the tool did not make, with other people's work on it."""

import hashlib
import os
import secrets
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from framing.labelstudio import environment
from framing.labelstudio.webform import WebSession
from framing.settings import Workspace, change_settings
from tests.labelstudio.nginx import free_port

EMAIL, PASSWORD = "owner@institute.example", "institute-9-password"

_CHOICES = '<View><Text name="t" value="$text"/><Choices name="c" toName="t"><Choice value="a"/><Choice value="b"/></Choices></View>'
#: Where Label Studio keeps projects, tasks, answers and suggestions.
_TABLES = {"project": "id", "task": "project_id", "task_completion": "project_id", "prediction": "project_id"}


@dataclass(frozen=True)
class Institute:
    """A running server, and what it held before the tool came.

    Attributes
    ----------
    url, token : str
        Its own address, and a personal access token of its owner.
    data : Path
    foreign : tuple of int
        Projects of other people.
    """

    url: str
    token: str
    data: Path
    foreign: tuple[int, ...] = ()

    def rows(self) -> dict[str, str]:
        """A hash of each row of other people's projects, read straight from the database."""
        found = {}
        with closing(self.database()) as base:
            for table, column in _TABLES.items():
                marks = ",".join("?" * len(self.foreign))
                query = f"select * from {table} where {column} in ({marks}) order by id"  # noqa: S608 - names of our own
                for row in base.execute(query, self.foreign):
                    found[f"{table} {row[0]}"] = hashlib.sha256(repr(row).encode()).hexdigest()
        return found

    def units(self, project: int) -> Counter[str]:
        """How many tasks a project has by unit, read straight from the database."""
        with closing(self.database()) as base:
            query = "select json_extract(data, '$.uid') from task where project_id = ?"
            return Counter(row[0] for row in base.execute(query, (project,)))

    def answers(self) -> set[int]:
        """The ids of all answers, read straight from the database."""
        with closing(self.database()) as base:
            return {row[0] for row in base.execute("select id from task_completion")}

    def titles(self) -> list[str]:
        """The titles of all projects, read straight from the database."""
        with closing(self.database()) as base:
            return [row[0] for row in base.execute("select title from project order by id")]

    def database(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self.data / environment.DATABASE}?mode=ro", uri=True, timeout=30)


@contextmanager
def institute(data: Path, *, settings: dict[str, str] | None = None) -> Iterator[Institute]:
    """Start a Label Studio as its manual says, with other people's projects on it."""
    folder = environment.environment_folder()
    program = environment.ensure(folder, say=lambda _: None, quiet=True)
    data.mkdir(parents=True, exist_ok=True)
    environment.new_database(folder, data)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LABEL_STUDIO_", "CSRF_"))}
    with (data / "log.txt").open("wb") as log:
        process = psutil.Popen(
            [str(program), "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port),
             "--username", EMAIL, "--password", PASSWORD],
            env=kept | environment.PRIVATE | {"LABEL_STUDIO_BASE_DATA_DIR": str(data)} | (settings or {}),
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _await(url, process)
        with WebSession(url) as session:
            session.sign_in(EMAIL, PASSWORD)
            token = session.make_token()
        yield Institute(url, token, data, _others_work(url, token))
    finally:
        family = [*process.children(recursive=True), process]
        for member in family:
            member.terminate()
        psutil.wait_procs(family, timeout=20)


def _await(url: str, process: psutil.Popen) -> None:
    end = time.monotonic() + 180
    while time.monotonic() < end:
        assert process.poll() is None, "Label Studio ended"
        try:
            if httpx.get(f"{url}/health", timeout=5, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError("Label Studio did not come up")


def _others_work(url: str, token: str) -> tuple[int, ...]:
    """Projects of colleagues: plain ones, and one whose tasks have a `uid` of their own."""
    made = []
    with as_owner(Institute(url, token, Path())) as client:
        for number in range(4):
            project = client.post(
                "/api/projects/",
                json={"title": f"Colleague {number}", "description": "ours", "label_config": _CHOICES},
            ).json()["id"]
            answer = {
                "result": [{"from_name": "c", "to_name": "t", "type": "choices", "value": {"choices": ["a"]}}]
            }
            tasks = [
                {
                    "data": {"text": f"theirs {n}"} | ({"uid": f"u-{n}"} if number == 3 else {}),
                    "annotations": [answer],
                }
                for n in range(5)
            ]
            client.post(f"/api/projects/{project}/import", json=tasks).raise_for_status()
            made.append(int(project))
    return tuple(made)


@dataclass(frozen=True)
class Guest:
    """A researcher's workspace that uses the institute's server."""

    workspace: Workspace
    study: str
    patch: pytest.MonkeyPatch

    def goes_to(self, url: str) -> None:
        self.patch.setenv("LABEL_STUDIO_URL", url)

    def starts_another(self) -> None:
        """Go on as another study."""
        name, number = self.study, secrets.token_hex(6)
        change_settings(self.workspace.settings, {"study": f"{name}-2", "study_id": number})

    def sets(self, key: str, value: str) -> None:
        change_settings(self.workspace.settings, {key: value})


def answer_some(ls: Institute, project: int, count: int) -> Counter[str]:
    """Answer a project's first tasks as its owner, past any proxy; gives the units."""
    part = {
        "from_name": "frame",
        "to_name": "unit",
        "type": "choices",
        "value": {"choices": ["neutral_report"]},
    }
    with closing(ls.database()) as base:
        query = "select id, json_extract(data, '$.uid') from task where project_id = ? order by id limit ?"
        chosen = base.execute(query, (project, count)).fetchall()
    with as_owner(ls) as client:
        for task, _ in chosen:
            client.post(f"/api/tasks/{task}/annotations/", json={"result": [part]}).raise_for_status()
    return Counter(unit for _, unit in chosen)


@contextmanager
def as_owner(ls: Institute) -> Iterator[httpx.Client]:
    """The server's own interface, without the tool and past any proxy."""
    with httpx.Client(base_url=ls.url, timeout=60, trust_env=False) as client:
        access = client.post("/api/token/refresh/", json={"refresh": ls.token}).json()["access"]
        client.headers["Authorization"] = f"Bearer {access}"
        yield client


def legacy_token(ls: Institute) -> str:
    """The old kind of token of the server's owner, which is switched on for it."""
    with as_owner(ls) as client:
        settings = {"api_token_ttl_days": None, "api_tokens_enabled": True, "legacy_api_tokens_enabled": True}
        client.post("/api/jwt/settings", json=settings).raise_for_status()
        return str(client.get("/api/current-user/token").json()["token"])


def new_token(ls: Institute) -> str:
    """A personal access token of a second account, since each has but one."""
    with as_owner(ls) as client:
        invitation = client.get("/api/invite").json()["token"]
    email = f"second-{secrets.token_hex(4)}@institute.example"
    with WebSession(ls.url) as session:
        session.sign_up(email, PASSWORD, invitation)
        return session.make_token()
