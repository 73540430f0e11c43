"""The command, and what stands in the file that it leaves."""

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from lxml import html

from framing.formats import read_frame, writing
from framing.settings import Workspace, change_settings
from framing.steps.prevalence import prevalence
from framing.steps.reliability import reliability
from framing.steps.study import Study
from tests.conftest import Run

SECTIONS = "glance findings stories articles codebook sampling reliability gold model methods".split()


def said(file: Path, section: str) -> str:
    """The section's text on one line, as a reader gets it."""
    page = html.fromstring(file.read_text(encoding="utf-8"))
    (found,) = page.xpath(f"//section[@id='{section}']")
    return " ".join(found.text_content().split())


def change(file: Path, column: str, value: str, row: int = 0) -> None:
    frame = read_frame(file)
    frame.loc[frame.index[row], column] = value
    with writing(file, list(frame.columns)) as rows:
        rows.write(frame.to_dict("records"))


def test_a_whole_study_is_on_one_page(run: Run, study_copy: Workspace) -> None:
    done = run("report", "-o", "report.html", "--json")
    assert done.code == 0
    assert done.json["missing"] == {}
    file = study_copy.root / "report.html"
    assert done.json["bytes"] == file.stat().st_size
    assert (done.json["scored_articles"], done.json["articles_shown"], done.json["stories"]) == (10, 10, 2)
    page = html.fromstring(file.read_text(encoding="utf-8"))
    assert [section.get("id") for section in page.xpath("//section[@aria-labelledby]")] == SECTIONS
    assert not page.xpath("//link | //img | //iframe | //script[@src] | //*[@onclick]")
    assert said(file, "articles").startswith("Articles Every unit with the label of model frame@")
    assert len(page.xpath("//details[@class='article']")) == 10


def test_the_same_study_gives_the_same_bytes(run: Run, study_copy: Workspace) -> None:
    assert run("report", "-o", "one.html").code == run("report", "-o", "two.html").code == 0
    assert Path("one.html").read_bytes() == Path("two.html").read_bytes()


def test_its_figures_are_those_of_the_other_commands(run: Run, study_copy: Workspace) -> None:
    done = run("report", "-o", "report.html", "--json")
    study = Study(study_copy)
    agreed = reliability(study).variables[0]
    assert done.json["alpha"] == {"frame": agreed.alpha}
    file = study_copy.root / "report.html"
    assert agreed.text in said(file, "reliability")
    paragraph = said(file, "methods")
    assert agreed.text in paragraph
    shares = prevalence(study, study_copy.scores / "units.csv", by="outlet").shares
    whole = next(row for row in shares if row["group"] == "all" and row["value"] == "alarmist_headline")
    low, high = whole["corrected_share_interval"]
    told = f"{100 * whole['corrected_share']:.1f} %, 95 % CI [{100 * low:.1f}, {100 * high:.1f}]"
    assert f"alarmist headline {told}" in paragraph
    findings = said(file, "findings")
    for row in shares:
        if row["corrected_share"] is not None:
            assert f"{100 * row['corrected_share']:.1f} %" in findings
    assert "Angelopoulos" in paragraph
    assert "Egami" in paragraph


def test_an_empty_workspace_is_told_what_comes_next(run: Run, workspace: Workspace) -> None:
    book = workspace.codebook.read_text(encoding="utf-8")
    workspace.codebook.write_text(book.replace("name: frame", "name: tone"), encoding="utf-8")
    done = run("report", "-o", "report.html", "--json")
    assert done.code == 0
    assert done.json["missing"] == {
        "labels": "No labels yet. framing push INPUT... then framing pull, or framing labels import FILE",
        "scores": "No scored articles yet. framing score INPUT... --explain -o scores/units.csv",
        "model": "No model yet. framing train",
        "stories": "No stories yet. framing compare INPUT... -o stories",
    }
    file = workspace.root / "report.html"
    for section, told in (
        ("findings", "framing score"),
        ("stories", "framing compare"),
        ("articles", "framing score"),
        ("sampling", "framing push"),
        ("reliability", "framing push"),
        ("gold", "framing push"),
        ("model", "framing train"),
    ):
        assert told in said(file, section)
    assert "Nothing has been coded yet." in said(file, "methods")


