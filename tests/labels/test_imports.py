"""Labels made elsewhere: every shape, every reason, and no byte changed by a second import."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.codebook import Codebook
from framing.errors import TableError
from framing.formats import read_frame
from framing.labels.imports import Imported, Order, imported
from framing.records import article_id, digest, unit_id
from framing.settings import Workspace
from tests.conftest import Run

BOOK = Codebook.parse(
    """
variables:
  - name: tone
    values: [{name: calm, definition: d, formerly: [quiet]}, {name: loud, definition: d}]
"""
)
TWO = Codebook.parse(
    """
variables:
  - name: tone
    values: [{name: calm, definition: d}, {name: loud, definition: d}]
  - name: topics
    type: several
    values: [{name: tax, definition: d}, {name: war, definition: d}]
"""
)


def read(text: str, book: Codebook = BOOK, name: str = "a.csv", **order: object) -> Imported:
    return imported(text, name, book, Order("main", **order))  # type: ignore[arg-type]


def values(found: Imported, *columns: str) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in columns) for row in found.rows]


def told(found: Imported) -> list[str]:
    return [str(item) for item in found.unusable]


def lines(*objects: object) -> str:
    return "\n".join(json.dumps(item) for item in objects)


def test_a_plain_table_names_its_units_as_a_presplit_table_does() -> None:
    found = read("text,label\nRain.,calm\nRain.,loud\n")
    article = article_id(f"a.csv#{digest('Rain.', size=8)}")
    assert values(found, "unit_id", "value", "coder", "variable") == [
        (unit_id(article, "Rain.", 0), "calm", "given", "tone"),
        (unit_id(article, "Rain.", 1), "loud", "given", "tone"),
    ]


def test_the_same_text_of_another_coder_is_the_same_unit() -> None:
    found = read("text;label;coder\nRain.;calm;ada\nRain.;loud;ben\n")
    assert len({row["unit_id"] for row in found.rows}) == 1


def test_each_row_that_can_not_be_used_says_why() -> None:
    found = read(
        "unit_id,text,value,variable,start,region,made_at,skipped,coder\n"
        "u1,,calm,tone,,,,,ada\n"
        ",,calm,tone,,,,,ada\n"
        "u2,,shrill,tone,,,,,ada\n"
        "u3,,,tone,,,,,ada\n"
        "u4,,calm,tone,x,,,,ada\n"
        "u5,,calm,tone,,moon,,,ada\n"
        "u6,,calm,tone,,,yesterday,,ada\n"
        "u7,,calm,a b,,,,,ada\n"
        "u8,calm\n"
        "u9,,,tone,,,,true,ada\n"
        "u10,,calm|loud,tone,,,,,ada\n"
        "u11,,quiet,tone,,,,,ada\n"
        "u12,,calm,tone,,,,maybe,ada\n"
    )
    assert values(found, "unit_id", "value", "skipped") == [
        ("u1", "calm", False),
        ("u9", "", True),
        ("u11", "quiet", False),
    ]
    assert told(found) == [
        "a.csv:3: no unit: found neither unit_id nor text",
        "a.csv:4: tone: found 'shrill', expected calm loud",
        "a.csv:5: tone: no value, expected one",
        "a.csv:6: start: found 'x', expected a whole number",
        "a.csv:7: region: found 'moon', expected one of headline standfirst subhead byline body caption "
        "related appeal comment comment_meta furniture",
        "a.csv:8: made_at: found 'yesterday', expected a time like 2026-05-04T10:00:00Z",
        "a.csv:9: variable: found 'a b', expected a word of letters, digits, _ and -",
        "a.csv:10: found 2 cells, expected 9 as in the header",
        "a.csv:12: tone: found 2 values, calm loud, expected one",
        "a.csv:14: skipped: found 'maybe', expected true or false",
    ]


def test_a_column_for_each_variable() -> None:
    found = read("text,tone,topics\nRain.,calm,war|tax\nHail.,,tax\n", TWO)
    assert values(found, "variable", "value") == [("tone", "calm"), ("topics", "tax|war"), ("topics", "tax")]
    assert told(found) == ["a.csv:3: tone: no value"]


def test_columns_can_be_named_and_all_labels_given_to_one_coder() -> None:
    found = read("sentence\tcode\nRain.\tcalm\n", columns={"text": "sentence", "label": "code"}, coder="ada")
    assert values(found, "text", "value", "coder") == [("Rain.", "calm", "ada")]


def test_a_variable_that_the_codebook_does_not_have_brings_its_own_values() -> None:
    found = read("text,label\nRain.,wet\n", variable="weather")
    assert values(found, "variable", "value") == [("weather", "wet")]


def test_labels_of_no_variable_ask_for_one() -> None:
    with pytest.raises(TableError) as caught:
        read("text,label\nRain.,calm\n", TWO)
    assert caught.value.message == (
        "a.csv: does not say which variable its labels answer, expected one of tone topics"
    )
    assert caught.value.hint == "say it: framing labels import a.csv --variable tone"


def test_doccano() -> None:
    found = read(
        lines(
            {"id": 1, "text": "Rain.", "label": ["calm"], "Comments": ["sure"], "unit_id": "u1"},
            {"id": 2, "text": "Hail.", "label": []},
            {"id": 3, "text": "Snow.", "label": [[0, 4, "calm"]]},
            {"id": 4, "text": "Fog.", "label": ["calm", "loud"]},
            {"id": 5, "text": "Ice.", "annotations": [{"label": 7, "user": 1}]},
            {"id": 6, "data": "Sun.", "label": ["loud"]},
        ),
        name="d.jsonl",
    )
    assert values(found, "text", "value", "note") == [("Rain.", "calm", "sure"), ("Sun.", "loud", "")]
    assert found.rows[0]["unit_id"] == "u1"
    assert told(found) == [
        "d.jsonl:2: tone: no label: not coded, or none of them; doccano does not say which",
        "d.jsonl:3: found spans of text, expected labels of the whole text",
        "d.jsonl:4: tone: found 2 values, calm loud, expected one",
        "d.jsonl:5: found label 7, a number of doccano's, expected its name",
    ]


def prodigy(text: str, number: int, **more: object) -> dict[str, object]:
    return {"text": text, "_input_hash": number, "_task_hash": number, "answer": "accept", **more}


def test_prodigy() -> None:
    found = read(
        lines(
            prodigy("Rain.", 1, accept=["calm"], _session_id="news-Ada", _timestamp=1700000000),
            prodigy("Hail.", 2, label="loud", meta={"unit_id": "u2", "region": "body"}),
            prodigy("Snow.", 3, label="loud", answer="reject"),
            prodigy("Fog.", 4, accept=[], answer="ignore"),
            prodigy("Ice.", 5, spans=[{"start": 0}]),
        ),
        name="p.jsonl",
    )
    assert values(found, "text", "value", "skipped", "made_at", "region") == [
        ("Rain.", "calm", False, "2023-11-14T22:13:20Z", ""),
        ("Hail.", "loud", False, "", "body"),
        ("Fog.", "", True, "", ""),
    ]
    assert found.rows[1]["unit_id"] == "u2"
    assert told(found) == [
        "p.jsonl:3: loud was rejected: it says only what the text is not",
        "p.jsonl:5: found spans of text, expected labels of the whole text",
    ]
    assert "ada" not in str(found.rows).lower()


def test_prodigys_yes_to_each_of_several_values_is_one_answer() -> None:
    rows = [prodigy("Rain.", 1, label=name) for name in ("war", "tax")]
    found = read(lines(*rows), TWO, variable="topics")
    assert values(found, "value") == [("tax|war",)]


def test_no_e_mail_address_becomes_a_coder() -> None:
    found = read("text,label,coder\nRain.,calm,Ada@Example.org\nHail.,calm,ada@example.org\n")
    assert {row["coder"] for row in found.rows} == {f"coder-{digest('ada@example.org', size=4)}"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "just words\n",
            "x: found neither JSON nor a table with a header line, expected CSV, JSONL or an export",
        ),
        ('[{"a": 1}, {"a"', "x: begins as JSON but is none: Expecting ':' delimiter"),
    ],
)
def test_what_is_no_table_is_refused(text: str, message: str) -> None:
    with pytest.raises(TableError) as caught:
        read(text, name="x")
    assert caught.value.message == message


_HOSTILE = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20
).filter(str.strip)
_ROWS = st.lists(
    st.tuples(
        _HOSTILE, st.sampled_from(["calm", "quiet", "loud", "shrill", ""]), st.sampled_from(["ada", "ben"])
    ),
    min_size=1,
    max_size=8,
)


@given(_ROWS)
def test_every_row_is_used_or_named(rows: list[tuple[str, str, str]]) -> None:
    objects = [{"text": text, "label": label, "coder": coder} for text, label, coder in rows]
    found = read(lines(*objects))
    assert len(found.rows) + len(found.unusable) == len(rows)
    assert {row["text"] for row in found.rows} <= {text for text, _, _ in rows}
    assert all(row["value"] in ("calm", "quiet", "loud") for row in found.rows)


@given(st.text(max_size=200))
def test_no_text_at_all_is_a_crash(text: str) -> None:
    with contextlib.suppress(TableError):
        assert all(row["value"] in ("calm", "quiet", "loud", "") for row in read(text).rows)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["data", "annotations", "result", "value", "choices", "from_name", "label", "text", "accept", "answer", "_input_hash", "meta", "annotation_id", "annotator", "completed_by", "tone", "unit_id", "lead_time"]), inner, max_size=4), max_leaves=20))  # fmt: skip
def test_no_json_at_all_is_a_crash(item: object) -> None:
    found = read(json.dumps([item]), name="x.json")
    assert all(row["unit_id"] for row in found.rows)


@pytest.fixture
def small(workspace: Workspace) -> Workspace:
    workspace.codebook.write_text(
        "variables: [{name: tone, values: [{name: calm, definition: d}, {name: loud, definition: d}]}]"
    )
    return workspace


def test_an_import_joins_a_round_and_a_second_one_changes_no_byte(small: Workspace, run: Run) -> None:
    file = small.root / "made.csv"
    file.write_text('text,label,coder\n"=1+1, ""so""",calm,ada\nHail.,shrill,ada\n"a\nb",loud,ben\n')
    first = run("labels", "import", file, "--json")
    assert first.code == 4
    assert (first.json["answers"], first.json["new"]) == (2, 2)
    assert first.err == (
        "not used: made.csv:3: tone: found 'shrill', expected calm loud\n1 input could not be used\n"
    )
    labels = small.labels / "main.csv"
    before = labels.read_bytes()
    again = run("labels", "import", file, "--json")
    assert (again.code, again.json["new"]) == (4, 0)
    assert labels.read_bytes() == before
    frame = read_frame(labels)
    assert sorted(zip(frame["text"], frame["value"], frame["current"], strict=True)) == [
        ('=1+1, "so"', "calm", "true"),
        ("a\nb", "loud", "true"),
    ]


