from pathlib import Path

import pandas as pd
import pytest

from framing.codebook import Codebook
from framing.errors import TableError
from framing.labels import current_answers, gold_of, label_stats, read_labels
from framing.labels.merge import merge
from framing.resources import packaged
from framing.tables import LABELS, checked

BOOK = Codebook.read(packaged("config") / "codebook.yaml")
SEVERAL = Codebook.parse(
    "variables: [{name: tone, type: several, values: [{name: a, definition: d}, {name: b, definition: d}]}]"
)


def labels(*rows: str, columns: str = "unit_id variable value coder") -> pd.DataFrame:
    cells = [row.split(" ") for row in rows]
    frame = pd.DataFrame(
        [[c.replace("-", "") for c in row] for row in cells], columns=columns.split(), dtype=str
    )
    return checked(frame.assign(file="l.csv", row=[str(n + 2) for n in range(len(rows))]), LABELS, "l.csv")


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_gold_is_a_strict_majority_and_ties_stay_open() -> None:
    gold = gold_of(
        labels(
            "u1 frame neutral_report ada",
            "u1 frame neutral_report ben",
            "u1 frame site_furniture cem",
            "u2 frame neutral_report ada",
            "u2 frame site_furniture ben",
            "u3 frame reader_comment ada",
        ),
        "frame",
        BOOK,
    )
    rows = gold.table.set_index("unit_id")[["value", "method", "support", "share"]].to_dict("index")
    assert rows["u1"] == {"value": "neutral_report", "method": "majority", "support": 3, "share": 2 / 3}
    assert rows["u2"] == {"value": "", "method": "unresolved", "support": 2, "share": 0}
    assert rows["u3"] == {"value": "reader_comment", "method": "single", "support": 1, "share": 1}
    assert gold.unresolved == 1


def test_the_adjudicator_goes_first() -> None:
    gold = gold_of(
        labels(
            "u1 frame neutral_report ada",
            "u1 frame neutral_report ben",
            "u1 frame site_furniture adjudicator",
        ),
        "frame",
        BOOK,
    )
    assert gold.table[["value", "method"]].to_numpy().tolist() == [["site_furniture", "adjudicated"]]


def test_several_values_each_have_their_own_majority() -> None:
    table = labels(
        "u1 tone a|b ada", "u1 tone a ben", "u1 tone - cem", "u2 tone - ada", "u3 tone a ada", "u3 tone b ben"
    )
    gold = gold_of(table, "tone", SEVERAL).table.set_index("unit_id")
    assert gold["value"].to_dict() == {"u1": "a", "u2": "", "u3": ""}
    assert gold["method"].to_dict() == {"u1": "majority", "u2": "single", "u3": "unresolved"}


def test_a_value_outside_the_codebook_is_refused_with_its_row() -> None:
    table = labels("u1 frame panic ada", "u2 frame panic ada", "u3 frame neutral_report ada")
    with pytest.raises(TableError) as caught:
        gold_of(table, "frame", BOOK)
    assert caught.value.message == (
        "l.csv: row 2, variable frame: found 'panic' (2 such answers), expected alarmist_headline "
        "advocacy_appeal neutral_report reader_comment site_furniture"
    )
    assert label_stats(table, BOOK, ()).unknown == ["frame: 'panic' (2 answers) is not in the codebook"]


def test_the_latest_answer_counts_across_rounds() -> None:
    table = labels(
        "r1 u1 frame neutral_report ada true 2024-05-01T10:00:00Z",
        "r2 u1 frame site_furniture ada true 2024-05-01T11:00:00+02:00",
        "r1 u1 frame reader_comment ada false 2024-06-01T10:00:00Z",
        columns="round unit_id variable value coder current made_at",
    )
    assert current_answers(table)["value"].tolist() == ["neutral_report"]


def test_skipped_answers_are_counted_and_left_out() -> None:
    table = labels(
        "u1 frame - ada true", "u2 frame neutral_report ada false",
        columns="unit_id variable value coder skipped",
    )  # fmt: skip
    stats = label_stats(table, BOOK, ())
    assert (stats.answers, stats.units, stats.skipped) == (1, 1, 1)


def test_stats_count_by_value_and_dimension() -> None:
    table = labels(
        "u1 frame neutral_report ada Gannet",
        "u2 frame neutral_report ben Gannet",
        "u3 frame site_furniture ben -",
        columns="unit_id variable value coder outlet",
    )
    stats = label_stats(table, BOOK, ("outlet",))
    rows = [(row["by"], row["group"], row["count"], row["answers"], row["share"]) for row in stats.table
            if row["value"] == "neutral_report"]  # fmt: skip
    assert rows == [
        ("all", "all", 2, 3, 0.6667),
        ("outlet", "(not known)", 0, 1, 0.0),
        ("outlet", "Gannet", 2, 2, 1.0),
    ]
    assert [row["value"] for row in stats.table if row["by"] == "all"] == list(BOOK.variables[0].names)


