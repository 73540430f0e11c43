"""The command and its step, on tables written for the case."""

import csv
import json
import os
from pathlib import Path

import pandas as pd
import pytest

from framing.errors import TableError
from framing.settings import Workspace
from framing.steps.reliability import Options, VariableAgreement, reliability
from framing.steps.study import Study
from tests.conftest import Run

CODEBOOK = """
variables:
  - name: tone
    ordered: true
    values:
      - {name: calm, definition: Quiet.}
      - {name: tense, definition: Between.}
      - {name: grave, definition: Loud.}
  - name: topics
    type: several
    values: [{name: war, definition: War.}, {name: money, definition: Money.}]
"""
COLUMNS = (
    "round unit_id article_id variable value coder current made_at saw_suggestion codebook sampling skipped "
    "annotation"
).split()


def row(unit: int, coder: str, value: str, **more: object) -> dict[str, object]:
    known = {"unit_id": f"u{unit:03}", "article_id": f"a{unit % 40}", "variable": "tone", "round": "r1"}
    return known | {"coder": coder, "value": value, "current": "true"} | more


def paired(units: int = 120) -> list[dict[str, object]]:
    """Two coders who differ on every tenth unit."""
    values = ("calm", "calm", "tense", "grave")
    rows = []
    for unit in range(units):
        value = values[unit % 4]
        other = values[(unit + 2) % 4] if unit % 10 == 0 else value
        rows += [row(unit, "ada", value), row(unit, "ben", other)]
    return rows


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, COLUMNS, restval="")
        table.writeheader()
        table.writerows(rows)
    return path


@pytest.fixture
def study(workspace: Workspace) -> Study:
    workspace.codebook.write_text(CODEBOOK, encoding="utf-8")
    return Study.find(workspace.root)


def found_on(study: Study, rows: list[dict[str, object]], **options: object) -> VariableAgreement:
    file = write(study.needed.labels / "t.csv", rows)
    settings = Options(draws=100, **options)  # type: ignore[arg-type]
    return reliability(study, [file], options=settings).variables[0]


def test_the_level_is_the_codebooks_and_is_stated(study: Study) -> None:
    found = found_on(study, paired())
    assert (found.variable, found.level) == ("tone", "ordinal")
    assert [item.level for item in found.values] == ["nominal"] * 3
    assert "Krippendorff's alpha (ordinal)" in found.text


def test_units_coders_and_prevalence_are_counted(study: Study) -> None:
    found = found_on(study, [*paired(), row(500, "ada", "calm")])
    assert (found.units, found.coders, found.answers, found.articles) == (120, 2, 240, 40)
    assert found.percent_agreement == pytest.approx(0.9)
    assert sum(item.prevalence or 0 for item in found.values) == pytest.approx(1, abs=1e-5)
    assert [(item.reason, item.answers, item.units) for item in found.left_out] == [
        ("the unit has one coder only", 1, 1)
    ]


def test_every_answer_is_used_or_left_out_with_its_reason(study: Study) -> None:
    rows = [
        *paired(),
        row(1, "ada", "grave", current="false"),
        row(2, "cem", "", skipped="true"),
        row(3, "adjudicator", "calm"),
        row(4, "cem", "shrill"),
        row(5, "cem", ""),
        row(6, "cem", "calm", saw_suggestion="true"),
        row(7, "ada", "grave", round="r0", made_at="2020-01-01T00:00:00Z"),
        row(900, "ada", "calm"),
    ]
    found = found_on(study, rows)
    assert {item.reason: (item.answers, item.units) for item in found.left_out} == {
        "skipped by the coder": (1, 1),
        "replaced by the same coder's later answer in the round": (1, 1),
        "replaced by the same coder's answer in a later round": (1, 1),
        "given by the adjudicator, who is not a coder": (1, 1),
        "no value": (1, 1),
        "'shrill' is not a value of the codebook": (1, 1),
        "a coder of the unit was shown a suggestion (see by suggestion)": (3, 1),
        "the unit has one coder only": (1, 1),
    }
    assert found.answers + sum(item.answers for item in found.left_out) == len(rows)


def test_units_with_a_suggestion_stand_apart(study: Study) -> None:
    rows = paired()
    for item in rows[:80]:
        item["saw_suggestion"] = "true"
        item["value"] = "calm" if item["unit_id"] != "u001" else "grave"
    found = found_on(study, rows)
    parts = {item.group: item for item in found.conditions if item.by == "suggestion"}
    assert (parts["blind"].units, parts["shown"].units) == (80, 40)
    assert found.units == 80
    assert parts["shown"].percent_agreement == 1.0
    assert found.alpha == parts["blind"].alpha


