"""What users of version 0.1.0 have is read, continued or upgraded, each by one command.

`make.py` made it with the program of that version; `answers.jsonl` says who answered what, and
whether the answer was pulled then.
"""

import json
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from framing.formats import read_frame
from framing.labelstudio.connection import ONCE, Connection
from framing.labelstudio.webform import WebSession
from tests.conftest import Run

HERE = Path(__file__).resolve().parent
#: What the first push or pull has to be told beside its own options.
ADOPT: tuple[str, ...] = ("--adopt",)
PUSHES = {
    "main": "push seeds --overlap 0.5 --coders 2 --json".split(),
    "second": "push seeds --round second --select random -n 12 --strata outlet --suggest manner --json".split(),
}
#: Tasks by round and kind of project, as 0.1.0 pushed them.
TASKS = {("main", "main"): 21, ("main", "blind"): 21, ("main", "adjudication"): 5, ("second", "main"): 12}
ANSWERS: list[dict[str, Any]] = [
    json.loads(line) for line in (HERE / "answers.jsonl").read_text(encoding="utf-8").splitlines()
]
#: Answers of this stage were given after the last pull.
LATER = 2

Row = tuple[object, ...]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder with `study`, `published`, `bare` and `study.backup`."""
    with tarfile.open(HERE / "study.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


@pytest.fixture
def study(kept: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The workspace, and the working directory in it; a server that was started ends with the test."""
    folder = kept / "study"
    monkeypatch.chdir(folder)
    yield folder
    assert run("studio", "stop", "--workspace", folder).code == 0


def plain(name: str) -> str:
    """An id without the letter that later versions put before ids that a spreadsheet takes for numbers."""
    return name.removeprefix("u")


def expected(round_: str, *, later: bool) -> tuple[Counter[Row], Counter[Row]]:
    """The rows of a round by the ledger: all, and those that count."""
    rows: list[Row] = []
    current: dict[Row, Row] = {}
    for item in ANSWERS:
        if item["round"] == round_ and (later or item["stage"] < LATER):
            for variable in ("manner", "devices"):
                value = "|".join(item["values"].get(variable, []))
                row = (
                    *(item["unit_id"], variable, item["coder"], value, item["project"], item["task"]),
                    *(item["annotation"], item["skipped"], item["unsure"], item["note"], item["reason"]),
                    item["saw_suggestion"],
                )
                rows.append(row)
                current[item["unit_id"], variable, item["coder"]] = row
    return Counter(rows), Counter(current.values())


def found(file: Path) -> tuple[Counter[Row], Counter[Row]]:
    """The rows of a LABELS file: all, and those that count."""
    rows = read_frame(file).to_dict("records")

    def written(row: dict[Any, str]) -> Row:
        return (
            *(plain(row["unit_id"]), row["variable"], row["coder"], row["value"]),
            *(int(row[name]) for name in ("project", "task", "annotation")),
            *(row[name] == "true" for name in ("skipped", "unsure")),
            *(row["note"], row["reason"], row["saw_suggestion"] == "true"),
        )

    return Counter(map(written, rows)), Counter(written(row) for row in rows if row["current"] == "true")


def file_of(study: Path, round_: str) -> Path:
    return study / "labels" / f"{round_}.csv"


def tasks_by_place(owner: Connection) -> dict[tuple[str, str], int]:
    """How many tasks the server itself counts in the project of each round and kind."""
    places = {item["project"]: (item["round"], item["kind"]) for item in ANSWERS}
    with owner.speaking() as client:
        return {places[int(item.id or 0)]: int(item.task_number or 0) for item in client.projects.list()}


def start(run: Run, study: Path) -> Connection:
    """Start the workspace's server and sign in with the token that it had."""
    status = run("studio", "start", "--port", "0", "--json").json
    assert Path(status["data_dir"]).is_relative_to(study)
    return Connection(status["url"], Path(status["token_file"]).read_text(encoding="utf-8"))


def answer_as(name: str, study: Path, url: str, task: int) -> None:
    """Sign in as a coder with the password of then, and answer."""
    password = (study / ".framing" / "studio" / "coders" / name).read_text(encoding="utf-8")
    with WebSession(url) as session:
        session.sign_in(f"{name}@framing.example", password)
        connection = Connection(url, session.make_token())
    part = {"from_name": "manner", "to_name": "unit", "type": "choices", "value": {"choices": ["alarm"]}}
    with connection.speaking() as client:
        client.annotations.create(id=task, result=[part], request_options=ONCE)


@pytest.mark.server
def test_a_workspace_goes_on_with_its_server(study: Path, run: Run) -> None:
    """`studio start`, then `pull`: what was answered since is joined, and nothing stands twice."""
    owner = start(run, study)
    for round_ in PUSHES:
        before, after = expected(round_, later=False), expected(round_, later=True)
        assert found(file_of(study, round_)) == before
        told = run("pull", "--round", round_, "--json", *ADOPT).json
        assert found(file_of(study, round_)) == after
        assert (told["new"], told["rows"]) == (after[0].total() - before[0].total(), after[0].total())
        assert told["unusable"] == []
    assert tasks_by_place(owner) == TASKS
    for round_, line in PUSHES.items():
        pushed = run(*line).json
        units = sum(TASKS.get((round_, kind), 0) for kind in ("main", "blind"))
        assert (pushed["units"], pushed["new"], pushed["already"]) == (units, 0, units)
    assert tasks_by_place(owner) == TASKS
    with owner.speaking() as client:
        project = next(
            item["project"] for item in ANSWERS if (item["round"], item["kind"]) == ("main", "main")
        )
        open_ = [task for task in client.tasks.list(project=project, fields="all") if not task.annotations]
    answer_as("ada", study, owner.url, open_[0].id)
    before = found(file_of(study, "main"))
    assert run("pull", "--json").json["new"] == 2
    new = [row[:4] for row in found(file_of(study, "main"))[1] - before[1]]
    unit = open_[0].data["uid"]
    assert sorted(new) == [(plain(unit), "devices", "ada", ""), (plain(unit), "manner", "ada", "alarm")]


