"""`framing compare`: what it leaves in its folder."""

import csv
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from framing.cli.app import app
from framing.steps.compare import compare
from framing.steps.study import Study

HOSTILE = "<script>alert(1)</script> & <b>bold</b> \u202e"
MORE = (
    "\n\nThe wall was finished in 1926 and holds back six million cubic metres of water, the company said."
    "\n\nThe council of the Wend valley will hear the engineers on Tuesday evening in the town hall.\n"
)
DAM = (
    "Dam 'would not hold' another year\n\nEngineers inspect a crack in the Ashmouth dam above the Wend. "
    "“The dam would not hold a second winter,” said Ines Corrow, an engineer." + MORE
)
DAM_2 = (
    "Chilling words on the Ashmouth dam\n\nThe crack in the Ashmouth dam terrifies the valley of the Wend. "
    "Ines Corrow even claimed: “The dam wouldn’t hold another winter.”" + MORE.replace("finished", "built")
)
DAM_3 = (
    "A walk along the Ashmouth dam\n\nThe crack in the Ashmouth dam is as long as a bus, and the anglers of "
    "the Wend have seen longer.\n\nThe boats were sold on Monday.\n"
)
BREAD = (
    "Averland bakers raise the price of a loaf\n\nBakers in Averland raised the price of a standard loaf by "
    "a quarter on Monday.\n\nFlour and power cost more than a year ago, their guild said.\n"
)


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    file = tmp_path / "pages.jsonl"
    rows = [
        {"id": "1", "text": DAM, "outlet": HOSTILE, "published": "2024-05-02"},
        {"id": "2", "text": DAM_2, "outlet": "Beta", "published": "2024-05-03"},
        {"id": "3", "text": DAM_3, "outlet": "Gamma", "published": "2024-05-03", "title": HOSTILE},
        {"id": "4", "text": BREAD, "outlet": "Beta", "published": "2024-05-03"},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def test_the_tables_have_the_promised_columns_and_rows(inputs: Path, tmp_path: Path):
    out = tmp_path / "out"
    done = compare(Study(None), [inputs], out)
    articles = table(out, "articles.csv")
    assert list(articles[0]) == "article_id source outlet title published story topic copy_of".split()
    assert [row["source"] for row in articles] == ["1", "2", "3", "4"]
    stories = [row["story"] for row in articles]
    assert stories[0] == stories[1] == stories[2] != stories[3]
    assert {row["story"]: row["articles"] for row in table(out, "stories.csv")} == {
        stories[0]: "3",
        stories[3]: "1",
    }
    quoted = [row for row in table(out, "quotations.csv") if row["text"].startswith("The dam would not hold")]
    assert [row["state"] for row in quoted] == ["quoted", "quoted", "left out"]
    assert [row["added"] for row in quoted] == ["", "claimed even", ""]
    assert [row["in_headline"] for row in quoted] == ["true", "false", "false"]
    assert (done.articles, done.stories, done.shared_stories, done.pages) == (4, 2, 1, 1)


def test_pages_escape_what_they_show_and_load_nothing(inputs: Path, tmp_path: Path):
    out = tmp_path / "out"
    compare(Study(None), [inputs], out)
    pages = [out / "index.html", *sorted((out / "pages").iterdir())]
    assert len(pages) == 2
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert not re.search(r"<script|<b>bold|<link|<img|src=|https?://|url\(", text)
        assert "default-src 'none'" in text
    links = re.findall(r'href="([^"]+)"', pages[0].read_text(encoding="utf-8"))
    assert links == [f"pages/{pages[1].name}"]


def test_a_second_run_changes_no_byte(inputs: Path, tmp_path: Path):
    out = tmp_path / "out"
    compare(Study(None), [inputs], out)
    before = {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
    compare(Study(None), [inputs], out)
    assert before == {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def test_the_command_tells_what_it_found(inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["compare", str(inputs), "-o", "out", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["articles"], told["shared_quotations"], told["unusable"]) == (4, 1, [])
    assert (tmp_path / "out" / "index.html").is_file()


def test_an_input_that_cannot_be_used_is_named_and_the_others_go_on(inputs: Path, tmp_path: Path):
    given = [str(inputs), str(tmp_path / "nowhere.txt"), "-o", str(tmp_path / "out")]
    done = CliRunner().invoke(app, ["compare", *given])
    assert done.exit_code == 4
    assert "nowhere.txt: no such file or folder" in done.stderr
    assert len(table(tmp_path / "out", "articles.csv")) == 4


def test_inputs_of_which_none_can_be_used_leave_no_folder(tmp_path: Path):
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["compare", str(tmp_path / "nowhere.txt"), "-o", str(out)])
    assert done.exit_code != 0
    assert not out.exists()


def test_a_model_that_is_asked_for_must_be_there(inputs: Path, tmp_path: Path):
    from framing.errors import ModelError

    with pytest.raises(ModelError, match="no model there"):
        compare(Study(None), [inputs], tmp_path / "out", model="nothing")


def test_units_that_do_not_stand_together_are_refused(tmp_path: Path):
    from framing.errors import InputError

    file = tmp_path / "units.csv"
    rows = [("1", "One."), ("2", "Two."), ("1", "Three.")]
    lines = [f"{name},{text}" for name, text in rows]
    file.write_text("\n".join(["source,text", *lines]) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="the units of '1' do not stand together") as caught:
        compare(Study(None), [file], tmp_path / "out", presplit=True)
    assert caught.value.hint == "sort the table by article_id, the units in their order"


def test_a_model_adds_frames_and_the_differences_of_outlets(tmp_path: Path):
    from framing.steps.models import find_model
    from framing.steps.score import score

    file = tmp_path / "pages.jsonl"
    rows = [
        {"id": f"{outlet}{n}", "text": text, "outlet": outlet, "published": f"2024-05-0{n}", "story": f"s{n}"}
        for n in range(1, 7)
        for outlet, text in (("Alpha", DAM), ("Beta", BREAD))
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    study = Study(None)
    model = find_model(study)
    out = tmp_path / "out"
    done = compare(study, [file], out)
    assert (done.model, done.reason) == (model.id, "")
    found = table(out, "outlets.csv")
    assert [row["value"] for row in found] == list(model.values)
    assert {row["variable"] for row in found} == {model.variable}
    assert {(row["outlet_a"], row["outlet_b"], row["stories"]) for row in found if row["difference"]} == {
        ("Alpha", "Beta", "6")
    }
    row = next(row for row in table(out, "stories.csv") if row["story"] == "s1")
    page = (out / row["page"]).read_text("utf-8")
    assert model.id in page
    scored = tmp_path / "scores.csv"
    score(study, [file], output=scored)
    with scored.open(encoding="utf-8", newline="") as stream:
        heads = {row["text"]: row["label"] for row in csv.DictReader(stream) if row["region"] == "headline"}
    assert DAM.partition("\n")[0] in heads
    assert all(label.replace("_", " ") in page for label in heads.values())


def test_numbers_are_told_in_words_and_pages_without_outlet_by_a_short_name(tmp_path: Path):
    pages = tmp_path / "pages"
    pages.mkdir()
    for number, text in enumerate((DAM, DAM_2)):
        (pages / f"00{number}_43f5bdb1ed3ce12c.txt").write_text(text, encoding="utf-8")
    alone = CliRunner().invoke(
        app, ["compare", str(pages / "000_43f5bdb1ed3ce12c.txt"), "-o", str(tmp_path / "one")]
    )
    assert "1 article, 0 copies among them; 1 story, 0 of several articles; 1 topic" in alone.stdout
    assert "1 article without a date" in alone.stderr
    out = tmp_path / "two"
    assert compare(Study(None), [pages], out).stories == 1
    index = (out / "index.html").read_text(encoding="utf-8")
    assert "000_43f5…e12c" in index
    assert re.findall(r"<h2><a [^>]*>(.*?)</a>", index) == [DAM_2.partition("\n")[0]]
    assert re.search(r"<span>1 in the headline</span> <span>1 quoted</span>", index)


def test_copies_are_counted_once_where_asked(tmp_path: Path):
    file = tmp_path / "pages.jsonl"
    rows = [
        {
            "id": f"{outlet}{n}",
            "text": f"{DAM}\n\nNumber {n}.",
            "outlet": outlet,
            "published": f"2024-0{n}-01",
        }
        for n in range(1, 7)
        for outlet in ("Alpha", "Beta")
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = compare(Study(None), [file], tmp_path / "all")
    compare(Study(None), [file], tmp_path / "once", copies_once=True)
    assert found.copies == 11
    assert {row["articles_a"] for row in table(tmp_path / "all", "outlets.csv")} == {"6"}
    assert table(tmp_path / "once", "outlets.csv") == []
    copies = [row["copy_of"] for row in table(tmp_path / "once", "articles.csv")]
    assert sum(map(bool, copies)) == 11
