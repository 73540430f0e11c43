"""Rounds on a real server: samples, strata, overlap, stories, projects of coders."""

import itertools
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from framing.formats import read_frame
from framing.labelstudio.accounts import add_account
from framing.labelstudio.connection import AGAIN, ONCE, Connection
from framing.labelstudio.importing import push_tasks, remove_doubles, stored_tasks
from framing.labelstudio.tasks import Answer
from framing.sampling import Plan
from framing.settings import Workspace
from framing.steps.pull import pull
from framing.steps.push import Push, push
from framing.steps.rounds import Wanted
from framing.steps.split import split
from framing.steps.study import Study
from tests.conftest import Run
from tests.labelstudio.queue import handed_out

pytestmark = pytest.mark.server


def test_a_larger_random_round_extends_a_smaller_one(pages: Workspace, run: Run) -> None:
    small = run("push", "seeds", "--select", "random", "-n", "8", "--json").json
    large = run("push", "seeds", "--select", "random", "-n", "16", "--json").json
    assert (small["new"], large["new"], large["already"]) == (8, 8, 8)
    assert small["left_out"]["repeated"] == 2
    assert small["population"] == 25


def test_a_copied_article_is_named_and_left_out_unless_asked_for(connected: Workspace, run: Run) -> None:
    lines = [f"Sentence number {n} of the report says it plainly and at length." for n in range(9)]
    for name, opening in (("a", "Herons in town."), ("b", "Herons!")):
        (connected.seeds / f"{name}.txt").write_text("\n\n".join([opening, *lines]), encoding="utf-8")
    (connected.seeds / "page.txt").unlink()
    done = run("push", "seeds", "--dry-run")
    article = next(iter(split([connected.seeds / "a.txt"]))).article_id
    assert done.err.splitlines()[-2:] == [
        "  left out: 10 units of articles that copy another one; --copies pushes them",
        f"left out: b.txt copies article {article}",
    ]
    told = run("push", "seeds", "--dry-run", "--json").json["left_out"]
    assert (told["copied"], [item["source"] for item in told["copies"]]) == (10, ["b.txt"])
    both = run("push", "seeds", "--dry-run", "--copies", "--json").json
    assert (both["left_out"]["copied"], both["left_out"]["repeated"], both["new"]) == (0, 9, 11)


def test_probabilities_follow_the_design_as_it_is_at_last(pages: Workspace, connection: Connection) -> None:
    study = Study(pages)
    ada = add_account(connection, f"design{id(pages)}").user
    uids = {item.unit_id for item in split([pages.seeds])}
    answers = {uid: (Answer(ada, {"frame": ["neutral_report"]}),) for uid in uids}
    for n in (5, 10):
        push(study, ["seeds"], Push(wanted=Wanted(Plan("random", n)), answers=answers))
    frame = read_frame(pull(study).file)
    assert len(frame) == 10
    assert set(frame["probability"].astype(float)) == {10 / 25}
    assert set(frame["sampling"]) == {"random"}


