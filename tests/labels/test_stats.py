"""Label stats: eligible units, pace, formats, pictures."""

import json
from pathlib import Path

import pandas as pd
import pytest

from framing.codebook import Codebook
from framing.labels import Stats, label_stats
from framing.settings import Workspace
from framing.tables import LABELS, checked
from tests.conftest import Run

BOOK = Codebook.parse(
    "variables: [{name: v, values: ["
    "{name: alarm, definition: d, regions: [headline]}, {name: other, definition: d}]}]"
)


def table(*rows: str) -> pd.DataFrame:
    columns = "unit_id value coder region made_at seconds".split()
    cells = [[cell.replace("-", "") for cell in row.split(" ")] for row in rows]
    frame = pd.DataFrame(cells, columns=columns, dtype=str).assign(variable="v")
    frame["made_at"] = frame["made_at"].str.replace(
        r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3T08:00:00Z", regex=True
    )
    return checked(frame.assign(file="l.csv", row="2"), LABELS, "l.csv")


ROWS = (
    "u1 alarm ada headline 20240501 10",
    "u2 other ada headline 20240501 20",
    "u3 alarm ada body 20240502 30",
    "u4 other ada body 20240502 -",
    "u5 alarm ben - 20240502 40",
)


def stats(*rows: str, **more: object) -> Stats:
    return label_stats(table(*rows), BOOK, ("region", "day"), **more)  # type: ignore[arg-type]


def test_shares_are_over_eligible_units_and_the_denominator_is_given() -> None:
    rows = {(row["by"], row["group"], row["value"]): row for row in stats(*ROWS).table}
    alarm = rows["all", "all", "alarm"]
    # An unknown region counts as eligible; the answer in the body is in no share.
    assert (alarm["count"], alarm["eligible"], alarm["outside"], alarm["answers"]) == (2, 3, 1, 5)
    assert alarm["share"] == pytest.approx(2 / 3, abs=1e-4)
    assert rows["all", "all", "other"]["eligible"] == 5
    body = rows["region", "body", "alarm"]
    assert (body["count"], body["eligible"], body["share"], body["outside"]) == (0, 0, None, 1)
    assert rows["day", "2024-05-02", "other"]["share"] == pytest.approx(1 / 3, abs=1e-4)


def test_pace_and_days_left() -> None:
    found = stats(*ROWS, planned=13)
    assert [(row["day"], row["new_units"], row["units_so_far"]) for row in found.by_day] == [
        ("2024-05-01", 2, 2),
        ("2024-05-02", 3, 5),
    ]
    state = found.progress
    assert (state.done, state.planned, state.units_per_day, state.days_left) == (5, 13, 2.5, 4)
    assert state.share == pytest.approx(5 / 13, abs=1e-4)
    assert stats(*ROWS).progress.days_left is None


def test_speed_of_each_coder() -> None:
    ada, ben = stats(*ROWS).by_coder
    assert (ada["coder"], ada["answers"], ada["seconds"], ada["units_per_hour"]) == ("ada", 4, 20.0, 180.0)
    assert (ben["coder"], ben["seconds_low"], ben["days"]) == ("ben", 40.0, 1)
    nobody = stats("u1 alarm ada headline - -")
    assert nobody.by_coder[0]["units_per_hour"] is None
    assert (nobody.progress.units_per_day, nobody.by_day) == (None, [])


@pytest.fixture
def coded(workspace: Workspace) -> Workspace:
    workspace.labels.mkdir(exist_ok=True)
    rows = ["unit_id,variable,value,coder,region,outlet,made_at"]
    rows += [
        f"u{n},frame,{('neutral_report', 'site_furniture')[n % 2]},ada,body,"
        f"$Gannet_{n % 3}$,2024-05-0{1 + n % 4}"
        for n in range(24)
    ]
    (workspace.labels / "r1.csv").write_text("\n".join(rows) + "\n")
    return workspace


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "json", "parquet", "xlsx", "md", "html", "tex"])
def test_every_format_holds_the_table(ending: str, coded: Workspace, run: Run, tmp_path: Path) -> None:
    out = tmp_path / f"stats.{ending}"
    assert run("stats", "--by", "outlet,day,story,round", "-o", out).code == 0
    readers = {"csv": pd.read_csv, "parquet": pd.read_parquet, "xlsx": pd.read_excel}
    if ending in readers:
        found = readers[ending](out)  # type: ignore[operator]
        whole = found[(found["by"] == "all") & (found["value"] == "neutral_report")].iloc[0]
        assert (whole["count"], whole["eligible"], whole["share"]) == (12, 24, 0.5)
    elif ending == "json":
        assert json.loads(out.read_text())["progress"]["done"] == 24
    else:
        assert "neutral_report" in out.read_text().replace("\\_", "_")
    if ending == "tex":
        assert r"\$Gannet\_0\$" in out.read_text()


@pytest.mark.parametrize(("ending", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_a_picture_is_drawn(ending: str, begins: bytes, coded: Workspace, run: Run, tmp_path: Path) -> None:
    out = tmp_path / f"stats.{ending}"
    ran = run("stats", "--by", "outlet", "--plan", 30, "--plot", out)
    assert ran.code == 0
    assert "24 units done, 80.0 % of 30 planned, 6 new units a day of coding, 1 day of coding left" in ran.out
    assert out.read_bytes().startswith(begins)


def test_a_picture_in_another_format_is_refused(coded: Workspace, run: Run, tmp_path: Path) -> None:
    ran = run("stats", "--plot", tmp_path / "stats.gif")
    assert ran.code == 1
    assert ran.err == (
        f"error: {tmp_path / 'stats.gif'}: no format for '.gif', expected .png .svg\n"
        "hint: give -o a name with one of these endings\n"
    )


def test_the_adjudicator_is_no_coder() -> None:
    found = stats(*ROWS, "u1 other adjudicator headline 20240503 -", "u1 other ada headline 20240503 5")
    assert (found.coders, found.answers, found.adjudicated, found.earlier) == (2, 5, 1, 1)
    shares = {row["value"]: row["count"] for row in found.table if row["by"] == "all"}
    assert shares == {"alarm": 1, "other": 3}


def test_what_is_not_known_is_not_counted_and_days_are_utc() -> None:
    frame = table(*ROWS)
    assert label_stats(frame, BOOK).articles == 0
    frame["made_at"] = "2024-05-01T23:30:00-05:00"
    assert [row["day"] for row in label_stats(frame, BOOK).by_day] == ["2024-05-02"]