def test_a_labels_file_goes_back_into_the_rounds_that_it_names(small: Workspace, run: Run) -> None:
    file = small.root / "made.csv"
    file.write_text("round,unit_id,variable,value,coder\npilot,u1,tone,calm,ada\n,u2,tone,loud,ada\n")
    assert run("labels", "import", file).code == 0
    assert read_frame(small.labels / "pilot.csv")["unit_id"].tolist() == ["u1"]
    assert read_frame(small.labels / "main.csv")["unit_id"].tolist() == ["u2"]
    assert run("labels", "import", file, "--round", "second").code == 0
    assert len(read_frame(small.labels / "second.csv")) == 2


def test_nothing_usable_is_one_error(small: Workspace, run: Run) -> None:
    file = small.root / "made.csv"
    file.write_text("text,label\nRain.,wet\n")
    done = run("labels", "import", file)
    assert done.code == 1
    assert done.err == (
        "made.csv:2: tone: found 'wet', expected calm loud\n"
        f"error: {file}: none of its 1 row can be used\n"
        "hint: name columns with --column, the variable with --variable; docs/codebooks.md has examples\n"
    )
    assert not (small.labels / "main.csv").exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file or directory"),
        (b"", "the file is empty"),
        (b"PK\x03\x04", "a ZIP archive or an office document, expected text"),
    ],
)
def test_an_unreadable_file_is_named(content: bytes | None, reason: str, small: Workspace, run: Run) -> None:
    file = small.root / "made.csv"
    if content is not None:
        file.write_bytes(content)
    done = run("labels", "import", file)
    assert done.code == 1
    assert done.err.splitlines()[0] == f"error: {file}: {reason}"


