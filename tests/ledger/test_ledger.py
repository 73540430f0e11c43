"""Whatever people do on two servers, each answer is in the labels once, under its owner, and counts where it should."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from framing.labelstudio.accounts import add_account
from framing.labelstudio.connection import Connection
from framing.labelstudio.identity import identity_of
from framing.labelstudio.server import EmbeddedServer
from framing.labelstudio.webform import WebSession
from framing.settings import Workspace
from framing.steps.init import init
from tests.conftest import PAGE
from tests.ledger.actions import KILLS, Server, World

pytestmark = pytest.mark.server

#: Seconds that `make test` spends on this; `make prove` runs all seeds.
BUDGET = 60.0
STEPS = 22


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    begun = [EmbeddedServer(tmp_path_factory.mktemp(name)) for name in ("first", "second")]
    try:
        yield [_staffed(server) for server in begun]
    finally:
        for server in begun:
            server.stop()


def _staffed(server: EmbeddedServer) -> Server:
    status = server.start(host="127.0.0.1", port=0, say=lambda message: None)
    owner = Connection(status.url, server.token())
    people = {1: owner}
    for name in ("ada", "ben"):
        account = add_account(owner, name)
        with WebSession(status.url) as session:
            session.sign_in(account.email, account.password)
            people[account.user] = Connection(status.url, session.make_token())
    return Server(identity_of(owner).fingerprint, status.url, server.token(), people)


def live(seed: int, servers: list[Server], root: Path, patch: pytest.MonkeyPatch) -> None:
    """One study's life."""
    space = Workspace(root / f"study-{seed}")
    init(space.root)
    (space.seeds / "page.txt").write_text(PAGE, encoding="utf-8", newline="")
    patch.chdir(space.root)
    world = World(space, servers, random.Random(seed), patch)  # noqa: S311 - what people do
    world.begin()
    for _ in range(STEPS):
        world.step()
    if seed % 5 == 0:
        KILLS(world, world.chance.choice(servers))
    for server in servers:
        world.pull(server)
    world.check_tasks()


def test_every_answer_keeps_its_owner(
    servers: list[Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end, seed = time.monotonic() + BUDGET, 0
    while time.monotonic() < end:
        live(seed, servers, tmp_path, monkeypatch)
        seed += 1
    assert seed >= 3


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(200))
def test_every_answer_keeps_its_owner_in_two_hundred_studies(
    seed: int, servers: list[Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(1000 + seed, servers, tmp_path, monkeypatch)
