"""A connection to the server of the test run, and a workspace with pages to push."""

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from label_studio_sdk.core import http_client

from framing.labelstudio import patience
from framing.labelstudio.connection import Connection
from framing.settings import Workspace, change_settings
from tests.conftest import Studio
from tests.labelstudio.institute import Guest, Institute, institute
from tests.labelstudio.nginx import Authority, make_authority

_studies = iter(range(10**6))


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


@pytest.fixture(scope="session")
def shared_institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institute]:
    """One Label Studio that the tool did not make, for all tests of a process."""
    with institute(tmp_path_factory.mktemp("institute") / "data") as made:
        yield made


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority that no machine knows."""
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def ls(shared_institute: Institute) -> Iterator[Institute]:
    """The institute's Label Studio; at the end nothing of other people's was touched and no answer is lost."""
    rows, answers = shared_institute.rows(), shared_institute.answers()
    yield shared_institute
    assert shared_institute.rows() == rows
    assert answers <= shared_institute.answers()


@pytest.fixture
def guest(workspace: Workspace, ls: Institute, monkeypatch: pytest.MonkeyPatch) -> Guest:
    """A workspace with thirty sentences and a study of its own, and how it is led to a server."""
    named = f"test-{os.getpid()}-{next(_studies)}"
    change_settings(workspace.settings, {"study": named})
    lines = [f"Sentence number {n} of the report says it plainly." for n in range(30)]
    (workspace.seeds / "page.txt").write_text("\n\n".join(lines), encoding="utf-8")
    for name in os.environ:
        if name.lower().endswith("_proxy") or name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", ls.token)
    return Guest(workspace, named, monkeypatch)


@pytest.fixture
def known_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process find `HOST` and whatever else ends like it on loopback."""
    real = socket.getaddrinfo

    def finding(host: Any, *more: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        return real("127.0.0.1" if str(name).endswith(".institute.example") else host, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", finding)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hardly wait for what does not come."""
    monkeypatch.setattr(patience, "_FIRST", 0.02)
    monkeypatch.setattr(patience, "_UNASKED", 0.2)
    monkeypatch.setattr(http_client, "_retry_timeout", lambda response, retries: 0.02)
    monkeypatch.setattr(http_client, "_retry_timeout_from_retries", lambda retries: 0.02)