def test_strata_and_regions_decide_what_is_asked_for_and_with_what_chance(
    pages: Workspace, connection: Connection, run: Run
) -> None:
    for page in range(3):
        file = pages.seeds / f"p{page}.txt"
        file.write_text(f"Rain on page {page}\n\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    units = list(split([pages.seeds]))
    regions = Counter(unit.region for unit in units)
    assert regions["headline"] == 3
    ada = add_account(connection, f"strata{id(pages)}").user
    answers = {unit.unit_id: (Answer(ada, {"frame": ["neutral_report"]}),) for unit in units}
    wanted = Wanted(Plan("random", 10, strata=("region",)), regions=("headline", "body"))
    done = push(Study(pages), ["seeds"], Push(wanted=wanted, answers=answers))
    assert set(done.strata) == {"headline", "body"}
    assert done.strata["headline"] == (3, 3)
    assert done.strata["body"][0] == 7
    assert done.left_out.other_regions == len(units) - regions["headline"] - regions["body"]
    frame = read_frame(pull(Study(pages)).file)
    assert Counter(frame["region"]) == {"headline": 3, "body": 7}
    chances = dict(zip(frame["region"], frame["probability"].astype(float), strict=True))
    assert chances == {name: n / of for name, (n, of) in done.strata.items()}
    told = run("push", "seeds", "--regions", "headlines")
    assert (told.code, told.err.splitlines()[0][:26]) == (1, "error: no region headlines")


def test_an_overlap_goes_to_a_blind_project_of_its_own(pages: Workspace, connection: Connection) -> None:
    study = Study(pages)
    done = push(study, ["seeds"], Push(wanted=Wanted(Plan("random", 20, overlap=0.4)), coders=3))
    main, blind = done.projects
    assert main.units + blind.units == 20
    assert blind.units > 0
    with connection.speaking() as client:
        project = client.projects.get(id=blind.project, request_options=AGAIN)
    assert project.maximum_annotations == 3
    assert project.show_collab_predictions is False
    stored = [{item.unit for item in stored_tasks(connection, part.project or 0)} for part in (main, blind)]
    assert not stored[0] & stored[1]


def test_each_coder_can_have_a_project(pages: Workspace, connection: Connection, run: Run) -> None:
    study = Study(pages)
    ada = add_account(connection, f"each{id(pages)}").user
    answers = {unit.unit_id: (Answer(ada, {"frame": ["neutral_report"]}),) for unit in split([pages.seeds])}
    order = Push(wanted=Wanted(Plan("random", 20, overlap=0.2)), per_coder=("ben", "ada"), answers=answers)
    done = push(study, ["seeds"], order)
    assert [(part.kind, part.owner) for part in done.projects] == [
        ("main", "ada"),
        ("main", "ben"),
        ("blind", ""),
    ]
    assert all(part.units > 2 for part in done.projects)
    held = [{item.unit for item in stored_tasks(connection, part.project or 0)} for part in done.projects]
    assert sum(len(units) for units in held) == len(set.union(*held)) == 20
    assert push(study, ["seeds"], order).new == 0
    frame = read_frame(pull(study).file)
    assert set(frame["unit_id"]) == set.union(*held)
    assert set(frame["probability"].astype(float)) == {20 / 25}
    told = run("push", "seeds", "--select", "random", "-n", "20", "--per-coder", "ada,eve")
    assert told.code == 1
    assert told.err.startswith(
        "error: round 'main' has a project each for ada, ben, expected a project each for ada, eve\n"
    )


@pytest.fixture
def storied(pages: Workspace) -> Workspace:
    """Six pages of two stories, by their metadata."""
    for page in range(3, 6):
        lines = [f"Sentence number {page * 9 + n} of the report says it plainly." for n in range(9)]
        (pages.seeds / f"p{page}.txt").write_text("\n\n".join(lines), encoding="utf-8")
    rows = [f"p{page}.txt,{'dam' if page % 2 else 'bread'}\n" for page in range(6)]
    (pages.seeds / "metadata.csv").write_text("file,story\n" + "".join(rows), encoding="utf-8")
    return pages


def test_units_of_one_story_come_together_or_apart(
    storied: Workspace, connection: Connection, run: Run
) -> None:
    got = {}
    for choice in ("together", "apart"):
        given = ["--round", choice, "--by-story", choice, "--select", "random", "-n", "8", "--json"]
        done = run("push", "seeds", *given).json
        got[choice] = [task["meta"] for task in handed_out(connection, done["project"], 8)]
        assert {meta["by_story"] for meta in got[choice]} == {choice}
        assert all(meta["by_story_name"] == meta["story"] for meta in got[choice])
    stories = {choice: [meta["story"] for meta in metas] for choice, metas in got.items()}
    assert [len(list(group)) for _, group in itertools.groupby(stories["together"])] == [
        stories["together"].count(name) for name in dict.fromkeys(stories["together"])
    ]
    fewest = min(stories["apart"].count(name) for name in ("dam", "bread"))
    changes = sum(one != other for one, other in itertools.pairwise(stories["apart"]))
    assert changes >= 2 * fewest - 1
    assert Counter(stories["together"]) == Counter(stories["apart"])
    told = run("push", "seeds", "--round", "apart", "--select", "random", "-n", "9")
    assert (told.code, told.err) == (
        1,
        "error: round 'apart' was pushed with --by-story apart, found without --by-story\n"
        "hint: push as before, or start a new round: framing push --round NAME\n",
    )
    assert run("push", "seeds", "--by-story", "both").code == 2


def test_each_coder_gets_whole_stories(storied: Workspace, connection: Connection) -> None:
    order = Push(wanted=Wanted(Plan("random", 12)), per_coder=("ada", "ben"), by_story="together")
    done = push(Study(storied), ["seeds"], order)
    assert done.new == 12

    def dealt(parts: Any) -> dict[str, set[str]]:
        units = {unit.unit_id: unit.story for unit in split([storied.seeds])}
        return {
            part.owner: {units[item.unit] for item in stored_tasks(connection, part.project)}
            for part in parts
        }

    before = dealt(done.projects)
    assert not before["ada"] & before["ben"]
    assert before["ada"] | before["ben"] == {"dam", "bread"}
    larger = replace(order, wanted=Wanted(Plan("random", 20)))
    again = push(Study(storied), ["seeds"], larger)
    assert (again.new, again.already) == (8, 12)
    assert dealt(again.projects) == before


def test_doubles_without_answers_are_removed_and_answered_ones_kept(
    pages: Workspace, connection: Connection
) -> None:
    study = Study(pages)
    done = push(study, ["seeds"], Push(wanted=Wanted(Plan("random", 4))))
    project = done.project or 0
    before = stored_tasks(connection, project)
    copies = [
        {
            "data": {"uid": item.unit, "text": "x", "where": "", "before": "", "after": "", "title": ""},
            "meta": {"article_id": item.unit.partition("-")[0]},
        }
        for item in before
    ]
    with connection.speaking() as client:
        client.projects.import_tasks(id=project, request=copies, request_options=ONCE)
    doubled = stored_tasks(connection, project)
    assert len(doubled) == 8
    newest = max(doubled, key=lambda item: item.task)
    with connection.speaking() as client:
        client.annotations.create(id=newest.task, result=[], request_options=ONCE)
    assert remove_doubles(connection, project) == 4
    left = stored_tasks(connection, project)
    assert {item.unit for item in left} == {item.unit for item in before}
    assert newest.task in {item.task for item in left}
    assert push_tasks(connection, project, copies, say=lambda done, total: None)[0] == 0


def test_several_variables_share_one_screen(connected: Workspace, connection: Connection) -> None:
    connected.codebook.write_text(
        "variables:\n"
        "  - {name: stance, values: [{name: pro, definition: For it., hotkey: p}, {name: con, definition: Against.}]}\n"
        "  - name: topics\n    type: several\n    values:\n"
        "      - {name: money, definition: Costs., hotkey: m}\n      - {name: health, definition: Bodies.}\n",
        encoding="utf-8",
    )
    study = Study(connected)
    ada = add_account(connection, f"multi{id(connected)}").user
    first, second, *_ = split([connected.seeds])
    answers = {
        first.unit_id: (Answer(ada, {"stance": ["pro"], "topics": ["health", "money"]}),),
        second.unit_id: (Answer(ada, {"stance": ["con"], "topics": []}),),
    }
    push(study, ["seeds"], Push(answers=answers))
    frame = read_frame(pull(study).file).set_index(["unit_id", "variable"])["value"]
    assert frame[(first.unit_id, "stance")] == "pro"
    assert frame[(first.unit_id, "topics")] == "money|health"
    assert (frame[(second.unit_id, "stance")], frame[(second.unit_id, "topics")]) == ("con", "")
