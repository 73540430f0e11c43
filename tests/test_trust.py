"""A key of the environment goes where the environment or its user says, and nowhere else."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest

from framing.errors import FramingError, ServerError, SettingsError, TrustError
from framing.labelstudio.connection import Connection
from framing.settings import Workspace
from framing.trust import address_of, require_trust, trust, trust_file, trusted
from tests.conftest import Run

KEY = jwt.encode(
    {"token_type": "refresh", "exp": 4_000_000_000, "jti": "canary"}, "k" * 32, algorithm="HS256"
)
COMMANDS = (
    ("push", "seeds"),
    ("push", "seeds", "--dry-run"),
    ("pull",),
    ("doctor",),
    ("adjudicate",),
    ("studio", "coder", "add", "ada"),
)


class Listener(ThreadingHTTPServer):
    """Somebody's server: keeps all that it is sent, and may send its clients on."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[str] = []
        self.on_to = ""
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.heard.append(f"{self.requestline}\n{self.headers}\n{body.decode()}")
        self.send_response(307 if self.server.on_to else 401)
        if self.server.on_to:
            self.send_header("location", self.server.on_to + self.path)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def listeners() -> Iterator[tuple[Listener, Listener]]:
    two = Listener(), Listener()
    yield two
    for listener in two:
        listener.shutdown()
        listener.server_close()


@pytest.fixture(autouse=True)
def _own_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "of this user"))


@pytest.fixture
def shared(
    workspace: Workspace, listeners: tuple[Listener, Listener], monkeypatch: pytest.MonkeyPatch
) -> Workspace:
    """A workspace from elsewhere, whose settings name a stranger's server, and the user's own key."""
    text = workspace.settings.read_text(encoding="utf-8")
    named = text.replace('server_url: ""', f"server_url: {listeners[0].url}")
    assert named != text
    workspace.settings.write_text(named, encoding="utf-8")
    rows = "unit_id,variable,value,coder\n" + "".join(
        f"u{n},frame,{value},{coder}\n"
        for n in range(3)
        for coder, value in (("a", "neutral_report"), ("b", "advocacy_appeal"))
    )
    (workspace.labels / "main.csv").write_text(rows)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", KEY)
    return workspace


@pytest.mark.usefixtures("shared")
def test_a_listener_in_a_shared_settings_file_gets_no_key(
    listeners: tuple[Listener, Listener], run: Run
) -> None:
    url = listeners[0].url
    for command in COMMANDS:
        done = run(*command)
        assert done.code == 1, (command, done)
        said = done.out + done.err
        assert f"server_url names {url}, which you have not confirmed on this machine" in said, command
        assert f"framing trust {url}" in said
        assert KEY not in said
    assert listeners[0].heard == []

    # Confirmed once it gets it: so the listener would have heard it before, too.
    assert run("trust", url).code == 0
    assert run("pull").code == 1
    assert any(KEY in request for request in listeners[0].heard)


@pytest.mark.usefixtures("shared")
def test_the_environment_confirms_what_it_names_and_nothing_else(
    listeners: tuple[Listener, Listener], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", listeners[1].url)
    assert run("pull").code == 1
    assert any(KEY in request for request in listeners[1].heard)
    assert listeners[0].heard == []


@pytest.mark.usefixtures("shared")
def test_what_was_taken_back_gets_no_key(listeners: tuple[Listener, Listener], run: Run) -> None:
    url = listeners[0].url
    assert run("trust", url, "--json").json == {"trusted": [address_of(url)], "changed": True}
    assert run("trust", f"{url}/", "--json").json["changed"] is False
    assert run("trust", "--list").out == f"{address_of(url)}\n"
    assert trust_file().stat().st_mode & 0o777 == 0o600
    assert run("trust", url, "--remove", "--json").json == {"trusted": [], "changed": True}
    assert "not confirmed" in run("pull").err
    assert listeners[0].heard == []


@pytest.mark.parametrize(
    "arguments", [(), ("--list", "http://a.example"), ("--remove",), ("--list", "--remove")]
)
def test_trust_is_asked_for_one_thing(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("trust", *arguments).code == 2


def test_a_redirection_takes_no_token_elsewhere(listeners: tuple[Listener, Listener]) -> None:
    """307 repeats the body, in which the refresh token stands."""
    here, elsewhere = listeners
    here.on_to = elsewhere.url
    with pytest.raises(ServerError, match="leads on to") as caught:
        Connection(here.url, KEY).whoami()
    assert elsewhere.url in caught.value.message
    assert any(KEY in request for request in here.heard)
    assert elsewhere.heard == []
    with pytest.raises(ServerError, match="leads on to"):
        Connection(here.url, "0123456789abcdef" * 2).whoami()
    assert elsewhere.heard == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example", "https://A.Example:443/", True),
        ("http://a.example/ls", "http://a.example:80/ls/", True),
        ("https://bücher.example", "https://xn--bcher-kva.example", True),
        ("http://[::1]:8080", "http://[::1]:8080/", True),
        ("http://a.example", "https://a.example", False),
        ("http://a.example", "http://a.example:8080", False),
        ("https://a.example/ls", "https://a.example", False),
        ("https://a.example", "https://a.example.evil.example", False),
    ],
)
def test_addresses_are_compared_by_scheme_host_port_and_path(one: str, other: str, same: bool) -> None:
    assert (address_of(one) == address_of(other)) is same


@pytest.mark.parametrize(
    "url", ["", "a.example", "ftp://a.example", "https://", "https://ada:pw@a.example", "https://a.example/?x", "http://a.example:port", "https://a.example/#x"]
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(TrustError) as caught:
        address_of(url)
    assert "pw" not in caught.value.message


def test_a_list_that_others_can_change_is_not_believed() -> None:
    assert trusted() == []
    trust("https://a.example")
    require_trust("https://a.example/", named_in="x", environment="", variable="OPENAI_BASE_URL")
    trust_file().chmod(0o666)
    with pytest.raises(SettingsError, match="others can change it"):
        trusted()
    trust_file().chmod(0o600)
    for text in ("{", json.dumps({"a": 1}), "[1]"):
        trust_file().write_text(text)
        with pytest.raises(SettingsError, match="not usable"):
            require_trust("https://a.example", named_in="x", environment="", variable="Y")


def test_an_endpoint_for_a_model_is_asked_for_the_same_way() -> None:
    with pytest.raises(FramingError, match="which you have not confirmed") as caught:
        require_trust(
            "https://models.example/v1", named_in="settings", environment="", variable="OPENAI_BASE_URL"
        )
    assert (
        caught.value.hint
        == "if it is yours: framing trust https://models.example/v1; or name it in OPENAI_BASE_URL"
    )