def test_no_workspace_is_needed(
    run: Run, study_copy: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart = tmp_path / "apart"
    apart.mkdir()
    monkeypatch.chdir(apart)
    root = study_copy.root
    done = run(
        "report",
        root / "labels",
        "--scores",
        root / "scores/units.csv",
        "--stories",
        root / "stories",
        "-o",
        "r.html",
    )
    assert done.code == 0
    assert "pages/" not in (apart / "r.html").read_text(encoding="utf-8")


def test_stories_below_the_report_are_linked(run: Run, study_copy: Workspace) -> None:
    assert run("report", "-o", "report.html").code == 0
    page = html.fromstring((study_copy.root / "report.html").read_text(encoding="utf-8"))
    links = page.xpath("//section[@id='stories']//a/@href")
    assert links[0] == "stories/index.html"
    assert len(links) == 3
    assert all((study_copy.root / link).is_file() for link in links)


def test_without_labels_shares_are_raw_and_said_to_be(run: Run, study_copy: Workspace) -> None:
    shutil.rmtree(study_copy.labels)
    assert run("report", "-o", "report.html").code == 0
    file = study_copy.root / "report.html"
    assert "Not corrected for the model's errors: no labels yet." in said(file, "findings")
    assert "Shares corrected for the model's errors are undefined: no labels yet." in said(file, "methods")


def test_labels_without_a_known_chance_correct_nothing(run: Run, study_copy: Workspace) -> None:
    file = study_copy.labels / "starter.csv"
    frame = read_frame(file).assign(sampling="uncertain", probability="")
    with writing(file, list(frame.columns)) as rows:
        rows.write(frame.to_dict("records"))
    assert run("report", "-o", "report.html").code == 0
    report = study_copy.root / "report.html"
    assert "No labels drawn with a known chance." in said(report, "findings")
    assert "where a model was uncertain" in said(report, "sampling")
    assert "chosen where a model was uncertain (no known chance of being drawn)" in said(report, "methods")


def test_agreement_that_is_undefined_is_said_to_be(run: Run, study_copy: Workspace) -> None:
    file = study_copy.labels / "starter.csv"
    frame = read_frame(file)
    frame = frame[frame["coder"] == "coder-a"]
    with writing(file, list(frame.columns)) as rows:
        rows.write(frame.to_dict("records"))
    done = run("report", "-o", "report.html", "--json")
    assert done.json["alpha"] == {"frame": None}
    report = study_copy.root / "report.html"
    assert "undefined" in said(report, "glance")
    assert "can't be given as Krippendorff's alpha: " in said(report, "methods")


def test_a_variable_that_the_gate_refuses_has_a_reason(run: Run, study_copy: Workspace) -> None:
    book = study_copy.codebook.read_text(encoding="utf-8")
    gated = book.replace("type: one\n", "type: one\n    min_alpha: 1.0\n    below: refuse\n", 1)
    assert gated != book
    study_copy.codebook.write_text(gated, encoding="utf-8")
    answers = read_frame(study_copy.labels / "starter.csv")
    second = answers.index[answers["coder"] == "coder-b"][0]
    other = "neutral_report" if answers["value"][second] != "neutral_report" else "site_furniture"
    change(study_copy.labels / "starter.csv", "value", other, int(second))
    assert run("report", "-o", "report.html").code == 0
    report = study_copy.root / "report.html"
    assert "No gold: alpha of frame is " in said(report, "gold")
    assert "On frame there is no gold: alpha of frame is " in said(report, "methods")


def test_articles_over_the_limit_are_counted(run: Run, study_copy: Workspace) -> None:
    done = run("report", "-o", "report.html", "--articles", "3")
    assert "3 of 10 articles are shown with their units: --articles" in done.err
    assert "3 of 10 articles are shown." in said(study_copy.root / "report.html", "articles")


def test_scores_without_explanations_are_explained_by_the_model(run: Run, study_copy: Workspace) -> None:
    file = study_copy.scores / "units.csv"
    assert run("report", "-o", "with.html").code == 0
    frame = read_frame(file).drop(columns="explanation")
    with writing(file, list(frame.columns)) as rows:
        rows.write(frame.to_dict("records"))
    assert run("report", "-o", "without.html").code == 0
    data = [
        html.fromstring(Path(name).read_text(encoding="utf-8")).get_element_by_id("data").text
        for name in ("with.html", "without.html")
    ]
    assert data[0] == data[1]


def test_the_date_is_that_of_the_data_or_the_one_given(run: Run, study_copy: Workspace) -> None:
    run("report", "-o", "one.html")
    run("report", "-o", "two.html", "--date", "12 May 2027")
    assert "Study · 2026-11-22 (latest answer)" in Path("one.html").read_text(encoding="utf-8")
    assert "Study · 12 May 2027<" in Path("two.html").read_text(encoding="utf-8")


def test_without_matplotlib_the_figures_stay(
    run: Run, study_copy: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = run("report", "-o", "report.html", "--json")
    assert done.code == 0
    assert done.json["missing"] == {
        "plots": "plots need matplotlib, which is not installed. pip install 'framing[plots]'"
    }
    told = said(study_copy.root / "report.html", "model")
    assert "plots need matplotlib" in told
    assert "Calibration" in told


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("p_neutral_report", "often", "row 2, column p_neutral_report: found 'often', expected a number"),
        (
            "p_neutral_report",
            "1.5",
            "row 2, column p_neutral_report: found '1.5', expected a probability from 0 to 1",
        ),
        (
            "model",
            "other@000000000000",
            "scores of 2 models on 1 variable with 5 values, expected one model",
        ),
        ("position", "first", "row 2, column position: found 'first', expected a whole number"),
    ],
)
def test_a_fault_in_the_scores_is_an_error(
    run: Run, study_copy: Workspace, column: str, value: str, message: str
) -> None:
    change(study_copy.scores / "units.csv", column, value)
    done = run("report", "-o", "report.html")
    assert done.code == 1
    assert f"units.csv: {message}" in done.err
    assert re.search(r"^hint: .", done.err, re.MULTILINE)
    assert not Path("report.html").exists()


