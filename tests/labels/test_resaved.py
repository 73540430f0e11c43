"""A LABELS file that was saved again is read right, or refused by cell; never anything else."""

import csv
from pathlib import Path

import pytest

from framing.articles.presplit import read_units
from framing.columns import instant
from framing.errors import TableError
from framing.labels import current_answers, gold_of, label_stats, read_labels
from framing.labels.imports import Order, imported
from framing.labels.merge import Answered, Merging
from framing.labels.read import read_round
from framing.labels.usable import usable_answers
from framing.records import REGIONS, Unit, Unusable, todays_unit
from framing.reliability import Draws, Ratings, agreement, level_of
from framing.resources import packaged
from framing.settings import Workspace
from framing.steps.stale import stale_labels
from framing.tables import LABELS
from tests.conftest import Run
from tests.labels.resaved import ARTICLES, BOOK, CASES, RIGHT, Case, Row, edited, rows, table

_UTC = "a time like 2026-05-04T10:00:00Z"
Summary = tuple[object, ...]


def saved(case: Case, folder: Path) -> Path:
    file = folder / f"ferry{case.ending}"
    file.write_bytes(case.save(rows()))
    return file


def summary(file: Path) -> Summary:
    """What analyses take from the file: current answers, alpha, gold."""
    labels = read_labels([file], BOOK)
    answers = current_answers(labels)[["unit_id", "article_id", "variable", "coder", "value"]]
    figures = []
    for known in BOOK.variables:
        usable, _ = usable_answers(labels, known.name, known)
        found = agreement(Ratings.from_answers(usable), known.name, level_of(known), draws=Draws(number=0))
        gold = gold_of(labels, known.name, BOOK).table
        figures.append(
            (found.alpha, sorted(gold[["unit_id", "value", "method"]].itertuples(index=False, name=None)))
        )
    return sorted(answers.itertuples(index=False, name=None)), figures, label_stats(labels, BOOK).skipped


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    found = summary(saved(CASES[0], tmp_path_factory.mktemp("untouched")))
    answers, figures, skipped = found
    assert isinstance(answers, list) and len(answers) == 46 and skipped == 2
    assert isinstance(figures, list) and all(0.3 < alpha < 1 for alpha, _ in figures)
    return found


def test_there_are_many_cases_and_each_is_another() -> None:
    assert len({case.how for case in CASES}) == len(CASES) >= 40
    files = {(case.save(rows()), case.ending) for case in CASES}
    assert len(files) == len(CASES)


@pytest.mark.parametrize("case", [case for case in CASES if case.message == RIGHT], ids=lambda case: case.how)
def test_it_is_read_right(case: Case, untouched: Summary, tmp_path: Path) -> None:
    file = saved(case, tmp_path)
    assert summary(file) == untouched
    joined = read_round(file)
    assert len(joined) == len(rows())
    found = joined[["unit_id", "coder", "value", "made_at"]].itertuples(index=False, name=None)
    assert {(*answer, instant(made_at)) for *answer, made_at in found} == {
        (todays_unit(row["unit_id"]), row["coder"], row["value"], instant(row["made_at"])) for row in rows()
    }


@pytest.mark.parametrize("case", [case for case in CASES if case.message != RIGHT], ids=lambda case: case.how)
def test_it_is_refused_by_cell(case: Case, tmp_path: Path) -> None:
    file = saved(case, tmp_path)
    unit = rows()[0]["unit_id"]
    told = case.message.format(
        unit=unit.upper(), nul=f"{unit}\0", regions=" ".join(REGIONS), width=len(LABELS.columns), place=LABELS.columns.index("current") + 1,
        more=len(LABELS.columns) + 1,
    )  # fmt: skip
    with pytest.raises(TableError) as caught:
        read_labels([file], BOOK)
    assert caught.value.message.partition(": ")[2].startswith(told)
    assert caught.value.hint
    with pytest.raises(TableError) as joined:
        read_round(file)
    assert joined.value.message == caught.value.message
    if case.ending == ".csv":
        with pytest.raises(TableError):
            stale_labels(tmp_path, [Unit(unit, ARTICLES[0], "s", 0, 1, "t", "body", 0, 0)])


