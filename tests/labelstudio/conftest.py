"""A connection to the server of the test run, and a workspace with pages to push."""

import pytest

from framing.labelstudio.connection import Connection
from framing.settings import Workspace
from tests.conftest import Studio


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