def test_scores_of_a_model_that_is_not_at_hand(run: Run, study_copy: Workspace) -> None:
    file = study_copy.scores / "units.csv"
    frame = read_frame(file).assign(model="gone@000000000000").drop(columns="explanation")
    with writing(file, list(frame.columns)) as rows:
        rows.write(frame.to_dict("records"))
    done = run("report", "-o", "report.html", "--json")
    assert done.code == 0
    assert done.json["missing"] == {
        "model": "The scores are by model gone@000000000000, which is not at hand. framing report --model MODEL"
    }
    assert "model gone@000000000000 is not at hand" in said(study_copy.root / "report.html", "findings")
    refused = run("report", "-o", "other.html", "--model", "frame")
    assert refused.code == 1
    assert "error: the scores were made by model gone@000000000000, found frame@" not in refused.err
    assert "no model there" in refused.err


def test_stories_with_a_fault_are_an_error(run: Run, study_copy: Workspace) -> None:
    change(study_copy.root / "stories/stories.csv", "articles", "5")
    frame = read_frame(study_copy.root / "stories/stories.csv").drop(columns="page")
    with writing(study_copy.root / "stories/stories.csv", list(frame.columns)) as rows:
        rows.write(frame.to_dict("records"))
    done = run("report", "-o", "report.html")
    assert done.code == 1
    assert "stories.csv: column page missing, found story topic title" in done.err
    missing = run("report", "-o", "report.html", "--stories", "nowhere")
    assert missing.code == 1
    assert "articles.csv: no such file" in missing.err


def test_only_html_is_written(run: Run, study_copy: Workspace) -> None:
    done = run("report", "-o", "report.pdf")
    assert done.code == 1
    assert "error: report.pdf: no format for '.pdf', expected .html" in done.err


def test_the_json_is_a_summary_of_plain_keys(run: Run, study_copy: Workspace) -> None:
    found = json.loads(run("report", "-o", "report.html", "--json").out)
    assert set(found) == set(
        "file bytes model labels coders scored_articles scored_units articles_shown stories alpha macro_f1 missing".split()
    )


def test_the_report_has_the_studys_name_or_the_title_that_was_set(study_copy: Workspace, run: Run) -> None:
    page = study_copy.root / "report.html"
    assert run("report", "-o", page).code == 0
    assert "<h1>study</h1>" in page.read_text(encoding="utf-8")
    change_settings(study_copy.settings, {"title": "Floods & <frames>"})
    assert run("report", "-o", page).code == 0
    assert "<h1>Floods &amp; &lt;frames&gt;</h1>" in page.read_text(encoding="utf-8")
