"""What all tests share: a command line run in-process, workspaces, and one real Label Studio."""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from framing.cli import main
from framing.settings import Workspace, change_settings
from framing.steps.init import init

# The first call of a test loads whole libraries; what counts is the outcome, not the time.
# Every change is judged by the same examples; `make prove` looks for new ones.
hypothesis_settings.register_profile("usual", deadline=None, max_examples=60, derandomize=True)
hypothesis_settings.register_profile("searching", deadline=None, max_examples=300)
hypothesis_settings.load_profile("usual")

PAGE = """HomeNewsWeather

Storm closes the harbour road

By Ada Holt | 3 May 2024

The road along the harbour was closed on Friday evening. Waves had washed stones onto it.

"We will clear it tomorrow," said Jonas Reed, who runs the depot.

Support our small newsroom with a gift of any size.
"""


#: Modules that run longest; begun first, so that at the end no process waits for them.
_LONG = ("test_wheel.py", "test_docs.py", "test_corpus.py", "test_kills.py")


def pytest_configure() -> None:
    # A run in the background of a shell ignores Ctrl-C, and so would every command that it starts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _LONG.index(item.path.name) if item.path.name in _LONG else len(_LONG))


@pytest.fixture(autouse=True)
def _no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("LABEL_STUDIO_")]:
        monkeypatch.delenv(name)


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code, stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line as the console script does."""

    def running(*arguments: object) -> Ran:
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["framing", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        sys.stdout.flush()
        told = capfd.readouterr()
        return Ran(code, told.out, told.err)

    return running


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A fresh workspace with one page, and the working directory in it."""
    root = tmp_path / "study"
    init(root)
    (root / "seeds" / "page.txt").write_text(PAGE, encoding="utf-8", newline="")
    monkeypatch.chdir(root)
    return Workspace(root)


@dataclass(frozen=True)
class Studio:
    """The Label Studio that the test run started."""

    url: str
    token: str
    email: str
    password: str
    pid: int


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One real Label Studio for all tests of a process."""
    from framing.labelstudio.server import USERNAME, EmbeddedServer

    server = EmbeddedServer(tmp_path_factory.mktemp("studio"))
    status = server.start(host="127.0.0.1", port=0, say=lambda message: None)
    try:
        password = server.password_file.read_text(encoding="utf-8")
        yield Studio(status.url, server.token(), USERNAME, password, status.pid or 0)
    finally:
        server.stop()


_studies = iter(range(10**6))


@pytest.fixture
def connected(workspace: Workspace, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with a study of its own on the real server."""
    change_settings(workspace.settings, {"study": f"test-{os.getpid()}-{next(_studies)}"})
    monkeypatch.setenv("LABEL_STUDIO_URL", studio.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", studio.token)
    return workspace