def test_rounds_and_versions_of_the_codebook_are_compared(study: Study) -> None:
    rows = paired()
    for item in rows:
        late = str(item["unit_id"]) >= "u060"
        item |= {"round": "r2" if late else "r1", "codebook": "new" if late else "old"}
        if late and item["coder"] == "ben":
            item["value"] = "calm"
    file = write(study.needed.labels / "t.csv", rows)
    result = reliability(study, [file], options=Options(draws=0))
    found = result.variables[0]
    by = {(item.by, item.group): item for item in found.conditions}
    assert sorted(by) == [("codebook", "new"), ("codebook", "old"), ("round", "r1"), ("round", "r2")]
    assert (by["round", "r1"].alpha or 0) > 0.8 > (by["round", "r2"].alpha or 0)
    assert by["codebook", "old"].alpha == by["round", "r1"].alpha


def test_a_coder_is_compared_with_herself_but_corrections_are_not(study: Study) -> None:
    rows = paired()
    for unit in range(20):
        value = "grave" if unit == 0 else str(rows[2 * unit]["value"])
        rows[2 * unit]["made_at"] = "2024-05-01T00:00:00Z"
        rows.append(row(unit, "ada", value, round="r2", made_at="2024-05-11T00:00:00Z"))
    rows += [
        row(50, "ben", "calm", current="false", annotation="7", made_at="2024-05-01T00:00:00Z"),
        row(50, "ben", "grave", current="true", annotation="7", made_at="2024-05-01T00:01:00Z"),
    ]
    rows = [
        item
        for item in rows
        if (item["unit_id"], item["coder"], item.get("annotation")) != ("u050", "ben", None)
    ]
    own = found_on(study, rows).intra_coder
    assert [(item["group"], item["units"], item["days"]) for item in own] == [("ada", 20, 10.0)]
    assert own[0]["percent_agreement"] == 0.95


def test_what_is_undefined_says_why(study: Study) -> None:
    same = [row(unit, coder, "calm") for unit in range(10) for coder in ("ada", "ben")]
    found = found_on(study, same)
    assert (found.alpha, found.ac1, found.fleiss_kappa, found.percent_agreement) == (None, None, None, 1.0)
    assert found.reasons["alpha"] == "all 20 answers are the same: nothing to tell apart"
    assert found.values[1].reasons["alpha"] == "the value does not occur"
    assert found.pairs[0].reasons["cohen_kappa"] == (
        "both coders gave 'calm' to 10 units, all that they share: nothing to tell apart"
    )
    alone = found_on(study, [row(unit, "ada", "calm") for unit in range(5)])
    assert alone.reasons["alpha"] == "no unit has answers of two coders"
    assert alone.percent_agreement is None
    assert "NaN" not in json.dumps(found.values[1].reasons)


def test_perfect_agreement_is_one_and_its_interval_is_not_made_up(study: Study) -> None:
    rows = [row(unit, coder, ("calm", "grave")[unit % 2]) for unit in range(50) for coder in ("ada", "ben")]
    found = found_on(study, rows)
    assert (found.alpha, found.alpha_interval) == (1.0, None)
    assert found.reasons["alpha_interval"] == (
        "no disagreement was seen, so the data do not show how far it could go"
    )


def test_sets_of_values_are_compared_whatever_their_order(study: Study) -> None:
    rows = [
        row(unit, coder, value, variable="topics")
        for unit in range(40)
        for coder, value in (("ada", "war|money"), ("ben", ("money|war", "war", "")[unit % 3]))
    ]
    found = found_on(study, rows)
    assert found.level == "masi"
    assert found.percent_agreement == pytest.approx(14 / 40)
    assert found.reasons["ac1"] == "a unit can have several values: see each value against the rest"
    war = found.values[0]
    assert (war.value, war.percent_agreement) == ("war", pytest.approx(27 / 40))
    assert found.coder_shares[1]["shares"] == {"war": 0.675, "money": 0.35}


def test_renaming_coders_and_shuffling_rows_change_nothing(study: Study) -> None:
    rows = paired()
    other = [item | {"coder": {"ada": "zoe", "ben": "abe"}[str(item["coder"])]} for item in reversed(rows)]
    first, second = found_on(study, rows), found_on(study, other)
    for name in (
        "alpha",
        "alpha_interval",
        "percent_agreement",
        "ac1",
        "ac1_interval",
        "fleiss_kappa",
        "units",
    ):
        assert getattr(first, name) == getattr(second, name), name
    assert first.pairs[0].cohen_kappa == second.pairs[0].cohen_kappa


