"""Real exports come in again, and a project's screen follows the codebook; on a real server."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from framing.formats import read_frame
from framing.labelstudio.connection import AGAIN, ONCE, Connection
from framing.labelstudio.importing import stored_tasks
from framing.labelstudio.projects import find_project
from framing.settings import Workspace
from framing.steps.pull import pull
from framing.steps.push import push
from framing.steps.study import Study
from tests.conftest import Run, Studio

pytestmark = pytest.mark.server

BOOK = """
variables:
  - name: tone
    values: [{name: calm, definition: d}, {name: loud, definition: d}]
  - name: topics
    type: several
    values: [{name: tax, definition: d}, {name: war, definition: d}]
"""


@pytest.fixture
def connection(studio: Studio) -> Connection:
    return Connection(studio.url, studio.token)


def part(name: str, *choices: str) -> dict[str, Any]:
    return {"from_name": name, "to_name": "unit", "type": "choices", "value": {"choices": list(choices)}}


@pytest.fixture
def coded(connected: Workspace, connection: Connection) -> int:
    """A project with four annotations: two on one unit, one of them changed, and one skipped."""
    connected.codebook.write_text(BOOK, encoding="utf-8")
    project = push(Study(connected), ["seeds"]).project or 0
    first, second, third = [item.task for item in stored_tasks(connection, project)][:3]
    note = {"from_name": "note", "to_name": "unit", "type": "textarea", "value": {"text": ["=hm"]}}
    with connection.speaking() as client:
        for task, result, skipped in (
            (
                first,
                [part("tone", "calm"), part("topics", "war", "tax"), part("unsure", "unsure"), note],
                False,
            ),
            (second, [part("tone", "loud")], False),
            (second, [part("tone", "calm"), part("topics", "tax")], False),
            (third, [], True),
        ):
            client.annotations.create(
                id=task, result=result, was_cancelled=skipped, lead_time=3.25, request_options=ONCE
            )
    return project


def exported(connection: Connection, project: int, form: str, file: Path) -> Path:
    with connection.speaking() as client:
        chunks = client.projects.exports.download_sync(
            id=project, export_type=form, download_all_tasks=False, request_options=AGAIN
        )
        file.write_bytes(b"".join(chunks))
    return file


FORMS = (("JSON", 8), ("JSON_MIN", 6), ("CSV", 6))


@pytest.mark.parametrize(("form", "answers"), FORMS)
def test_an_export_brings_what_a_pull_brings(
    form: str, answers: int, coded: int, connected: Workspace, connection: Connection, run: Run
) -> None:
    file = exported(connection, coded, form, connected.root / f"export.{form}")
    done = run("labels", "import", file, "--round", "theirs", "--json")
    assert (done.code, done.json["answers"], done.json["new"]) == (0, answers, answers)
    theirs = connected.labels / "theirs.csv"
    before = theirs.read_bytes()
    assert run("labels", "import", file, "--round", "theirs").code == 0
    assert theirs.read_bytes() == before
    same = ["unit_id", "variable", "value", "coder", "current", "made_at", "seconds", "text", "annotation"]
    ours = read_frame(pull(Study(connected)).file)
    kept = ours if form == "JSON" else ours[ours["skipped"] == "false"]
    found = read_frame(theirs)
    by = ["unit_id", "variable", "annotation"]
    pulled = kept[same].sort_values(by).to_numpy().tolist()
    assert found[same].sort_values(by).to_numpy().tolist() == pulled
    if form == "JSON":
        # An export does not name its server, and answers that are imported are of that kind.
        columns = [name for name in ours.columns if name not in ("round", "kind", "server")]
        assert found[columns].to_numpy().tolist() == ours[columns].to_numpy().tolist()


@pytest.mark.parametrize(("form", "answers"), FORMS)
def test_an_export_of_what_was_pulled_changes_no_byte(
    form: str, answers: int, coded: int, connected: Workspace, connection: Connection, run: Run
) -> None:
    labels = pull(Study(connected)).file
    before = labels.read_bytes()
    file = exported(connection, coded, form, connected.root / f"export.{form}")
    assert run("labels", "import", file, "--json").json["new"] == 0
    assert labels.read_bytes() == before


def test_a_renamed_value_is_taken_over_by_the_screen_and_by_pull(
    coded: int, connected: Workspace, connection: Connection, run: Run
) -> None:
    labels = pull(Study(connected)).file
    before = labels.read_bytes()
    renamed = BOOK.replace("{name: calm,", "{name: still, formerly: [calm],")
    connected.codebook.write_text(renamed, encoding="utf-8")
    assert run("push", "seeds", "--json").json["new"] == 0
    project = find_project(connection, Study(connected).settings.name, "main")
    assert project is not None
    assert 'value="still"' in project.label_config and 'value="calm"' not in project.label_config
    told = pull(Study(connected))
    assert told.unusable == []
    assert labels.read_bytes() == before
    out = connected.root / "gold.csv"
    assert run("labels", "gold", "--variable", "tone", "-o", out).code == 0
    assert set(read_frame(out)["value"]) == {"still"}
    assert {item["check"]: item["state"] for item in run("doctor", "--json").json}["screen"] == "ok"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("{name: tax,", "{name: toll,"), "found answers that config/codebook.yaml no longer has: topics=tax (2 answers)"),
        (("name: tone", "name: voice"), "found answers that config/codebook.yaml no longer has: tone=calm (2 answers), tone=loud (1 answer)"),
        (("name: tone", "formerly: [tone]\n    name: voice"), "Label Studio can't rename a variable that has answers: tone (3 answers)"),
    ],
)  # fmt: skip
def test_a_screen_that_would_orphan_answers_is_refused_with_the_count(
    change: tuple[str, str],
    message: str,
    coded: int,
    connected: Workspace,
    connection: Connection,
    run: Run,
) -> None:
    before = find_project(connection, Study(connected).settings.name, "main")
    connected.codebook.write_text(BOOK.replace(*change), encoding="utf-8")
    done = run("push", "seeds")
    assert done.code == 1
    assert message in done.err.splitlines()[0]
    assert find_project(connection, Study(connected).settings.name, "main") == before


def test_a_renamed_variable_is_pulled_as_it_was_answered(coded: int, connected: Workspace, run: Run) -> None:
    labels = pull(Study(connected)).file
    before = read_frame(labels)
    connected.codebook.write_text(
        BOOK.replace("name: tone", "formerly: [tone]\n    name: voice"), encoding="utf-8"
    )
    told = pull(Study(connected))
    assert told.unusable == []
    answered = read_frame(labels).query("skipped == 'false'")
    assert answered.to_numpy().tolist() == before.query("skipped == 'false'").to_numpy().tolist()
    assert {row["variable"] for row in run("stats", "--json").json["table"]} == {"voice", "topics"}


def test_an_added_value_comes_to_the_screen(
    coded: int, connected: Workspace, connection: Connection, run: Run
) -> None:
    added = BOOK.replace(
        "{name: loud, definition: d}", "{name: loud, definition: d}, {name: shrill, definition: d}"
    )
    connected.codebook.write_text(added, encoding="utf-8")
    assert run("push", "seeds").code == 0
    project = find_project(connection, Study(connected).settings.name, "main")
    assert project is not None
    assert 'value="shrill"' in project.label_config


def test_an_older_codebook_does_not_come_back(
    coded: int, connected: Workspace, run: Run, tmp_path: Path
) -> None:
    """Two clones: one adds a value, the other has not heard of it and pushes its own."""
    clone = Workspace(tmp_path / "clone")
    shutil.copytree(connected.root, clone.root)
    added = BOOK.replace(
        "{name: loud, definition: d}", "{name: loud, definition: d}, {name: shrill, definition: d}"
    )
    connected.codebook.write_text(added, encoding="utf-8")
    assert run("push", "seeds").code == 0
    stale = run("push", "seeds", "--workspace", clone.root)
    assert stale.code == 1
    assert "there: tone.shrill added" in stale.err.splitlines()
    assert "coders see a newer codebook than this workspace's" in stale.err
    found = {item["check"]: item for item in run("doctor", "--json", "--workspace", clone.root).json}
    assert (found["screen"]["state"], "git pull" in found["screen"]["remedy"]) == ("fault", True)
    clone.codebook.write_text(BOOK.replace("definition: d}", "definition: other}", 1), encoding="utf-8")
    apart = run("push", "seeds", "--workspace", clone.root)
    assert (apart.code, "a codebook that this workspace has not seen" in apart.err) == (1, True)
    clone.codebook.write_text(added, encoding="utf-8")
    assert run("push", "seeds", "--workspace", clone.root).code == 0
    clone.codebook.write_text(BOOK, encoding="utf-8")
    assert run("push", "seeds", "--workspace", clone.root, "--new-codebook").code == 0
    back = run("push", "seeds")
    assert (back.code, "tone.shrill removed" in back.err) == (1, True)
