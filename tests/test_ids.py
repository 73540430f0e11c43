"""Ids that nothing takes for numbers, and what was made before they had a letter."""

import io
import json
import math
from hashlib import blake2b
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from framing.articles import read_units
from framing.classifier.evaluation import Counts
from framing.codebook import Codebook
from framing.errors import TableError
from framing.findings.alignment import align
from framing.findings.quotations import Quotation
from framing.findings.stories import Known, group_articles
from framing.formats import read_frame, writing
from framing.labels import read_labels
from framing.labels.disagreement import disagreements
from framing.labels.imports.rows import Order, imported
from framing.labels.merge import merge
from framing.labelstudio import complete
from framing.pages import split_article
from framing.records import (
    Article,
    Unit,
    article_id,
    former_article,
    former_unit,
    todays_article,
    todays_unit,
)
from framing.reliability.ratings import Ratings
from framing.sampling import Plan, draw, rank
from framing.similarity import Runs
from framing.steps.by_story import Stories
from framing.steps.rounds import Wanted, pool_of
from framing.steps.stories.telling import _in_time
from framing.tables import LABELS, checked
from framing.terms import TermCounts
from tests.former import FORMER, NAMES, ROAD, as_in_0_1_0, lines_of, units

#: What commit ae0aedf (0.1.0) draws of these units, a star where they are blind; whom it deals them to.
DRAWN = (
    "p2694/3 p16138/0* p2935/1 p2/3* p3/3* p27/3* p115/4* p2935/3 p115/5 p5/1* p2694/1* p3/1 p27/2 p4/4 p5/5 "
    "p1/0* p115/0* p2935/0 p2/0* p2694/0* p4/0 p3/0 p27/0* p5/0*"
)
UNCERTAIN = "p115/3 p2/1 p115/2 p2935/4 p115/1 p3/5 p115/4 p16138/5 p2694/5 p1/4 p16138/1 p16138/2"
DEALT = "abaaaababababbbaaaabaaaabbaaaaabbabbabababbbaabbbabaabbabaaa"
POOL = "bba625c6d445"
STORIES = ("story-6d59efe547", "topic-6d59efe547", "story-8b504d8ace", "topic-8b504d8ace")


def like_a_number(text: str) -> bool:
    return set(text) <= set("0123456789e") and text.count("e") <= 1


def place(unit: Unit) -> str:
    return f"{unit.source.removesuffix('.txt')}/{unit.position}"


def test_ids_like_numbers_get_a_letter_and_no_others() -> None:
    found = 0
    for source in [*FORMER, *(f"https://example.org/{number}" for number in range(20_000))]:
        plain = blake2b(source.encode(), digest_size=8).hexdigest()
        found += like_a_number(plain)
        assert article_id(source) == ("u" + plain if like_a_number(plain) else plain)
        assert former_article(article_id(source)) == plain
        assert todays_article(plain) == article_id(source)
    assert found > 20
    assert [former_article(article_id(name)) for name in FORMER] == list(FORMER.values())


@pytest.mark.parametrize("source", FORMER)
def test_no_id_alone_in_a_table_is_read_as_a_number(source: str, tmp_path: Path) -> None:
    made = list(split_article(Article(source, "\n\n".join(lines_of(source)))))
    made += list(split_article(Article(source, ROAD), unit="article"))
    for unit in made:
        assert unit.unit_id.startswith(f"u{FORMER[source]}-")
        for name in ("unit_id", "article_id"):
            file = tmp_path / "a.csv"
            with writing(file, [name]) as table:
                table.write([unit.row()])
            assert pd.read_csv(file)[name].tolist() == [getattr(unit, name)]


def test_what_the_letter_is_for() -> None:
    plain = [*FORMER.values(), f"{FORMER['p16138.txt']}-776288645492"]
    read = {text: pd.read_csv(io.StringIO(f"id\n{text}\n"))["id"].iloc[0] for text in plain}
    assert [text for text in plain if read[text] == text] == [FORMER["p2694.txt"], FORMER["p16138.txt"]]
    assert math.isinf(read[FORMER["p115.txt"]]) and read[plain[-1]] == 0