def test_more_units_narrow_the_interval_as_they_did(study: Study) -> None:
    few = found_on(study, paired(120), more=[120], widths=[0.1])
    many = found_on(study, [item | {"article_id": f"b{item['unit_id']}"} for item in paired(240)])
    assert few.alpha_interval is not None
    assert many.alpha_interval is not None
    expected = few.plan.with_more[0]["width"]
    assert (few.plan.with_more[0]["units"], few.plan.with_more[0]["articles"]) == (240, 80)
    assert expected < few.plan.width
    wanted = few.plan.for_width[0]
    again = found_on(study, paired(120), more=[wanted["more_units"]])
    assert again.plan.with_more[0]["width"] == pytest.approx(0.1, abs=0.001)


def test_the_worst_units_come_first_with_text_and_answers(study: Study) -> None:
    rows = [*paired(), row(10, "cem", "grave")]
    worst = found_on(study, rows).disagreements
    assert worst[0]["unit_id"] == "u010"
    assert set(worst[0]["answers"]) == {"ada", "ben", "cem"}
    assert len(worst) == 12


def test_json_has_the_contracts_keys(study: Study, run: Run) -> None:
    file = write(study.needed.labels / "t.csv", paired())
    found = run("reliability", file, "--json", "--draws", 50).json["variables"][0]
    for name in ("alpha", "percent_agreement", "ac1"):
        low, high = found[f"{name}_interval"]
        assert low < found[name] < high
    assert (found["units"], found["coders"]) == (120, 2)


def test_the_threshold_decides_the_exit_code(study: Study, run: Run) -> None:
    file = write(study.needed.labels / "t.csv", paired())
    assert run("reliability", file, "--draws", 0, "--at-least", 0.5).code == 0
    missed = run("reliability", file, "--draws", 0, "--at-least", 0.99)
    assert missed.code == 3
    assert missed.err.endswith("alpha is below 0.99 or undefined: tone\n")


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "json", "parquet", "xlsx", "md", "html", "tex"])
def test_coefficients_are_written_in_every_format(
    ending: str, study: Study, run: Run, tmp_path: Path
) -> None:
    file = write(study.needed.labels / "t.csv", paired())
    out = tmp_path / f"agreement.{ending}"
    ran = run("reliability", file, "--draws", 20, "-o", out)
    assert (ran.code, out.is_file()) == (0, True)
    if ending == "csv":
        table = pd.read_csv(out)
        assert table["value"].fillna("").tolist() == ["", "calm", "tense", "grave"]
        assert table["alpha_low"][0] < table["alpha"][0] < table["alpha_high"][0]
        assert table["alpha_mark"].isin(["≥ .667", "≥ .800", "< .667"]).all()
    if ending == "tex":
        assert out.read_text().startswith("\\begin{tabular}{")
    if ending == "json":
        assert json.loads(out.read_text())["variables"][0]["plan"]["with_more"]


def test_the_raw_table_has_one_column_a_coder(study: Study, run: Run, tmp_path: Path) -> None:
    file = write(study.needed.labels / "t.csv", [*paired(3), row(7, "ben", "calm")])
    out = tmp_path / "raw.csv"
    assert run("reliability", file, "--draws", 0, "--units", out).code == 0
    assert out.read_text() == (
        "variable,unit_id,ada,ben\ntone,u000,calm,tense\ntone,u001,calm,calm\ntone,u002,tense,tense\n"
        "tone,u007,,calm\n"
    )


def test_recal_gets_numbers_without_gaps(study: Study, run: Run, tmp_path: Path) -> None:
    file = write(study.needed.labels / "t.csv", [*paired(3), row(7, "ben", "calm"), row(7, "cleo", "calm")])
    out = tmp_path / "tone.csv"
    ran = run("reliability", file, "--draws", 0, "--recal", out)
    assert (ran.code, out.exists()) == (1, False)
    assert "no unit that two coders or more and all of them coded; ReCal takes no gaps" in ran.err
    file = write(study.needed.labels / "t.csv", [*paired(3), row(7, "ben", "calm")])
    ran = run("reliability", file, "--draws", 0, "--recal", out)
    assert (ran.code, out.read_text()) == (0, "1,2\n1,1\n2,2\n")
    assert f"{out}: 3 units; columns: ada ben; 1 calm, 2 tense\n" in ran.err


def test_recal_takes_one_variable(study: Study, tmp_path: Path) -> None:
    other = [answer | {"variable": "mood"} for answer in paired(3)]
    file = write(study.needed.labels / "t.csv", [*paired(3), *other])
    with pytest.raises(TableError) as caught:
        reliability(study, [file], recal=tmp_path / "t.csv")
    assert caught.value.hint == "name one of these with --variable"


def test_an_unknown_variable_is_an_error_that_names_those_found(study: Study) -> None:
    file = write(study.needed.labels / "t.csv", paired())
    with pytest.raises(TableError) as caught:
        reliability(study, [file], options=Options(variables=["mood"]))
    assert caught.value.message == "no answers on mood, found answers on: tone"