def test_all_bad_cells_are_counted_and_the_first_of_each_column_named(tmp_path: Path) -> None:
    file = tmp_path / "ferry.csv"
    bad = edited("seconds", "made_at", to=lambda _: "soon")
    file.write_bytes(bad(rows()))
    with pytest.raises(TableError) as caught:
        read_labels([file])
    assert caught.value.message.endswith("(and 97 more cells)")
    assert [fault.removeprefix(f"{file}: ")[:26] for fault in caught.value.faults] == [
        "row 2, column made_at: fou", "row 2, column seconds: fou", "row 3, column made_at: fou",
        "row 3, column seconds: fou", "row 4, column made_at: fou", "row 4, column seconds: fou",
        "column made_at: 46 more su", "column seconds: 46 more su",
    ]  # fmt: skip


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path: Path) -> None:
    file = tmp_path / "ferry.csv"
    lines = table(edited_rows(8, seconds="soon")).split("\n")
    file.write_text("\n".join([*lines[:3], "", "", *lines[3:]]), "utf-8")
    blank_and_broken = 2 + 8 + 2
    with pytest.raises(TableError, match=rf"row {blank_and_broken}, column seconds: found 'soon'"):
        read_labels([file])


def edited_rows(index: int, **cells: str) -> list[dict[str, str]]:
    found = rows()
    found[index] |= cells
    return found


def test_a_round_turned_into_a_date_is_refused_where_answers_are_joined(tmp_path: Path) -> None:
    file = tmp_path / "2026-05.csv"
    file.write_text(table(row | {"round": "May-26"} for row in rows()), "utf-8")
    with pytest.raises(TableError) as caught:
        read_round(file)
    assert caught.value.message == (
        f"{file}: row 2, column round: found 'May-26', expected '2026-05', as the file is named (and 48 more cells)"
    )


def test_values_outside_the_codebook_are_named_and_never_dropped_silently(tmp_path: Path) -> None:
    file = tmp_path / "ferry.csv"
    file.write_text(table(edited_rows(3, value="calmer")), "utf-8")
    labels = read_labels([file], BOOK)
    name = rows()[3]["variable"]
    known = BOOK.variable(name)
    assert label_stats(labels, BOOK).unknown == [f"{name}: 'calmer' (1 answer) is not in the codebook"]
    _, left = usable_answers(labels, name, known)
    assert "'calmer' is not a value of the codebook" in [item.reason for item in left]
    with pytest.raises(TableError, match=f"row 5, variable {name}: found 'calmer'"):
        gold_of(labels, name, BOOK)


def test_a_pull_joins_what_a_truncated_file_lost(tmp_path: Path) -> None:
    here = rows()[0]["server"]
    answers = [
        {**row, "created_at": row["made_at"]}
        for row in read_round(written(tmp_path / "ferry.csv", rows())).astype(object).to_dict("records")
    ]

    def pulled(found: list[Row]) -> list[dict[str, object]]:
        merging = Merging(read_round(written(tmp_path / "ferry.csv", found)))
        merging.take(Answered([dict(answer) for answer in answers], {here}, lambda _answer, _time: here))
        return merging.rows()

    whole = pulled(rows())
    assert len(whole) == len(rows())
    for part in (rows()[::2], rows()[:20], rows()[30:]):
        assert pulled(part) == whole


def written(file: Path, found: list[Row]) -> Path:
    file.write_text(table(found), "utf-8")
    return file


def test_commands_refuse_a_conflict_in_their_usual_form(run: Run, workspace: Workspace) -> None:
    file = workspace.labels / "main.csv"
    conflict = next(case for case in CASES if case.how == "a conflict of git")
    file.write_bytes(conflict.save(rows()))
    marker = f"{file}: row 6: found git's conflict marker '<<<<<<< HEAD', expected a row"
    for command in (
        ["labels", "gold", "-o", workspace.root / "g.csv"],
        ["stats"],
        ["reliability"],
        ["export", workspace.root / "out"],
    ):
        done = run(*command)
        assert done.code == 1
        assert done.err.splitlines()[0] == marker
        assert f"error: {marker} (and 2 more rows)" in done.err.splitlines()
        assert "hint: git joined two versions and left both in: keep the rows of both" in done.err
    assert ("labels", "fault") in {(found["check"], found["state"]) for found in run("doctor", "--json").json}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"unit_id": "1.23E+15"}, "unit_id: found '1.23E+15', expected an id"),
        ({"article_id": "nan"}, "article_id: found 'nan', expected an id"),
        ({"start": "-1"}, "start: found '-1', expected 0 or more"),
        ({"start": "9", "end": "4"}, "end: found 4, expected 9 (start) or more"),
        ({"made_at": "03/04/2021 10:00"}, f"made_at: found '03/04/2021 10:00', expected {_UTC}"),
        ({"seconds": "1,5"}, "seconds: found '1,5', expected a number"),
        ({"probability": "0"}, "probability: found '0', expected a number above 0, at most 1"),
        ({"sampling": "luck"}, "sampling: found 'luck', expected one of random uncertain all assigned training"),
        ({"value": "#NAME?"}, "value: found '#NAME?', expected a name"),
        ({"article_id": ARTICLES[2]}, f"article_id: found {ARTICLES[2]!r}, expected {ARTICLES[0]!r} as in unit_id"),
    ],
)  # fmt: skip
def test_what_would_be_refused_is_not_imported(fields: dict[str, str], reason: str) -> None:
    row = rows()[0] | {"made_at": "2026-05-04 12:00:00+02:00", "current": ""}
    good = imported(table([row]), "a.csv", BOOK, Order("main"))
    assert [found["made_at"] for found in good.rows] == ["2026-05-04T10:00:00.000000Z"]
    bad = imported(table([row | fields]), "a.csv", BOOK, Order("main"))
    assert (bad.rows, list(map(str, bad.unusable))) == ([], [f"a.csv:2: {reason}"])


