"""People at work on two servers, by a seed; each thing that they do is written into the ledger."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from framing.formats import read_frame
from framing.labelstudio.connection import AGAIN, ONCE, Connection
from framing.labelstudio.importing import stored_tasks
from framing.labelstudio.projects import find_projects
from framing.settings import Settings, Workspace, change_settings
from framing.steps.pull import pull
from framing.steps.push import push
from framing.steps.study import Study
from tests.labelstudio.test_owners import act
from tests.ledger.ledger import Answer, Content, Ledger, Row, difference

if TYPE_CHECKING:
    import pandas as pd

VALUES = ("neutral_report", "site_furniture", "advocacy_appeal")
NOTES = ("", "sure?", "=1+1")


@dataclass
class Server:
    """A Label Studio and three people who have accounts on it; the first is who runs the study."""

    fingerprint: str
    url: str
    token: str
    people: dict[int, Connection]


@dataclass
class World:
    """A study on two servers, and the ledger."""

    space: Workspace
    servers: list[Server]
    chance: random.Random
    patch: pytest.MonkeyPatch
    ledger: Ledger = field(default_factory=Ledger)
    done: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        for server in self.servers:
            self._at(server)
            push(Study(self.space), [self.space.seeds])

    def step(self) -> None:
        """Do one thing by chance."""
        action = self.chance.choice(_ACTIONS)
        server = self.chance.choice(self.servers)
        self._at(server)
        self.counts[action.__name__] += 1
        self.done.append(f"{action.__name__.strip('_')} on {server.fingerprint[:4]}")
        action(self, server)

    def pull(self, server: Server, *, accept: bool = False) -> None:
        """Pull a server and compare the labels with the ledger."""
        self._at(server)
        pull(Study(self.space), accept_withdrawn=accept)
        settings = Settings.read(self.space.settings)
        names = {person: _name(settings, server.fingerprint, person) for person in server.people}
        self.ledger.pulled(server.fingerprint, names, accepted=accept)
        wrong = difference(self._rows(), self.ledger.rows())
        history = "\n  ".join(self.done)
        assert not wrong, f"after\n  {history}\nthe labels\n{wrong}"

    def check_tasks(self) -> None:
        """After a push each unit has one live task, on each server."""
        for server in self.servers:
            self._at(server)
            push(Study(self.space), [self.space.seeds])
            units = [task.unit for task in self._tasks(server)]
            # A unit that was answered on two tasks keeps both.
            assert len(set(units)) == 7, self.done

    def _at(self, server: Server) -> None:
        self.patch.setenv("LABEL_STUDIO_URL", server.url)
        self.patch.setenv("LABEL_STUDIO_API_KEY", server.token)

    def _rows(self) -> list[Row]:
        frame = read_frame(self.space.labels / "main.csv")
        return [_row(row) for _, row in frame.iterrows()]

    def project(self, server: Server) -> int:
        owner = next(iter(server.people.values()))
        return find_projects(owner, Settings.read(self.space.settings).name, "main")[0].id

    def _tasks(self, server: Server) -> list[Any]:
        return stored_tasks(next(iter(server.people.values())), self.project(server))

    # What people do.

    def _answer(self, server: Server) -> None:
        tasks = self._tasks(server)
        if not tasks:
            return
        person = self.chance.choice(list(server.people))
        task, content = self.chance.choice(tasks), self._content()
        with server.people[person].speaking() as client:
            made = client.annotations.create(
                id=task.task, result=_result(content), was_cancelled=content[2], lead_time=2.0,
                request_options=ONCE,
            )  # fmt: skip
        place = (server.fingerprint, self.project(server), task.task, int(made.id or 0))
        self.ledger.answers.append(Answer(*place, task.unit, person, content, _when(made.updated_at)))

    def _edit(self, server: Server) -> None:
        item = self._one(server)
        if item is None:
            return
        content = self.chance.choice([self._content(), *item.seen])
        with server.people[item.person].speaking() as client:
            done = client.annotations.update(
                id=item.number, result=_result(content), was_cancelled=content[2], request_options=ONCE
            )
        item.now, item.changed = content, _when(done.updated_at)

    def _delete(self, server: Server) -> None:
        item = self._one(server)
        if item is not None:
            with server.people[item.person].speaking() as client:
                client.annotations.delete(id=item.number, request_options=ONCE)
            item.now = None

    def _delete_task(self, server: Server) -> None:
        tasks = self._tasks(server)
        if tasks:
            newest = self.chance.random() < 0.5
            task = max(item.task for item in tasks) if newest else self.chance.choice(tasks).task
            act(next(iter(server.people.values())), "delete_tasks", self.project(server), [task])
            for item in self.ledger.alive(server.fingerprint):
                if item.task == task:
                    item.now = None

    def _import(self, server: Server) -> None:
        """Somebody imports an answered task again, which may get a deleted one's ids."""
        tasks, owner = self._tasks(server), next(iter(server.people.values()))
        if not tasks:
            return
        person, chosen, content = (
            self.chance.choice(list(server.people)),
            max(tasks, key=_task),
            (self.chance.choice(VALUES), self.chance.choice(NOTES), False),  # a skip is not imported
        )
        project = self.project(server)
        with owner.speaking() as client:
            row = client.tasks.get(id=str(chosen.task))
        kept = {"data": row.data, "meta": row.meta}
        act(owner, "delete_tasks", project, [chosen.task])
        for item in self.ledger.alive(server.fingerprint):
            if item.task == chosen.task:
                item.now = None
        given = {
            "completed_by": person,
            "result": _result(content),
            "ground_truth": False,
            "was_cancelled": content[2],
        }
        with owner.speaking() as client:
            client.projects.import_tasks(id=project, request=[kept | {"annotations": [given]}])
        new = max(self._tasks(server), key=_task)
        with owner.speaking() as client:
            (made,) = client.annotations.list(id=new.task)
        place = (server.fingerprint, project, new.task, int(made.id or 0))
        self.ledger.answers.append(Answer(*place, new.unit, person, content, _when(made.updated_at)))

    def _suggestions_to_answers(self, server: Server) -> None:
        tasks, owner = self._tasks(server), next(iter(server.people.values()))
        if tasks:
            task = self.chance.choice(tasks).task
            with owner.speaking() as client:
                client.predictions.create(
                    task=task, model_version="m@1", result=_result((VALUES[0], "", False)), score=0.5
                )
            act(owner, "predictions_to_annotations", self.project(server), [task])

    def _rename(self, server: Server) -> None:
        """Give a person a name; now and then the same one on both servers."""
        person = self.chance.choice(list(server.people))
        own = Settings.read(self.space.settings).server == server.fingerprint
        key: int | str = person if own else f"{server.fingerprint}/{person}"
        name = f"p{person}-{self.chance.randrange(100)}-{server.fingerprint[1:4]}"
        if self.chance.random() < 0.3:
            name = f"both-{person}"
        change_settings(self.space.settings, {"coders": {key: name}})

    def _rename_value(self, server: Server) -> None:
        """A value gets another name in the codebook; answers keep the one that they were given by."""
        text = self.space.codebook.read_text(encoding="utf-8")
        if "formerly" not in text:
            new = text.replace(
                "- name: reader_comment", "- name: reader_remark\n        formerly: [reader_comment]", 1
            )
            self.space.codebook.write_text(new, encoding="utf-8")
            for each in self.servers:
                self._at(each)
                push(Study(self.space), [self.space.seeds])

    def _push(self, server: Server) -> None:
        push(Study(self.space), [self.space.seeds])

    def _delete_project(self, server: Server) -> None:
        if self.chance.random() < 0.7:
            return
        project = self.project(server)
        with next(iter(server.people.values())).speaking() as client:
            client.projects.delete(id=project, request_options=AGAIN)
        for item in self.ledger.answers:
            if item.server == server.fingerprint and item.project == project:
                item.gone = True
        push(Study(self.space), [self.space.seeds])

    def _pull(self, server: Server) -> None:
        self.pull(server, accept=self.chance.random() < 0.2)

    def _killed(self, server: Server) -> None:
        """A pull or push that is killed at some moment; the next pull makes it good."""
        self.done.append(f"killed on {server.fingerprint[:4]}")
        self._at(server)
        command = self.chance.choice((["pull"], ["push", str(self.space.seeds)]))
        child = subprocess.Popen(
            [sys.executable, "-m", "framing", *command, "--workspace", str(self.space.root)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(self.chance.uniform(0.3, 2.5))
        child.send_signal(signal.SIGKILL)
        child.wait()
        # A killed pull may have written what the ledger has not noted yet: first its own server again.
        for each in sorted(self.servers, key=lambda other: other is not server):
            self.pull(each)

    def _move(self, server: Server) -> None:
        """The workspace moves on, by a rename or as a copy; the copy left behind is not used again."""
        target = self.space.root.with_name(f"{self.space.root.name}-{self.chance.randrange(10**9)}")
        if self.chance.random() < 0.5:
            self.space.root.rename(target)
        else:
            shutil.copytree(self.space.root, target)
        self.space = Workspace(target)
        self.patch.chdir(target)

    def _one(self, server: Server) -> Answer | None:
        alive = self.ledger.alive(server.fingerprint)
        return self.chance.choice(alive) if alive else None

    def _content(self) -> Content:
        if self.chance.random() < 0.15:
            return "", "", True
        return self.chance.choice(VALUES), self.chance.choice(NOTES), False


_ACTIONS = (
    *[World._answer] * 7, *[World._edit] * 5, *[World._delete] * 2, World._delete_task, World._import,
    World._suggestions_to_answers, *[World._rename] * 2, World._rename_value, *[World._push] * 2,
    World._delete_project, *[World._pull] * 5, World._move,
)  # fmt: skip
KILLS = World._killed


def _task(item: Any) -> int:
    return int(item.task)


def _name(settings: Settings, server: str, person: int) -> str:
    own = settings.server == server
    key = str(person) if own else f"{server}/{person}"
    return settings.coders.get(key) or (f"coder-{person}" if own else f"coder-{person}-{server[:6]}")


def _result(content: Content) -> list[dict[str, Any]]:
    value, note, skipped = content
    if skipped:
        return []
    parts = [{"from_name": "frame", "to_name": "unit", "type": "choices", "value": {"choices": [value]}}]
    if note:
        parts.append({"from_name": "note", "to_name": "unit", "type": "textarea", "value": {"text": [note]}})
    return parts


def _when(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _row(row: "pd.Series[str]") -> Row:
    return (
        row["server"], int(row["project"]), int(row["task"]), int(row["annotation"]), row["unit_id"],
        row["coder"], row["value"], row["note"], *(row[name] == "true" for name in ("skipped", "withdrawn", "current")),
    )  # type: ignore[return-value]  # fmt: skip