def test_thresholds_come_from_the_settings(study: Study, run: Run) -> None:
    settings = study.needed.settings
    text = settings.read_text().replace("[0.667, 0.8]", "[0.1, 0.2]")
    settings.write_text(text)
    file = write(study.needed.labels / "t.csv", paired())
    assert run("reliability", file, "--draws", 0, "--json").json["variables"][0]["mark"] == "≥ .200"


def test_a_plain_table_with_coders_is_one_unit_a_text(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "plain.csv"
    file.write_text(
        "text,label,coder\n" + "".join(f"t{n},{'ab'[n % 2]},{c}\n" for n in range(6) for c in "xyz")
    )
    found = run("reliability", file, "--draws", 0, "--json").json["variables"][0]
    assert (found["variable"], found["units"], found["coders"], found["alpha"]) == ("label", 6, 3, 1.0)


@pytest.mark.skipif(
    "FRAMING_GATE_DATA" not in os.environ, reason="outside data: FRAMING_GATE_DATA is not set"
)
def test_babe_to_three_decimals(tmp_path: Path, run: Run) -> None:
    raw = pd.read_excel(Path(os.environ["FRAMING_GATE_DATA"]) / "data" / "babe" / "raw_labels_SG2.xlsx")
    raw["label_bias"] = raw["label_bias"].replace("Biased, unfair", "Biased")
    found = {}
    for column in ("label_bias", "label_opinion"):
        file = tmp_path / f"{column}.csv"
        plain = raw.rename(columns={column: "label", "annotator_id": "coder"}).fillna({"text": "(empty)"})
        plain[["text", "label", "coder"]].to_csv(file, index=False)
        item = run("reliability", file, "--draws", 0, "--json").json["variables"][0]
        names = ("percent_agreement", "alpha", "fleiss_kappa", "ac1")
        found[column] = [round(item[name], 3) for name in names]
    assert found == {"label_bias": [0.7, 0.399, 0.398, 0.398], "label_opinion": [0.623, 0.416, 0.415, 0.442]}


@pytest.mark.skipif(
    "FRAMING_GATE_DATA" not in os.environ, reason="outside data: FRAMING_GATE_DATA is not set"
)
def test_babe_opinion_as_ordered_values(study: Study) -> None:
    raw = pd.read_excel(Path(os.environ["FRAMING_GATE_DATA"]) / "data" / "babe" / "raw_labels_SG2.xlsx")
    order = {"Entirely": "calm", "Somewhat": "tense", "Expresses": "grave"}
    answered = raw.dropna(subset="label_opinion").fillna({"text": "(empty)"})
    file = study.needed.labels / "opinion.csv"
    file.parent.mkdir(exist_ok=True)
    pd.DataFrame(
        {
            "unit_id": pd.factorize(answered["text"])[0],
            "variable": "tone",
            "value": answered["label_opinion"].str.split().str[0].map(order),
            "coder": answered["annotator_id"],
        }
    ).to_csv(file, index=False)
    found = reliability(study, [file], options=Options(draws=0)).variables[0]
    assert (found.level, round(found.alpha or 0, 4)) == ("ordinal", 0.6054)


def test_two_articles_that_show_no_spread_have_no_interval(study: Study) -> None:
    answers = [row(1, coder, "calm") for coder in ("ada", "ben", "cem")]
    found = found_on(study, [*answers, row(2, "ada", "calm"), row(2, "ben", "grave")])
    assert (found.alpha, found.alpha_interval, found.percent_agreement_interval) == (0.0, None, None)
    assert found.reasons["alpha_interval"] == "all parts of the data agree alike, so they show no spread"
    assert found.text.endswith(f"Alpha has no interval: {found.reasons['alpha_interval']}.")


def test_without_articles_none_are_told_of(study: Study) -> None:
    found = found_on(study, [item | {"article_id": ""} for item in paired()])
    assert {item["articles"] for item in found.plan.with_more} == {None}
    alone = found_on(study, [row(1, coder, "calm", article_id="") for coder in ("ada", "ben")])
    assert alone.reasons["percent_agreement_interval"] == (
        "there is one unit only, so the data show no spread between units"
    )


def test_sets_of_values_need_no_codebook(study: Study) -> None:
    values = ("a|b", "a", "", "b")
    rows = [row(n, coder, values[n % 4], variable="own") for n in range(40) for coder in ("ada", "ben")]
    found = found_on(study, rows, variables=["own"])
    assert (found.level, found.alpha, [value.value for value in found.values]) == ("masi", 1.0, ["a", "b"])