@pytest.mark.server
def test_a_backup_is_restored_and_goes_on(kept: Path, study: Path, run: Run) -> None:
    """`studio restore`, then `studio start`: the server of the backup's day, whose answers are known."""
    (study / ".framing").rename(kept / "lost")
    assert run("studio", "restore", kept / "study.backup").code == 0
    owner = start(run, study)
    assert run(*PUSHES["main"], *ADOPT).json["new"] == 0
    assert run("pull", "--json").json["new"] == 0
    assert found(file_of(study, "main")) == expected("main", later=False)
    assert tasks_by_place(owner) == TASKS


def by_unit(file: Path, columns: Iterable[str]) -> dict[str, tuple[str, ...]]:
    frame = read_frame(file)
    return {plain(row["unit_id"]): tuple(row[name] for name in columns) for row in frame.to_dict("records")}


def test_a_model_scores_as_it_did(study: Path, run: Run) -> None:
    """`score --model`: the same label and chances for each unit whose region is told as then."""
    run("score", "seeds", "--model", "manner", "-o", "new.csv", "--articles", "articles.csv")
    chances = ("p_plain", "p_alarm", "p_appeal", "confidence")
    columns = ("region", "label", *chances)
    then, now = by_unit(study / "scores" / "units.csv", columns), by_unit(study / "new.csv", columns)
    assert now.keys() == then.keys()
    same = [unit for unit in then if now[unit][0] == then[unit][0]]
    assert len(same) >= 0.75 * len(then) > 30
    for unit in same:
        assert now[unit][1] == then[unit][1]
        assert [*map(float, now[unit][2:])] == pytest.approx([*map(float, then[unit][2:])], abs=2e-6)
    assert len(read_frame(study / "articles.csv")) == 4


def test_a_model_knows_what_it_learnt_from(study: Path, run: Run) -> None:
    """`evaluate`: the units of `training.csv` are found in the labels and not counted as unseen."""
    learnt = by_unit(study / "models" / "manner" / "training.csv", ["value"])
    told = run("evaluate", "manner", "--json").json
    coded = {item["unit_id"] for item in ANSWERS if item["stage"] < LATER and not item["skipped"]}
    assert told["seen"] == len(learnt) > 25
    assert told["units"] == len(coded - learnt.keys()) - told["unresolved"] > 0


def published(kept: Path, name: str) -> Any:
    return json.loads((kept / "published" / "results" / f"{name}.json").read_text(encoding="utf-8"))


def test_scores_give_the_same_shares(kept: Path, study: Path, run: Run) -> None:
    """`prevalence`: what 0.1.0 itself computed from the same scores and labels."""

    def shares(prevalence: dict[str, Any]) -> dict[Row, Any]:
        return {
            (row["group"], row["value"], name): row[name]
            for row in prevalence["shares"]
            for name in ("units", "labels", "raw_share", "corrected_share")
        }

    now = shares(run("prevalence", "scores/units.csv", "--by", "outlet", "--json").json)
    assert now == pytest.approx(shares(published(kept, "prevalence_units_outlet")), abs=1e-6)
    assert len(now) == 36


def test_labels_give_the_same_figures(kept: Path, study: Path, run: Run) -> None:
    """`stats` and `reliability`: what 0.1.0 itself computed from the same files."""
    names = ("variable", "by", "group", "value", "count", "eligible", "units")

    def counts(stats: dict[str, Any]) -> set[Row]:
        return {tuple(row[name] for name in names) for row in stats["table"]}

    then, now = published(kept, "stats"), run("stats", "--json").json
    assert counts(then) <= counts(now)
    assert now["answers"] == then["answers"] > 100

    def figures(reliability: dict[str, Any]) -> dict[Row, Any]:
        return {
            (part["variable"], part["value"], name): part[name]
            for whole in reliability["variables"]
            for part in (whole, *whole["values"])
            for name in ("units", "answers", "alpha", "percent_agreement")
        }

    now = figures(run("reliability", "--draws", "0", "--json").json)
    assert now == pytest.approx(figures(published(kept, "reliability")), abs=1e-6)
    assert len(now) == 32


@pytest.mark.parametrize("name", ["published", "bare"])
def test_an_export_is_checked(kept: Path, run: Run, name: str) -> None:
    """`check`: every figure comes out as it was published, by whichever version."""
    told = run("check", kept / name, "--json")
    assert (told.code, told.json["mismatches"]) == (0, [])
    assert told.json["figures"] > 3000


def test_an_export_without_text_gets_its_text_back(kept: Path, run: Run) -> None:
    """`restore`: the texts of the export that kept them."""
    told = run("restore", kept / "bare", kept / "study" / "seeds", "-o", kept / "again", "--json").json
    assert told["restored"] == told["units"] == 42
    for file in ("labels/main.csv", "labels/second.csv", "scores/units.csv"):
        texts = by_unit(kept / "again" / file, ["text", "title"])
        assert texts == by_unit(kept / "published" / file, ["text", "title"])
        assert all(text for text, _ in texts.values())
