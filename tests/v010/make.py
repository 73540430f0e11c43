"""Makes `study.tar.xz` and `answers.jsonl` with the program of version 0.1.0, commit `ae0aedf`.

    git worktree add --detach ../framing-0.1.0 ae0aedf
    PYTHONPATH=../framing-0.1.0 .venv/bin/python tests/v010/make.py

Made again, ids, times and secrets are others; the answers and where they are given stay the same.
"""

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
COMMIT = "ae0aedf"
#: The day of the version; every file in the archive bears it.
DAY = 1_796_047_200
_ALARM = (
    "worst",
    "trap",
    "threatens",
    "drown",
    "risk",
    "catastrophe",
    "dry while",
    "graveyard",
    "next to close",
)
_APPEAL = ("Write to", "Please", "Give a", "Turn off", "Come on")
_FIGURE = ("14", "Two of", "3 years", "9,000", "four", "51", "1976", "62", "seven", "six", "ten to")


def main() -> None:
    refuse_other_versions()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        study = root / "study"
        make_workspace(study)
        answers = Answers()
        with studio(study) as server:
            code(study, server, answers)
            command("studio", "backup", root / "study.backup", workspace=study)
            go_on_after_the_last_pull(answers)
        tidy(study)
        pack(root)
    with (HERE / "answers.jsonl").open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in answers.ledger)