def test_a_plain_table_brings_its_own_variable(tmp_path: Path) -> None:
    file = write(tmp_path / "t.csv", "text,label\nGive now,appeal\nRain.,report\nRain.,appeal\n")
    table = read_labels([file])
    assert set(table["variable"]) == {"label"}
    assert table["unit_id"].nunique() == 3
    assert gold_of(table, "label", BOOK).values == ("appeal", "report")


@pytest.mark.parametrize(("most", "refused"), [(500, False), (501, True)])
def test_a_column_that_names_no_variables_is_refused(tmp_path: Path, most: int, refused: bool) -> None:
    rows = "".join(f"u,v{number},x,ada\n" for number in range(most))
    file = write(tmp_path / "a.csv", f"unit_id,variable,value,coder\n{rows}")
    if not refused:
        assert len(read_labels([file])) == most
        return
    with pytest.raises(TableError) as caught:
        read_labels([file])
    assert caught.value.message == f"{file}: column variable holds 501 names, expected at most 500"


def test_gold_is_accepted_as_labels(tmp_path: Path) -> None:
    file = write(
        tmp_path / "g.csv",
        "unit_id,variable,value,method,support,share\nu1,frame,neutral_report,majority,2,1\nu2,frame,,unresolved,2,0\n",
    )
    table = read_labels([file])
    assert table[["unit_id", "value", "coder"]].to_numpy().tolist() == [["u1", "neutral_report", "given"]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "a,b\n1,2\n",
            "no LABELS table: found columns a b, expected unit_id variable value coder, or text and label",
        ),
        (
            "unit_id,variable,value,coder,start\nu,v,x,c,1.5\n",
            "row 2, column start: found '1.5', expected a whole number",
        ),
        (
            "unit_id,variable,value,coder,unsure\nu,v,x,c,maybe\n",
            "row 2, column unsure: found 'maybe', expected true or false",
        ),
        (
            "unit_id,variable,value,coder,seconds\nu,v,x,c,1\nu,v,x,c,long\n",
            "row 3, column seconds: found 'long', expected a number",
        ),
    ],
)
def test_faulty_tables_are_refused(text: str, told: str, tmp_path: Path) -> None:
    file = write(tmp_path / "l.csv", text)
    with pytest.raises(TableError) as caught:
        read_labels([file])
    assert caught.value.message == f"{file}: {told}"


def test_no_labels_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        read_labels([tmp_path])
    assert caught.value.message == f"no labels in {tmp_path}"


def _row(value: str, made_at: str, annotation: int, **more: object) -> dict[str, object]:
    known = {"round": "r", "unit_id": "u", "variable": "frame", "coder": "ada", "project": 1, "task": 1}
    return dict.fromkeys(LABELS.columns, "") | known | {
        "value": value, "made_at": made_at, "annotation": annotation, "skipped": False, "unsure": False, "saw_suggestion": False,
    } | more  # fmt: skip


def _typed(rows: list[dict[str, object]]) -> pd.DataFrame:
    return checked(pd.DataFrame(rows, columns=list(LABELS.columns)).astype(str), LABELS, "l.csv")


def test_merging_keeps_every_answer_and_marks_the_latest() -> None:
    first = merge(_typed([]), [_row("a", "2024-01-01", 5)])
    changed = merge(_typed(first), [_row("b", "2024-01-02", 5)])
    assert [(row["value"], row["current"]) for row in changed] == [("a", "false"), ("b", "true")]
    assert merge(_typed(changed), []) == changed
    assert merge(_typed(changed), [_row("b", "2024-01-02", 5)]) == changed


def plain_table(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["text,label", *rows]) + "\n", encoding="utf-8")
    return path


def test_a_text_without_a_label_is_no_value(tmp_path: Path) -> None:
    found = gold_of(read_labels([plain_table(tmp_path / "l.csv", "A.,x", "B.,y", "C.,")]), "label", None)
    assert found.values == ("x", "y")
    assert len(found.table) == 2


def test_values_joined_by_a_bar_are_several(tmp_path: Path) -> None:
    found = gold_of(read_labels([plain_table(tmp_path / "l.csv", "A.,y|x", "B.,y", "C.,")]), "label", None)
    assert (found.several, found.values) == (True, ("x", "y"))
    assert found.table["value"].tolist() == ["x|y", "y", ""]
    assert found.unresolved == 0


def test_gold_of_none_of_several_values_is_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "gold.csv"
    path.write_text(
        "unit_id,variable,value,method\nu1,topics,,majority\nu2,topics,,unresolved\nu3,topics,war,single\n",
        encoding="utf-8",
    )
    assert read_labels([path])["unit_id"].tolist() == ["u1", "u3"]
