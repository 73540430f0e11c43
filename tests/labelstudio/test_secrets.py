"""A small study from push to export on a real server: its secrets, and who the coders are, are nowhere in it."""

import json
import os
from pathlib import Path
from typing import Any

import psutil
import pytest

from framing.labelstudio.connection import Connection
from framing.records import ADJUDICATOR
from framing.settings import Workspace
from tests.conftest import Run, Studio

pytestmark = pytest.mark.server


def answered(connection: Connection, project: int) -> None:
    """Code every task of a project through the server's own door."""
    client = connection.client
    for number, task in enumerate(client.tasks.list(project=project, fields="all")):
        value = ("neutral_report", "advocacy_appeal")[number % 2]
        client.annotations.create(
            id=task.id,
            result=[
                {"from_name": "frame", "to_name": "text", "type": "choices", "value": {"choices": [value]}}
            ],
            lead_time=3.0,
        )


def traces(root: Path, words: list[str]) -> list[str]:
    """Where one of the words stands in a folder, in names and contents, links not followed."""
    found = []
    for place, folders, files in os.walk(root):
        found += [f"{place}/{name}" for name in folders + files if any(word in name for word in words)]
        for name in files:
            data = (Path(place) / name).read_bytes()
            found += [f"{place}/{name}: {word[:4]}…" for word in words if word.encode() in data]
    return found


def processes(words: list[str]) -> list[str]:
    """Command lines in which one of the words stands, as every user of the machine sees them."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        found += [line for word in words if word in line]
    return found


@pytest.fixture
def coded(connected: Workspace, studio: Studio, run: Run) -> tuple[Workspace, list[str], dict[str, Any]]:
    """A workspace whose round is coded and worked on with every command; all that these said."""
    said: list[str] = []
    codes: dict[str, Any] = {}

    def doing(*arguments: object) -> None:
        told = run(*arguments)
        said.extend((told.out, told.err))
        codes[" ".join(map(str, arguments))] = told.code

    doing("push", "seeds", "--json")
    project = json.loads(said[0])["projects"][0]["project"] if "projects" in said[0] else None
    connection = Connection(studio.url, studio.token)
    if project is None:
        project = max(item.id or 0 for item in connection.client.projects.list())
    answered(connection, project)
    for line in ("pull", "pull --json", "doctor", "doctor --json", "stats", "reliability", "adjudicate"):
        doing(*line.split())
    doing("labels", "gold", "-o", "gold.csv")
    doing("score", "seeds", "-o", "scores/units.csv", "--articles", "scores/articles.csv")
    doing("report", "--scores", "scores/units.csv", "-o", "report.html")
    doing("export", connected.root / "published")
    doing("export", connected.root / "bare", "--no-text")
    return connected, said, codes


def test_a_study_holds_no_secret_and_no_name(
    coded: tuple[Workspace, list[str], dict[str, Any]], studio: Studio
) -> None:
    workspace, said, codes = coded
    for command in ("push seeds --json", "pull", "stats", "labels gold -o gold.csv"):
        assert codes[command] == 0, (command, said)
    secrets = [studio.token, studio.password]
    assert all(len(word) > 10 for word in secrets)
    for text in said:
        assert not [word for word in secrets if word in text]
    # The e-mail address is the user name; what is left of the @ would tell as much.
    names = [studio.email]
    assert traces(workspace.root, [*secrets, *names]) == []
    assert processes(secrets) == []
    labels = (workspace.labels / "main.csv").read_text(encoding="utf-8")
    assert "coder-" in labels
    assert studio.email.partition("@")[0] not in labels
    assert ADJUDICATOR not in labels


def test_a_refused_token_is_not_repeated(
    connected: Workspace, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "canary" + os.urandom(12).hex()
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", secret)
    for command in (("push", "seeds"), ("pull",), ("doctor",), ("doctor", "--json"), ("adjudicate",)):
        told = run(*command)
        assert told.code != 0
        assert secret not in told.out + told.err
    assert traces(connected.root, [secret]) == []


def test_what_the_embedded_server_writes_holds_no_secret(studio: Studio, tmp_path: Path) -> None:
    """Its folder: the two files of mode 600 hold one secret each; log and state hold none."""
    place = Path(psutil.Process(studio.pid).cwd())
    assert traces(tmp_path, [studio.token]) == []
    held = [path for path in place.rglob("*") if path.is_file() and path.suffix != ".sqlite3"]
    telling = [
        path for path in held if any(s.encode() in path.read_bytes() for s in (studio.token, studio.password))
    ]
    assert len(telling) == 2
    assert {path.stat().st_mode & 0o777 for path in telling} == {0o600}
