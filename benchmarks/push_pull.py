"""Pushing and pulling 5,000 units, against the server's own time for the bare import and export.

Usage: python benchmarks/push_pull.py [UNITS] [ROUNDS] [push]        (default: 5000 3)

With `push` nothing is pulled.

An embedded Label Studio is started in a temporary folder. `push` takes units that `framing split` wrote
(``--presplit``), `again` the same units once more, when nothing is new. Bare import: the very same
tasks, sent by the SDK in batches of the same size to a project with the same screen, nothing looked
up before or after. Bare export: one request for the project's answered tasks, read as JSON; every
unit has an answer by then. Each is timed right beside its yardstick, in turns over the rounds, so that
other work on the machine hits both; ratios are of the fastest of each: of wall-clock time, and of CPU time,
that of the server included, for machines that are busy otherwise. What the one side does while the
other works shortens the first and not the second.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from framing.formats import writing
from framing.labelstudio import importing
from framing.labelstudio.accounts import add_account
from framing.labelstudio.answers import export
from framing.labelstudio.connection import AGAIN, ONCE, Connection
from framing.labelstudio.projects import ensure_project
from framing.labelstudio.server import EmbeddedServer
from framing.labelstudio.tasks import Answer
from framing.records import UNIT_COLUMNS
from framing.settings import StudyName, Workspace
from framing.steps.init import init
from framing.steps.pull import pull
from framing.steps.push import Push, push
from framing.steps.split import split
from framing.steps.study import Study

#: What is measured, by what, and how much it may take at most.
LIMITS = (
    ("push", "import", 1.15),
    ("again", "import", 0.5),
    ("pull", "export", 1.3),
    ("pull again", "export", 1.3),
)


def write_pages(folder: Path, units: int) -> None:
    """Pages of fifty sentences, no two alike."""
    (folder / "page.txt").unlink(missing_ok=True)
    for page in range(-(-units // 50)):
        lines = range(page * 50, min(units, page * 50 + 50))
        text = "\n\n".join(f"The council heard report number {line} on Friday evening." for line in lines)
        (folder / f"page{page}.txt").write_text(text, encoding="utf-8")


class Spent(NamedTuple):
    """Seconds of wall-clock time, and of CPU time of this process and the server."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells what a call takes."""

    server: psutil.Process

    def __call__(self, work: Callable[[], Any]) -> Spent:
        start, before = time.perf_counter(), self._cpu()
        work()
        return Spent(time.perf_counter() - start, self._cpu() - before)

    def _cpu(self) -> float:
        used = self.server.cpu_times()
        return time.process_time() + used.user + used.system


def bare_import(connection: Connection, project: int, tasks: list[dict[str, Any]]) -> None:
    """What the server needs for the tasks alone."""
    with connection.speaking() as client:
        for start in range(0, len(tasks), importing.BATCH):
            client.projects.import_tasks(
                id=project,
                request=tasks[start : start + importing.BATCH],  # type: ignore[arg-type]
                request_options=ONCE,
            )


def stored(connection: Connection, project: int) -> list[dict[str, Any]]:
    """The tasks of a project as they were sent."""
    with connection.speaking() as client:
        found: Iterable[Any] = client.tasks.list(
            project=project,
            fields="task_only",
            include=["data", "meta"],
            page_size=5000,
            request_options=AGAIN,
        )
        return [{"data": t.data, "meta": t.meta, "annotations": [], "predictions": []} for t in found]


def pushing(study: Study, connection: Connection, number: int, seconds: Clock) -> dict[str, Spent]:
    """Seconds of pushing, of the bare import and of pushing again, in projects of their own."""
    name = f"r{number}"
    spent = {"push": seconds(lambda: push(study, ["units.jsonl"], Push(round=name, presplit=True)))}
    project = ensure_project(connection, study.settings.name, name, study.codebook).id
    tasks = stored(connection, project)
    bare = ensure_project(connection, StudyName(f"bare-{number}", "f0"), "main", study.codebook).id
    spent["import"] = seconds(lambda: bare_import(connection, bare, tasks))
    spent["again"] = seconds(lambda: push(study, ["units.jsonl"], Push(round=name, presplit=True)))
    return spent


def pulling(
    study: Study, connection: Connection, number: int, seconds: Clock, coder: int
) -> dict[str, Spent]:
    """Seconds of pulling, of the bare export and of pulling again, in a project of their own."""
    name = f"r{number}a"
    answers = {unit.unit_id: (Answer(coder, {"frame": ["neutral_report"]}),) for unit in split(["seeds"])}
    push(study, ["seeds"], Push(round=name, answers=answers))
    answered = ensure_project(connection, study.settings.name, name, study.codebook).id
    return {
        "pull": seconds(lambda: pull(study, round_=name)),
        "export": seconds(lambda: export(connection, answered)),
        "pull again": seconds(lambda: pull(study, round_=name)),
    }


def main(units: int = 5000, rounds: int = 3, what: str = "all") -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "study"
        init(root)
        os.chdir(root)
        write_pages(root / "seeds", units)
        with writing(root / "units.jsonl", UNIT_COLUMNS) as rows:
            rows.write(unit.row() for unit in split(["seeds"]))
        study = Study(Workspace(root))
        server = EmbeddedServer(root / ".framing" / "studio")
        status = server.start(host="127.0.0.1", port=0, say=lambda _: None)
        try:
            connection = Connection(status.url, server.token())
            seconds = Clock(psutil.Process(status.pid))
            coder = add_account(connection, "ada").user
            found = []
            for number in range(rounds):
                found.append(pushing(study, connection, number, seconds))
                if what != "push":
                    found[-1] |= pulling(study, connection, number, seconds, coder)
        finally:
            server.stop()
    spent = {name: Spent(*map(min, zip(*(item[name] for item in found), strict=True))) for name in found[0]}
    for name, value in spent.items():
        told = ", ".join(f"{item[name].wall:.2f} {item[name].cpu:.2f}" for item in found)
        print(f"{name:10} {value.wall:7.2f} s, CPU {value.cpu:.2f} s  ({told})")
    for name, yardstick, most in LIMITS:
        if name in spent:
            wall, cpu = (one / other for one, other in zip(spent[name], spent[yardstick], strict=True))
            print(f"{name} / bare {yardstick}: {wall:.2f}, CPU time {cpu:.2f} (wanted: at most {most})")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:])
