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