@pytest.mark.parametrize(
    "text",
    ["17", "u17", "12345", "1" * 15, "1" * 17, "1e5e567890123456", "224d220064038127", "1234567890123456 ", "",
     "１２３４５６７８９０１２３４５６", "1234567890123456\n", "1234567890123456-0123456789a",
     "12e4567e90123456-0123456789ab"],
)  # fmt: skip
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert (todays_article(text), todays_unit(text)) == (text, text)
    assert (former_article(f"u{text}"), former_unit(f"u{text}")) == (f"u{text}", f"u{text}")


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet", "xlsx"])
def test_tables_of_before_are_read_under_the_ids_of_today(ending: str, tmp_path: Path) -> None:
    with as_in_0_1_0():
        rows = [unit.row() | {"copy_of": unit.article_id} for unit in units()]
    assert rows[6]["article_id"] == FORMER["p27.txt"]
    # A unit's id that a user made is none of ours, whatever the article's is like.
    rows.append(rows[0] | {"unit_id": "1234567890123456", "article_id": "17", "text": FORMER["p27.txt"]})
    file = tmp_path / f"old.{ending}"
    with writing(file, list(rows[0])) as table:
        table.write(rows)
    frame = read_frame(file)
    now = [*units(), None]
    assert frame["unit_id"].tolist() == [unit.unit_id if unit else "1234567890123456" for unit in now]
    assert frame["article_id"].tolist() == [unit.article_id if unit else "17" for unit in now]
    assert frame["copy_of"].tolist()[:-1] == frame["article_id"].tolist()[:-1]
    assert frame["text"].iloc[-1] == FORMER["p27.txt"]


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("unit_id,article_id\n", encoding="utf-8")
    frame = read_frame(tmp_path / "a.csv")
    assert list(frame.columns) == ["unit_id", "article_id"] and set(map(str, frame.dtypes)) == {"str"}


@pytest.mark.parametrize("header", ["unit_id,article_id", "Unit ID,Article ID"])
def test_labels_of_before_are_read_under_the_ids_of_today(header: str, tmp_path: Path) -> None:
    unit = units()[6]
    rows = [
        f"{given},{article},{unit.text},tone,calm,{coder},2026-05-04T10:00:00Z"
        for coder in ("ada", "ben")
        for given, article in (
            (former_unit(unit.unit_id), FORMER["p27.txt"]),
            (unit.unit_id, unit.article_id),
        )
    ]
    file = tmp_path / "main.csv"
    lines = [f"{header},text,variable,value,coder,made_at", *rows, rows[0].replace("6264", " 6264")]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    # One answer in both forms is one answer.
    for frame in (read_labels([file]), read_labels([tmp_path])):
        assert frame[["unit_id", "article_id"]].drop_duplicates().to_numpy().tolist() == [
            [unit.unit_id, unit.article_id]
        ]
        assert frame["coder"].tolist() == ["ada", "ben"]
    plain = f"{header},text,label\n{rows[0].partition(',tone')[0]},calm\n".replace("unit_id", "number")
    file.write_text(plain.replace("Unit ID", "Number"), encoding="utf-8")
    assert read_labels([file])["unit_id"].tolist() == [unit.unit_id]


def test_a_refused_cell_is_shown_as_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "main.csv"
    file.write_text(
        f"unit_id,article_id,variable,value,coder\n{FORMER['p2935.txt']}-0123456789ab,405721273877952,t,a,ada\n",
        encoding="utf-8",
    )
    with pytest.raises(TableError, match="found '405721273877952', expected '0405721273877952' as in"):
        read_labels([file])


def test_presplit_tables_of_before_give_the_same_units(tmp_path: Path) -> None:
    file = tmp_path / "units.jsonl"
    with as_in_0_1_0():
        old = [unit.row() for unit in units()]
    file.write_text("".join(json.dumps(row) + "\n" for row in old), encoding="utf-8")
    assert list(read_units([file])) == units()
    file.write_text('{"text": "Rain.", "article_id": 17, "unit_id": 18}\n', encoding="utf-8")
    assert [(unit.unit_id, unit.article_id) for unit in read_units([file])] == [("18", "17")]
    # Without a unit's id it is made of the article's.
    bare = [{"text": row["text"], "article_id": row["article_id"]} for row in old]
    file.write_text("".join(json.dumps(row) + "\n" for row in bare), encoding="utf-8")
    assert [unit.unit_id for unit in read_units([file])] == [unit.unit_id for unit in units()]


def test_labels_of_before_are_imported_under_the_ids_of_today() -> None:
    book = Codebook.parse(
        "variables: [{name: tone, values: [{name: calm, definition: d}, {name: loud, definition: d}]}]"
    )
    rows = [f"{FORMER['p27.txt']}-0123456789ab,calm", "17,calm", f"{FORMER['p115.txt']}-ba9876543210,loud"]
    found = imported("unit_id,tone\n" + "\n".join(rows) + "\n", "a.csv", book, Order("main"))
    assert [(row["unit_id"], row["article_id"]) for row in found.rows] == [
        (f"u{FORMER['p27.txt']}-0123456789ab", f"u{FORMER['p27.txt']}"),
        ("17", article_id("17")),
        (f"u{FORMER['p115.txt']}-ba9876543210", f"u{FORMER['p115.txt']}"),
    ]
    again = imported("unit_id,tone\nu" + rows[0] + "\n", "a.csv", book, Order("main"))
    assert again.rows[0]["article_id"] == f"u{FORMER['p27.txt']}"
    text = [{"text": "Rain.", "label": "calm", "article_id": name} for name in ("u", "")]
    text = [row | {"article_id": row["article_id"] + FORMER["p27.txt"]} for row in text]
    both = [imported(json.dumps(row), "a.jsonl", book, Order("main", variable="tone")) for row in text]
    assert both[0].rows[0]["unit_id"] == both[1].rows[0]["unit_id"]


