"""Tokens, limits and clients that behave badly, on a real server."""

import contextlib
import json
import logging
import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from framing.errors import FramingError, WorkspaceError
from framing.serving import Limits
from framing.settings import Workspace
from framing.steps.serve import serve
from framing.steps.study import Study
from tests.serving.conftest import Serve, Served, make_model

JSON = {"Content-Type": "application/json"}
HONEST = {"texts": ["It rained on Friday"]}


@contextlib.contextmanager
def dialled(served: Served) -> Iterator[socket.socket]:
    address = httpx.URL(served.url)
    with socket.create_connection((address.host, address.port or 80), timeout=20) as line:
        yield line


def closed(line: socket.socket) -> bytes:
    """Read until the server hangs up."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := line.recv(65536):
            parts.append(part)
    return b"".join(parts)


def test_a_token_is_asked_for_and_kept_to_the_owner(serving: Serve, workspace: Workspace) -> None:
    served = serving(require_token=True)
    file = Path(served.token_file)
    token = file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.is_relative_to(workspace.root / ".framing")
    assert served.client.get("/health").json() == {"status": "UP"}
    for path in ("/", "/openapi.json", "/versions"):
        assert served.client.get(path).status_code == 401
    for bad in ("", "Bearer", "Bearer x", f"Bearer {token}x", f"Token {token}", "Basic %%", "Basic /w==",
                f"Basic {token}", "Bearer ünë".encode("latin-1").decode("latin-1")):  # fmt: skip
        headers = {"Authorization": bad.encode("latin-1")} if bad else {}
        answer = served.client.post("/v1/score", json=HONEST, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "no valid token")
    assert served.score(HONEST).headers["www-authenticate"].startswith("Basic")
    bearer = served.client.post("/v1/score", json=HONEST, headers={"Authorization": f"Bearer {token}"})
    assert bearer.status_code == 200
    assert served.client.post("/v1/score", json=HONEST, auth=("framing", token)).status_code == 200
    again = serving(require_token=True)
    assert Path(again.token_file).read_text(encoding="utf-8") == token


def test_beyond_loopback_a_token_is_asked_for(serving: Serve) -> None:
    served = serving(host="0.0.0.0")  # noqa: S104 - what is tested
    port = httpx.URL(served.url).port
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        assert client.post("/v1/score", json=HONEST).status_code == 401
        token = Path(served.token_file).read_text(encoding="utf-8")
        assert client.post("/v1/score", json=HONEST, auth=("framing", token)).status_code == 200


def test_a_token_needs_a_workspace_and_a_file_of_ones_own(serving: Serve, workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match="no workspace here"):
        serve(Study(None), model=str(workspace.models / "frame"), host="0.0.0.0", port=0)  # noqa: S104
    file = Path(serving(require_token=True).token_file)
    file.chmod(0o644)
    with pytest.raises(FramingError) as caught:
        serve(Study(workspace), port=0, require_token=True)
    assert caught.value.message == f"{file}: others can read it (mode 644), expected mode 600"
    file.chmod(0o600)
    file.write_text("\n", encoding="utf-8")
    with pytest.raises(FramingError, match="empty, expected a token"):
        serve(Study(workspace), port=0, require_token=True)


def test_a_port_that_is_taken_is_named(serving: Serve, workspace: Workspace) -> None:
    port = httpx.URL(serving().url).port or 0
    with pytest.raises(FramingError) as caught:
        serve(Study(workspace), port=port)
    assert caught.value.message == f"can't listen on 127.0.0.1, port {port}: Address already in use"


def test_without_a_token_only_loopback_names_are_answered(serving: Serve) -> None:
    served = serving()
    assert served.client.get("/health", headers={"Host": "evil.example"}).status_code == 400
    assert served.client.get("/health", headers={"Host": "localhost:9"}).status_code == 200


def test_too_much_is_refused_before_it_is_held(serving: Serve, small: Limits) -> None:
    served = serving(limits=small)
    answer = served.score({"texts": ["x" * 30_000]})
    assert (answer.status_code, answer.json()["error"]) == (413, "a body over 20000 bytes")
    streamed = served.client.post("/v1/score", content=(b"x" * 5_000 for _ in range(9)), headers=JSON)
    assert streamed.status_code == 413
    assert served.score({"texts": ["x"] * 51}).json()["error"] == "51 texts, expected at most 50"
    articles = {"articles": [{"text": "It rained.\n" * 60}]}
    assert served.score(articles).json()["error"] == "over 50 units"
    form = served.client.post("/v1/score", data={"texts": "a"})
    assert (form.status_code, form.json()["error"]) == (
        415, "content type 'application/x-www-form-urlencoded', expected application/json",
    )  # fmt: skip
    assert served.score(HONEST).status_code == 200


def test_all_requests_together_hold_no_more_than_they_may(serving: Serve, small: Limits) -> None:
    served = serving(limits=Limits(body=20_000, held=30_000, patience=10))
    head = b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with dialled(served) as first, dialled(served) as second:
        for line in (first, second):
            line.sendall(head + b"Content-Length: 20000\r\n\r\n" + b" " * 18_000)
        # One of them got no room for its body; which one is a matter of the machine's mood.
        told = []
        for line in (first, second):
            line.settimeout(2)
            with contextlib.suppress(TimeoutError):
                told.append(line.recv(65536))
        assert len(told) == 1 and told[0].startswith(b"HTTP/1.1 503 ")
        assert b"busy with other requests" in told[0]
    assert served.score(HONEST).status_code == 200


def test_slow_clients_are_sent_away(serving: Serve, small: Limits) -> None:
    served = serving(limits=small)
    with dialled(served) as silent, dialled(served) as dripping, dialled(served) as again:
        dripping.sendall(b"POST /v1/score HTTP/1.1\r\nHost: loc")
        again.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        told = b""
        while not told.endswith(b"}"):
            told += again.recv(65536)
        again.sendall(b"GET /hea")
        assert [closed(line) for line in (silent, dripping, again)] == [b"", b"", b""]
    with dialled(served) as half:
        half.sendall(
            b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b'Content-Length: 500\r\n\r\n{"texts"'
        )
        told = closed(half)
    assert told.startswith(b"HTTP/1.1 408 ")
    assert b"the body did not come within 0.5 seconds" in told
    assert served.score(HONEST).status_code == 200


def test_a_client_that_does_not_take_its_answer_is_cut_off(serving: Serve) -> None:
    served = serving(limits=Limits(lifetime=6))
    pages = [{"title": "x" * 2_000, "text": "It rained.\n" * 5_000}]
    body = json.dumps({"articles": pages}).encode()
    with dialled(served) as line:
        line.sendall(
            b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        _await_end_of_connection(served)
        told = closed(line)
    assert told.startswith(b"HTTP/1.1 200 ")
    length = next(row for row in told.split(b"\r\n") if row.lower().startswith(b"content-length: "))
    assert len(told) < int(length.partition(b" ")[2])
    assert served.score(HONEST).status_code == 200


def _await_end_of_connection(served: Served) -> None:
    """Wait until the server has taken a connection, and until its side of it is gone."""
    port = httpx.URL(served.url).port
    taken = False
    for _ in range(600):
        open_ = [
            item
            for item in psutil.Process().net_connections("tcp")
            if item.laddr.port == port and item.status == psutil.CONN_ESTABLISHED
        ]
        if taken and not open_:
            return
        taken = taken or bool(open_)
        threading.Event().wait(0.05)
    raise AssertionError(f"still open: {open_}")


def test_a_thousand_idle_connections_leave_room_for_honest_ones(serving: Serve) -> None:
    served = serving(limits=Limits(patience=30, connections=950))
    with contextlib.ExitStack() as lines:
        for _ in range(1_000):
            lines.enter_context(dialled(served)).sendall(b"GET /health HTTP/1.1\r\nX: ")
        # The last ones were closed at once, so that the first 950 hold every place.
        with pytest.raises(httpx.TransportError):
            served.score(HONEST)
    for _ in range(100):
        with contextlib.suppress(httpx.TransportError):
            assert served.score(HONEST).status_code == 200
            return
    raise AssertionError("not answered after the others had gone")


def test_broken_requests_are_answered_or_dropped_and_hurt_nobody(serving: Serve) -> None:
    served = serving()
    for junk in (
        b"\x00" * 100 + b"\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /%00%ff/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ):
        with dialled(served) as line:
            line.sendall(junk)
            line.shutdown(socket.SHUT_WR)
            assert closed(line)[:10] in (b"", b"HTTP/1.1 4")
    assert served.score(HONEST).status_code == 200


def test_nothing_that_is_sent_is_logged(
    serving: Serve, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    served = serving(require_token=True)
    token = Path(served.token_file).read_text(encoding="utf-8")
    secret = "canary" + os.urandom(4).hex()
    setup = {"project": "1.2", "schema": "<View/>", "access_token": secret}
    assert served.client.post("/setup", json=setup, auth=("framing", token)).json() == {
        "model_version": served.model
    }
    served.client.post("/v1/score", json={"texts": [secret]}, auth=("framing", token))
    served.client.post("/v1/score", json={secret: 1}, headers={"Authorization": f"Bearer {secret}"})
    served.client.get(f"/{secret}")
    told = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpc")]
    for place in (told.out, told.err, "\n".join(served.said), *(m for m in ours if "HTTP Request" not in m)):
        assert secret not in place and token not in place


def test_an_unexpected_failure_is_told_without_what_was_sent(
    serving: Serve, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr("framing.steps.serve.score_units", failing)
    served = serving()
    answer = served.score(HONEST)
    assert (answer.status_code, answer.json()["error"]) == (500, "an unexpected failure")
    assert len(served.said) == 1
    assert served.said[0].startswith("POST /v1/score: RuntimeError at test_guard.py:")


def test_make_model_gives_each_strength_its_own_hash(tmp_path: Path) -> None:
    assert make_model(tmp_path / "a", 1.0).hash != make_model(tmp_path / "a", 2.0).hash
