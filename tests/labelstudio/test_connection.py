"""How requests reach a server on this machine."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from framing.labelstudio.connection import Connection
from framing.settings import Workspace
from tests.conftest import Run

#: The port of each connection that a request came on.
CAME: list[int] = []


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        CAME.append(self.client_address[1])
        body = b'{"release": "1.23.2", "id": 1, "email": "a@framing.example", "username": "a"}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *given: object) -> None:
        del given


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as made:
        Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()


def test_no_request_waits_for_what_an_earlier_one_left_to_acknowledge(server: str) -> None:
    CAME.clear()
    connection = Connection(server, "a" * 40)
    assert [connection.version() for _ in range(3)] == ["1.23.2"] * 3
    assert len(set(CAME)) == len(CAME) == 3


@pytest.mark.parametrize("address", ["http://a:b:c", "http://127.0.0.1:port"])
@pytest.mark.parametrize("command", ["pull", "doctor"])
def test_what_is_no_address_is_named(
    workspace: Workspace, run: Run, monkeypatch: pytest.MonkeyPatch, address: str, command: str
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", address)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "a" * 40)
    told = run(command)
    assert told.code == 1
    assert f"{address!r} is no address of a server" in told.out + told.err
    assert "Traceback" not in told.err