@pytest.mark.parametrize("fields", [{"unit_id": "NA"}, {"article_id": "1E+15"}, {"position": "-1"}, {"start": "1.5"},
                                    {"start": "9", "end": "4"}])  # fmt: skip
def test_what_would_be_refused_is_not_pushed(fields: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    names = ["text", *fields]
    file.write_text(
        table([{"text": "Rain.", **fields}, {"text": "Hail.", **dict.fromkeys(fields, "")}], names)
    )
    bad, good = read_units([file])
    assert isinstance(bad, Unusable)
    name = list(fields)[-1]
    assert f"{name}: found " in bad.reason
    assert isinstance(good, Unit)


def test_ids_of_ones_own_stay_as_they_are(tmp_path: Path) -> None:
    ids = ["1001", "1e5", "007", "1.0", "2024-05", "speech 12 ", "NA-1", "u1", "0x1F"]
    file = tmp_path / "own.csv"
    file.write_text(table([{"unit_id": name, "variable": "tone", "value": "calm", "coder": "ada"} for name in ids],
                          ("unit_id", "variable", "value", "coder")))  # fmt: skip
    assert read_labels([file])["unit_id"].tolist() == ids
    file.write_text(file.read_text("utf-8") + "speech 12,tone,calm,ben\n", "utf-8")
    with pytest.raises(
        TableError, match="row 7, column unit_id: found 'speech 12 ', expected 'speech 12' as in other"
    ):
        read_labels([file])


def test_what_may_be_empty_elsewhere_is_read(tmp_path: Path) -> None:
    plain, gold = tmp_path / "plain.csv", tmp_path / "gold.csv"
    plain.write_text("text,label,coder\nRain.,calm,\nHail.,grave,ada\nSnow.,,ada\n", "utf-8")
    gold.write_text("unit_id,variable,value,method\nu1,tone,calm,single\nu2,tone,,unresolved\n", "utf-8")
    assert read_labels([plain])["coder"].tolist() == ["given", "ada", "ada"]
    assert read_labels([gold])["unit_id"].tolist() == ["u1"]
    gold.write_text("unit_id,variable,value,method\n,tone,calm,single\nu2,tone,,unresolved\n", "utf-8")
    with pytest.raises(TableError, match="row 2, column unit_id: found ''"):
        read_labels([gold])


def test_two_answers_without_time_or_task_are_two_occasions(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("unit_id,variable,value,coder\nu1,tone,calm,ada\nu1,tone,calm,ada\n", "utf-8")
    assert len(read_labels([file])) == 2


@pytest.mark.parametrize("name", ["starter.csv", "lines.csv"])
def test_the_labels_shipped_with_0_1_0_are_read_as_they_stand(name: str) -> None:
    file = packaged("labels") / name
    with file.open(newline="", encoding="utf-8") as stream:
        written = list(csv.DictReader(stream))
    table = read_labels([file])
    assert table["made_at"].tolist() == [row["made_at"] for row in written]
    assert table["unit_id"].tolist() == [todays_unit(row["unit_id"]) for row in written]


def test_the_docs_tell_every_case() -> None:
    page = (Path(__file__).parents[2] / "docs" / "edited_labels.md").read_text("utf-8")
    _, _, listed = page.partition("| the file was saved again | it is |\n| --- | --- |\n")
    assert listed.splitlines() == list(map(line, CASES))


def line(case: Case) -> str:
    """A case as the docs tell it; what follows from the columns that there are today is left out."""
    message = (
        case.message.partition(" (and ")[0].replace("{nul!r}", r"'224e…\x00'").replace("{unit!r}", "'224E…'")
    )
    message = message.format(regions="headline standfirst …", width="…", more="…", place="…").replace(
        "|", r"\|"
    )
    return f"| {case.how} | {f'refused: {message}' if message else 'read right'} |"
