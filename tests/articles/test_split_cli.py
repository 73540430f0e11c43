"""`framing split` on HTML, its page and its list of copies, seen from outside."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from framing.formats import read_frame
from framing.records import REGIONS

HOSTILE = (
    "<script>alert(1)</script> & \"quotes\" 'here'\n\nIt will </style><img src=x onerror=alert(1)> rain.\n"
    "\x07\u202eetirw ot thgir\u202c =1+1\n"
)


def framing(*given: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "framing", "split", *map(str, given)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8")


def story(words: str, count: int) -> str:
    return " ".join(
        f"{words} {number} was seen in the {number * 7 % 31}th street." for number in range(count)
    )


def test_the_page_shows_every_unit_escaped_and_loads_nothing(tmp_path):
    (tmp_path / "evil.txt").write_text(HOSTILE, encoding="utf-8", newline="")
    done = framing("evil.txt", "-o", "page.html", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;" in page
    assert not re.search(r"<(script|img|link|iframe|object)\b|url\(|@import|https?:", page)
    assert "onerror=alert(1)&gt;" in page
    assert "\u202e" not in page
    assert "\x07" not in page
    assert all(f'id="show-{region}"' in page for region in REGIONS)
    units = framing("evil.txt", cwd=tmp_path).stdout.splitlines()
    assert len(units) == page.count('class="unit"') > 2
    assert all(f'id="{json.loads(unit)["unit_id"]}"' in page for unit in units)


def test_the_page_shows_author_time_and_depth_of_comments(tmp_path):
    (tmp_path / "a.html").write_text(
        "<html><body><h1>Rain over hills</h1><p>It will rain in the hills for the whole of next week.</p>"
        '<ol class="comment-list"><li class="comment" id="comment-1"><b class="fn">Moll</b>'
        '<time datetime="2024-05-06">May</time><p>So it will.</p><ul class="children">'
        '<li class="comment" id="comment-2"><b class="fn">Tam</b><p>No.</p></li></ul></li></ol>',
        encoding="utf-8",
    )
    assert framing("a.html", "-o", "page.html", cwd=tmp_path).returncode == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "by Moll, 2024-05-06 · depth 0" in page
    assert "by Tam, no time · depth 1" in page
    assert 'class="line comment first" style="--depth:1"' in page


def test_copies_are_listed_with_their_origin(tmp_path):
    wire = story("A grey heron", 60)
    rows = [
        {"id": "late", "published": "2024-05-07", "text": f"Herons!\n\n{wire}"},
        {"id": "first", "published": "2024-05-06", "text": f"Herons in town\n\n{wire}"},
        {
            "id": "half",
            "published": "2024-05-08",
            "text": story("A grey heron", 36) + story("A red kite", 24),
        },
        {"id": "other", "published": "2024-05-01", "text": story("A white van", 60)},
        {"id": "short", "published": "2024-05-01", "text": "Rain."},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    done = framing("a.jsonl", "--json", "--copies", "copies.csv", cwd=tmp_path)
    assert done.returncode == 0
    assert (
        done.stderr == "2 of 5 articles are copies or rewrites of another; 1 too short to tell: copies.csv\n"
    )
    table = read_frame(tmp_path / "copies.csv")
    assert list(table["source"]) == ["late", "first", "half"]
    origin = table["article_id"][1]
    assert list(table["copy_of"]) == [origin, "", origin]
    assert list(table["kind"]) == ["copy", "copy", "rewrite"]
    shares = [float(share) for share in table["share"]]
    assert shares[0] > 0.95
    assert 0.5 <= shares[2] < 0.8
    assert [row["source"] for row in json.loads(done.stdout)["copies"]] == ["late", "first", "half"]


def test_an_unknown_ending_of_the_copies_is_told_before_any_work(tmp_path):
    done = framing("nowhere.txt", "--copies", "copies.doc", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: copies.doc: no format for '.doc', expected .csv")


@pytest.mark.parametrize("fast", [[], ["--fast"]])
def test_unusable_pages_end_with_code_4_and_the_others_are_there(tmp_path, fast):
    (tmp_path / "a.html").write_text("<html><body><p>It will rain.</p></body></html>", encoding="utf-8")
    (tmp_path / "b.html").write_text("<html><body></body></html>", encoding="utf-8")
    (tmp_path / "c.gz").write_bytes(b"\x1f\x8b\x08\x00")
    done = framing(".", "-o", "units.csv", *fast, cwd=tmp_path)
    assert done.returncode == 4
    assert done.stderr.splitlines() == [
        "1 article, 1 unit",
        "not used: b.html: an HTML page without visible text",
        "not used: c.gz: truncated: the gzip data end before their end mark",
        "2 inputs could not be used",
    ]
    with (tmp_path / "units.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["text"] for row in csv.DictReader(stream)] == ["It will rain."]


@pytest.mark.parametrize(("unit", "texts"), [("paragraph", ["One. Two.", "Three."]), ("article", None)])
def test_a_unit_is_what_the_codebook_of_the_workspace_says(tmp_path, unit, texts):
    page = "One. Two.\n\nThree."
    framing_init = [sys.executable, "-m", "framing", "init", "study"]
    subprocess.run(framing_init, cwd=tmp_path, check=True, capture_output=True)
    study = tmp_path / "study"
    codebook = study / "config" / "codebook.yaml"
    told = codebook.read_text(encoding="utf-8")
    codebook.write_text(told.replace("unit: sentence\n", "").rstrip() + f"\nunit: {unit}\n", encoding="utf-8")
    (study / "a.txt").write_text(page, encoding="utf-8")
    inside = [json.loads(line) for line in framing("a.txt", cwd=study).stdout.splitlines()]
    assert [row["text"] for row in inside] == (texts or [page])
    (tmp_path / "a.txt").write_text(page, encoding="utf-8")
    outside = [json.loads(line) for line in framing("a.txt", cwd=tmp_path).stdout.splitlines()]
    assert [row["text"] for row in outside] == ["One.", "Two.", "Three."]
    named = framing("a.txt", "--workspace", "study", cwd=tmp_path).stdout.splitlines()
    assert [json.loads(row)["text"] for row in named] == (texts or [page])
