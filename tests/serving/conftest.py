"""A real server on loopback, on a thread of the test run."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from framing.classifier import FramingClassifier, Model, save_model
from framing.serving import Limits
from framing.serving.server import server
from framing.settings import Workspace
from framing.steps.serve import serve
from framing.steps.study import Study

_EXAMPLES = {
    "advocacy_appeal": ["Please give now", "Please give today", "Give what you can today"],
    "neutral_report": ["It rained on Friday", "It snowed on Friday", "The road was closed on Friday"],
}
VALUES = ("neutral_report", "advocacy_appeal", "blame_assignment")


def make_model(folder: Path, strength: float = 3.0, variable: str = "frame") -> Model:
    """Train a small model; another strength makes another hash."""
    texts = [text for found in _EXAMPLES.values() for text in found]
    values = [value for value, found in _EXAMPLES.items() for _ in found]
    estimator = FramingClassifier(C=strength).fit(texts, values)
    return save_model(Model(folder.name, estimator, variable, VALUES, {}), folder)


@dataclass
class Served:
    """A server that runs, and what it said."""

    url: str
    model: str
    token_file: str
    client: httpx.Client
    said: list[str] = field(default_factory=list)

    def score(self, body: Any) -> httpx.Response:
        return self.client.post("/v1/score", json=body)


Serve = Callable[..., Served]


@contextmanager
def running(workspace: Workspace, options: dict[str, Any]) -> Iterator[Served]:
    """Serve the workspace's model for as long as the block runs."""
    said: list[str] = []
    made = serve(Study(workspace), port=0, say=said.append, **options)
    served = server(made.app, made.limits)
    thread = threading.Thread(target=served.run, kwargs={"sockets": [made.listening]})
    thread.start()
    try:
        with httpx.Client(base_url=made.url, timeout=30, trust_env=False) as client:
            while not served.started:
                assert thread.is_alive()
                threading.Event().wait(0.02)
            yield Served(made.url, made.model, made.token_file, client, said)
    finally:
        served.should_exit = True
        thread.join(30)
        made.listening.close()
        assert not thread.is_alive()


@pytest.fixture
def serving(workspace: Workspace) -> Iterator[Serve]:
    """Start servers of a small model; all are stopped in the end."""
    make_model(workspace.models / "frame")
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(running(workspace, options))


@pytest.fixture
def small() -> Limits:
    """Limits that a test can reach."""
    return Limits(body=20_000, tasks_body=40_000, held=60_000, units=50, patience=0.5, seconds=20)