def test_samples_are_those_of_0_1_0() -> None:
    plan = Plan("random", 24, 7, ("region",), 0.4)
    drawn = draw(units(), plan).drawn
    assert " ".join(place(item.unit) + "*" * item.blind for item in drawn) == DRAWN
    unsure = draw(units(), Plan("uncertain", 12, 3), lambda some: [len(unit.text) % 5 / 5 for unit in some])
    assert " ".join(place(item.unit) for item in unsure.drawn) == UNCERTAIN
    assert "".join("ab"[int(rank(5, unit.unit_id, "coder"), 16) % 2] for unit in units()) == DEALT
    assert pool_of(units(), Wanted(plan)) == POOL


def test_the_note_of_a_project_is_that_of_0_1_0() -> None:
    def note() -> str:
        tasks = [{"data": {"uid": unit.unit_id}} for unit in units()]
        return complete._note(tasks, SimpleNamespace(count=60, newest=99, made_at="2026-05-04"))

    with as_in_0_1_0():
        before = note()
    assert note() == before


def test_stories_are_those_of_0_1_0() -> None:
    ids = [article_id(name) for name in NAMES]
    texts = ["Dam cracks in Ashmouth after rain"] * 6 + ["Bread is dearer in town"] * 4
    counts, runs = TermCounts(), Runs()
    counts.add(texts)
    runs.add(texts)
    found = group_articles(Known(ids, [1.0] * len(ids), [""] * len(ids)), counts, runs)
    pairs = list(zip(found.story, found.topic, strict=True))
    assert pairs == [STORIES[:2]] * 6 + [STORIES[2:]] * 4
    # The original of copies of one day is the first by id: 0405721273877952 before 1.
    first = article_id("p2935.txt")
    assert found.copy_of[:6] == ["" if name == first else first for name in ids[:6]]
    of = dict(zip(ids, found.story, strict=True))
    assert {Stories("together", of).story(unit) for unit in units()} == set(STORIES[::2])


def labels() -> pd.DataFrame:
    rows = [
        {"unit_id": unit.unit_id, "article_id": unit.article_id, "variable": "tone", "coder": coder,
         "start": str(unit.position), "value": "loud" if number % (2 + place) == 0 else "calm"}
        for number, unit in enumerate(units())
        for place, coder in enumerate(("ada", "ben"))
    ]  # fmt: skip
    return checked(pd.DataFrame(rows, dtype="str"), LABELS, "labels")


def sorted_things() -> dict[str, object]:
    """What goes by the order of ids, the ids themselves as those of 0.1.0."""
    table = labels().sample(frac=1, random_state=1)
    ratings = Ratings.from_answers(table)
    alone = Ratings.from_answers(table.drop(columns="article_id"))
    answers = ["ab"[number * number % 7 % 2] for number in range(len(units()))]
    counts = Counts.of(answers, answers[::-1], ["a", "b"], [unit.article_id for unit in units()])
    said = {
        unit.article_id: [
            Quotation(
                unit.article_id,
                "the dam will hold".replace(letter, letter.upper()),
                "Ines",
                "said",
                (),
                "body",
                (unit.unit_id,),
                "x",
            )
        ]
        for unit, letter in zip(units()[::-6], "theadmwilo", strict=True)
    }
    cards = {number: SimpleNamespace(article=unit.row()) for number, unit in enumerate(units()[::6])}
    return {
        "clusters": ratings.clusters.tolist(),
        "by unit": alone.clusters.tolist(),
        "table": ratings.table.tolist(),
        "units": [former_unit(name) for name in ratings.units],
        "counts": counts.hits.tolist(),
        "merged": [former_unit(str(row["unit_id"])) for row in merge(table, [])],
        "open": [former_unit(item.unit_id) for item in disagreements(table)],
        "quoted": align(said, {name: [] for name in NAMES})[0].text,
        "in time": list(_in_time(cards)),  # type: ignore[arg-type]
    }


def test_what_is_sorted_by_ids_keeps_its_order() -> None:
    with as_in_0_1_0():
        before = sorted_things()
    assert sorted_things() == before
    assert before["units"] != [former_unit(unit.unit_id) for unit in sorted(units())]