def refuse_other_versions() -> None:
    import framing

    home = Path(framing.__file__).resolve().parent.parent
    found = subprocess.run(
        ["git", "-C", home, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout
    if not found.startswith(COMMIT):
        raise SystemExit(f"{home}: at commit {found.strip()}, expected {COMMIT}: see the head of this file")


def command(*arguments: object, workspace: Path) -> Any:
    """Run a command in the workspace and read its JSON."""
    line = [sys.executable, "-m", "framing", *map(str, arguments), "--json"]
    done = subprocess.run(line, cwd=workspace, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(line)}: code {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def make_workspace(study: Path) -> None:
    """A workspace as `init` of 0.1.0 leaves it, with two more settings: the one coder who has a name."""
    command("init", study, workspace=study.parent)
    shutil.copytree(HERE / "source" / "seeds", study / "seeds", dirs_exist_ok=True)
    shutil.copyfile(HERE / "source" / "codebook.yaml", study / "config" / "codebook.yaml")
    settings = study / "config" / "settings.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("coders: {} ", "coders: {2: ada} "), encoding="utf-8")


@contextmanager
def studio(study: Path) -> Iterator[str]:
    url = command("studio", "start", "--port", "0", workspace=study)["url"]
    try:
        yield url
    finally:
        command("studio", "stop", workspace=study)


@dataclass
class Person:
    """A coder who is signed in as in a browser, with a token of their own."""

    connection: Any

    @classmethod
    def known_by(cls, url: str, token: str) -> "Person":
        from framing.labelstudio.connection import Connection

        return cls(Connection(url, token))

    @classmethod
    def sign_in(cls, url: str, email: str, password: str) -> "Person":
        from framing.labelstudio.webform import WebSession

        with WebSession(url) as session:
            session.sign_in(email, password)
            return cls.known_by(url, session.make_token())

    @property
    def client(self) -> Any:
        return self.connection.client


@dataclass
class Task:
    round: str
    kind: str
    project: int
    id: int
    unit: str
    text: str
    prediction: int | None = None


@dataclass
class Answers:
    """Gives answers, and writes down which ones; `stage` counts the pulls before them."""

    ledger: list[dict[str, Any]] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    tasks: dict[tuple[str, str], list[Task]] = field(default_factory=dict)
    stage: int = 0

    def find(self, person: Person, round_: str, kind: str, project: int) -> None:
        """Look up the tasks of a project, in the order in which they were made."""
        found = person.client.tasks.list(project=project, fields="all")
        self.tasks[round_, kind] = [
            Task(
                round_, kind, project, int(task.id), task.data["uid"], task.data["text"],
                task.predictions[0].id if task.predictions else None,
            )
            for task in sorted(found, key=lambda task: int(task.id))
        ]  # fmt: skip

    def give(
        self, who: str, task: Task, values: dict[str, list[str]], *,
        skipped: bool = False, unsure: bool = False, note: str = "", reason: str = "",
    ) -> None:  # fmt: skip
        made = self.people[who].client.annotations.create(
            id=task.id,
            result=result(values, unsure=unsure, note=note, reason=reason),
            was_cancelled=skipped,
            lead_time=4.5,
            **({"parent_prediction": task.prediction} if task.prediction else {}),
        )
        self._write(who, task, int(made.id), values, skipped, unsure, note, reason)

    def edit(self, who: str, task: Task, values: dict[str, list[str]]) -> None:
        """Change both variables of an answer that was given before."""
        before = next(
            row for row in self.ledger if (row["coder"], row["task"], row["skipped"]) == (who, task.id, False)
        )
        assert all(before["values"][name] != chosen for name, chosen in values.items())
        self.people[who].client.annotations.update(
            id=before["annotation"], result=result(values), lead_time=9.0
        )
        self._write(who, task, before["annotation"], values, False, False, "", "")

    def _write(
        self, who: str, task: Task, annotation: int, values: dict[str, list[str]],
        skipped: bool, unsure: bool, note: str, reason: str,
    ) -> None:  # fmt: skip
        self.ledger.append(
            {
                "stage": self.stage, "round": task.round, "kind": task.kind, "project": task.project,
                "task": task.id, "annotation": annotation, "unit_id": task.unit, "coder": who,
                "values": values, "skipped": skipped, "unsure": unsure, "note": note, "reason": reason,
                "saw_suggestion": task.prediction is not None,
            }
        )  # fmt: skip


def result(
    values: dict[str, list[str]], *, unsure: bool = False, note: str = "", reason: str = ""
) -> list[dict[str, Any]]:
    """An answer as the screen sends it."""
    chosen = {name: found for name, found in values.items() if found}
    chosen |= {"unsure": ["unsure"]} if unsure else {}
    chosen |= {"reason": [reason]} if reason else {}
    parts = [part(name, "choices", {"choices": found}) for name, found in chosen.items()]
    return parts + ([part("note", "textarea", {"text": [note]})] if note else [])


def part(name: str, kind: str, value: dict[str, list[str]]) -> dict[str, Any]:
    return {"from_name": name, "to_name": "unit", "type": kind, "value": value}


def by_rule(text: str, number: int = 1) -> dict[str, list[str]]:
    """What a coder says of a text; every fifth time, one who holds another view."""
    manner = "alarm" if any(word in text for word in _ALARM) else "plain"
    manner = "appeal" if any(text.startswith(word) for word in _APPEAL) else manner
    if number % 5 == 0:
        manner = {"plain": "alarm", "alarm": "appeal", "appeal": "plain"}[manner]
    signs: dict[str, Callable[[str], bool]] = {
        "figure": lambda text: any(word in text for word in _FIGURE),
        "quote": lambda text: text[0] in '"“',
        "question": lambda text: text.endswith("?"),
    }
    return {"manner": [manner], "devices": [name for name, holds in signs.items() if holds(text)]}


def another(values: dict[str, list[str]]) -> dict[str, list[str]]:
    """A different answer on both variables."""
    manner = {"plain": "alarm", "alarm": "appeal", "appeal": "plain"}[values["manner"][0]]
    return {"manner": [manner], "devices": [] if values["devices"] else ["figure", "quote"]}


def code(study: Path, url: str, answers: Answers) -> None:
    """All that is done before the last pull: two rounds, a model, scores, both exports."""
    pushed = command("push", "seeds", "--overlap", "0.5", "--coders", "2", workspace=study)
    sign_everyone_in(study, url, answers)
    for place in pushed["projects"]:
        answers.find(answers.people["ada"], "main", place["kind"], place["project"])
    answer_the_main_round(answers)
    command("pull", workspace=study)
    answers.stage = 1
    change_some(answers)
    command("pull", workspace=study)
    settle(study, answers)
    command("pull", workspace=study)
    command("train", "--variable", "manner", workspace=study)
    answer_a_second_round(study, answers)
    command("pull", "--round", "second", workspace=study)
    scores = study / "scores"
    command(
        "score", "seeds", "--model", "manner", "-o", scores / "units.csv", "--articles", scores / "articles.csv",
        "--explain", workspace=study,
    )  # fmt: skip
    command("export", study.parent / "published", workspace=study)
    command("export", study.parent / "bare", "--no-text", workspace=study)


def sign_everyone_in(study: Path, url: str, answers: Answers) -> None:
    for name, coder in (("ada", "ada"), ("ben", "coder-3")):
        made = command("studio", "coder", "add", name, workspace=study)
        if made["coder"] != coder:
            raise SystemExit(f"{name} is {made['coder']}, expected {coder}")
        password = Path(made["password_file"]).read_text(encoding="utf-8")
        answers.people[coder] = Person.sign_in(url, made["email"], password)
    known = command("studio", "status", workspace=study)
    token = Path(known["token_file"]).read_text(encoding="utf-8")
    answers.people["adjudicator"] = Person.known_by(url, token)


def answer_the_main_round(answers: Answers) -> None:
    main, blind = answers.tasks["main", "main"], answers.tasks["main", "blind"]
    for number, task in enumerate(main[9:]):
        answers.give("ada", task, by_rule(task.text), unsure=number == 2)
    for number, task in enumerate(blind):
        if number == 3:
            answers.give("ada", task, {}, skipped=True)
        else:
            answers.give("ada", task, by_rule(task.text), note="Both fit, I think." if number == 4 else "")
    for number, task in enumerate(blind[:-5], start=1):
        note = "=Rain, “wind”;\tor both?" if number == 5 else ""
        answers.give("coder-3", task, by_rule(task.text, number), unsure=number % 7 == 0, note=note)


def change_some(answers: Answers) -> None:
    main, blind = answers.tasks["main", "main"], answers.tasks["main", "blind"]
    answers.edit("ada", main[9], another(by_rule(main[9].text)))
    answers.edit("ada", blind[6], another(by_rule(blind[6].text)))
    answers.edit("coder-3", blind[7], another(by_rule(blind[7].text, 8)))
    answers.give("coder-3", blind[-5], by_rule(blind[-5].text))


def settle(study: Path, answers: Answers) -> None:
    """One person settles the first two of the units that the coders disagree on."""
    made = command("adjudicate", workspace=study)
    answers.find(answers.people["adjudicator"], "main", "adjudication", made["project"])
    for task in answers.tasks["main", "adjudication"][:2]:
        answers.give("adjudicator", task, by_rule(task.text), reason="slip")


def answer_a_second_round(study: Path, answers: Answers) -> None:
    """A random sample by outlet, with the model's suggestions shown."""
    pushed = command(
        "push", "seeds", "--round", "second", "--select", "random", "-n", "12", "--strata", "outlet",
        "--suggest", "manner", workspace=study,
    )  # fmt: skip
    answers.find(answers.people["ada"], "second", "main", pushed["project"])
    known = {row["unit_id"] for row in answers.ledger}
    # First those that nobody has coded: they are what the model has not learnt from.
    for task in sorted(answers.tasks["second", "main"], key=lambda task: task.unit in known)[:7]:
        answers.give("coder-3", task, by_rule(task.text))


def go_on_after_the_last_pull(answers: Answers) -> None:
    """What only the server knows: new answers, changed ones, one skipped task."""
    answers.stage = 2
    main, blind = answers.tasks["main", "main"], answers.tasks["main", "blind"]
    for task in main[:4]:
        answers.give("ada", task, by_rule(task.text))
    answers.give("coder-3", blind[-4], {}, skipped=True)
    answers.give("coder-3", blind[-3], by_rule(blind[-3].text), unsure=True, note="Näher ansehen")
    answers.edit("ada", main[10], another(by_rule(main[10].text)))
    answers.edit("coder-3", blind[0], another(by_rule(blind[0].text, 1)))
    last = answers.tasks["second", "main"][-1]
    answers.give("ada", last, by_rule(last.text))


def tidy(study: Path) -> None:
    """Take away what a later version has no use for."""
    kept = study / ".framing" / "studio"
    for name in ("log.txt", "start.lock"):
        (kept / name).unlink(missing_ok=True)
    for name in ("export", "media", "test_data"):
        shutil.rmtree(kept / "data" / name, ignore_errors=True)
    for name in ("lock", "owner.json"):
        (study / ".framing" / name).unlink(missing_ok=True)


def pack(root: Path) -> None:
    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = DAY
        return member

    with tarfile.open(HERE / "study.tar.xz", "w:xz", preset=9, format=tarfile.PAX_FORMAT) as archive:
        for name in ("study", "published", "bare", "study.backup"):
            archive.add(root / name, arcname=name, filter=plain)


if __name__ == "__main__":
    main()