def test_renamed_values_and_variables_are_read_under_todays_names(small: Workspace, run: Run) -> None:
    file = small.labels / "main.csv"
    file.write_text("unit_id,variable,value,coder\nu1,tone,calm,ada\nu1,tone,loud,ben\nu2,tone,calm,ada\n")
    before = file.read_bytes()
    small.codebook.write_text(
        "variables: [{name: voice, formerly: [tone], values: "
        "[{name: still, formerly: [calm], definition: d}, {name: loud, definition: d}]}]"
    )
    out = small.root / "gold.csv"
    assert run("labels", "gold", "-o", out).code == 0
    gold = read_frame(out)
    assert gold[["variable", "value"]].to_numpy().tolist() == [["voice", ""], ["voice", "still"]]
    assert run("reliability", "--json").json["variables"][0]["variable"] == "voice"
    assert run("codebook", "check").code == 0
    assert file.read_bytes() == before


def test_a_removed_value_with_answers_is_refused_with_the_count(small: Workspace, run: Run) -> None:
    (small.labels / "main.csv").write_text(
        "unit_id,variable,value,coder\nu1,tone,calm,ada\nu1,tone,quiet,ben\nu2,tone,quiet,ada\n"
    )
    done = run("codebook", "check")
    assert done.code == 1
    assert done.err == (
        "labels/: tone=quiet: 2 answers\n"
        f"error: {small.codebook}: labels/ holds 2 answers with values that the codebook does not have\n"
        "hint: give the values back, or name what they became with formerly: [OLD]\n"
    )
    old = Path("old.yaml")
    old.write_text(small.codebook.read_text().replace("name: loud", "name: quiet"))
    told_ = run("codebook", "diff", old, "--json").json
    assert told_["answers"] == {"tone=quiet": 2}
    assert not told_["same_values"]
