"""Pushes and pulls that are cut off: after another run each unit has one live task, no answer is lost.

`make test` runs a seeded dozen; `make prove` runs two hundred.
"""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest

from framing.errors import FramingError
from framing.formats import read_frame
from framing.labelstudio.connection import ONCE, Connection
from framing.labelstudio.importing import stored_tasks
from framing.settings import Workspace
from framing.steps.pull import pull
from framing.steps.push import push
from framing.steps.split import split
from framing.steps.study import Study
from tests.conftest import Studio
from tests.labelstudio.faulty import FAULTS, misbehaving

pytestmark = pytest.mark.server

SEEDS_TEST = range(8)
SEEDS_PROVE = range(8, 170)
KILLS_TEST = range(4)
KILLS_PROVE = range(4, 42)


#: Faults that struck, by step and kind; one that was planned for a request that never came does not count.
STRUCK: Counter[tuple[str, str]] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _table() -> Iterator[None]:
    """With ``-s``: print how many faults struck."""
    yield
    lines = [f"| {step} | {fault} | {count} |" for (step, fault), count in sorted(STRUCK.items())]
    table = ["| step | fault | struck |", "| --- | --- | ---: |", *lines, f"| | all | {STRUCK.total()} |"]
    sys.stdout.write("\n" + "\n".join(table) + "\n")


@pytest.fixture
def pages(connected: Workspace) -> Workspace:
    for page in range(6):
        lines = [f"Line {n} of page {page} reports what the council did." for n in range(10)]
        (connected.seeds / f"p{page}.txt").write_text("\n\n".join(lines), encoding="utf-8")
    return connected


def tasks_by_unit(studio: Studio, project: int) -> Counter[str]:
    return Counter(item.unit for item in stored_tasks(Connection(studio.url, studio.token), project))


def check_fault(seed: int, pages: Workspace, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """A push and a pull each meet a fault; another run of each sets all right."""
    rng = random.Random(seed)  # noqa: S311 - a seeded choice of faults
    units = {unit.unit_id for unit in split([pages.seeds])}
    monkeypatch.setattr("framing.labelstudio.importing.BATCH", 25)
    pushing = misbehaving(studio.url, rng.choice(FAULTS), rng.randint(1, 4), writes_only=rng.random() < 0.7)
    with pushing as (url, plan), suppress(FramingError):
        monkeypatch.setenv("LABEL_STUDIO_URL", url)
        push(Study(pages), ["seeds"])
    STRUCK["push", plan["fault"]] += plan["done"]
    monkeypatch.setenv("LABEL_STUDIO_URL", studio.url)
    done = push(Study(pages), ["seeds"])
    assert tasks_by_unit(studio, done.project or 0) == Counter(units)
    answered = answer_some(studio, done.project or 0, 4)
    pulling = misbehaving(studio.url, rng.choice(FAULTS), rng.randint(1, 5), writes_only=False)
    with pulling as (url, plan), suppress(FramingError):
        monkeypatch.setenv("LABEL_STUDIO_URL", url)
        pull(Study(pages))
    STRUCK["pull", plan["fault"]] += plan["done"]
    monkeypatch.setenv("LABEL_STUDIO_URL", studio.url)
    frame = read_frame(pull(Study(pages)).file)
    assert Counter(frame.loc[frame["current"] == "true", "unit_id"]) == Counter(answered)


def answer_some(studio: Studio, project: int, count: int) -> set[str]:
    connection = Connection(studio.url, studio.token)
    chosen = stored_tasks(connection, project)[:count]
    value = {"choices": ["neutral_report"]}
    result = [{"from_name": "frame", "to_name": "unit", "type": "choices", "value": value}]
    with connection.speaking() as client:
        for item in chosen:
            client.annotations.create(id=item.task, result=result, request_options=ONCE)
    return {item.unit for item in chosen}


def check_kill(seed: int, pages: Workspace, studio: Studio) -> None:
    rng = random.Random(1000 + seed)  # noqa: S311
    command = [sys.executable, "-m", "framing", "push", "seeds"]
    process = subprocess.Popen(command, cwd=pages.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(rng.uniform(0.5, 2.5))
    STRUCK["push", "kill -9"] += process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = push(Study(pages), ["seeds"])
    units = {unit.unit_id for unit in split([pages.seeds])}
    assert tasks_by_unit(studio, done.project or 0) == Counter(units)


@pytest.mark.parametrize("seed", SEEDS_TEST)
def test_one_task_a_unit_after_a_fault(
    seed: int, pages: Workspace, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_fault(seed, pages, studio, monkeypatch)


@pytest.mark.parametrize("seed", KILLS_TEST)
def test_one_task_a_unit_after_a_kill(seed: int, pages: Workspace, studio: Studio) -> None:
    check_kill(seed, pages, studio)


@pytest.mark.prove
@pytest.mark.parametrize("seed", SEEDS_PROVE)
def test_one_task_a_unit_after_many_faults(
    seed: int, pages: Workspace, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_fault(seed, pages, studio, monkeypatch)


@pytest.mark.prove
@pytest.mark.parametrize("seed", KILLS_PROVE)
def test_one_task_a_unit_after_many_kills(seed: int, pages: Workspace, studio: Studio) -> None:
    check_kill(seed, pages, studio)


def test_two_pushes_at_once_are_kept_apart(pages: Workspace, studio: Studio) -> None:
    command = [sys.executable, "-m", "framing", "push", "seeds"]
    both = [
        subprocess.Popen(command, cwd=pages.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [process.communicate()[1] for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes in ([0, 0], [0, 1])
    if codes == [0, 1]:
        assert any("in use by framing push (process " in text for text in told)
    done = push(Study(pages), ["seeds"])
    assert set(tasks_by_unit(studio, done.project or 0).values()) == {1}
