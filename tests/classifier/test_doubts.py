"""Labels to look at again: contradicted by the model, or by near copies."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.classifier import DOUBTS, Bench, FramingClassifier, doubts
from framing.classifier.doubts import contradicting_copies

LONG = "the harbour board said on monday that the ferry would sail again before the week is out"


def bench(*rows: tuple[str, str, str]) -> Bench:
    """Units with text, region and value, each of an article of its own."""
    table = pd.DataFrame(
        [
            {"unit_id": f"u{n}", "article_id": f"a{n}", "story": "", "outlet": "", "region_before": ""}
            | {"region_after": "", "position": 0, "text": text, "region": region, "value": value}
            for n, (text, region, value) in enumerate(rows)
        ]
    )
    return Bench(FramingClassifier(), table, None, 1)


def test_equal_and_nearly_equal_texts_with_other_answers_are_told() -> None:
    found = contradicting_copies(
        bench(
            ("Give now", "appeal", "appeal"),
            (LONG, "body", "report"),
            (f"{LONG} at last", "body", "alarm"),
            ("GIVE NOW", "appeal", "report"),
            (f"Today {LONG}", "body", "report"),
            ("Snow fell", "body", "report"),
        )
    )
    told = [[row[name] for name in ("unit_id", "value", "kind", "suggested", "copy_of")] for row in found]
    assert told == [
        ["u0", "appeal", "copy", "report", "u3"],
        ["u1", "report", "copy", "alarm", "u2"],
        ["u2", "alarm", "copy", "report", "u1"],
        ["u3", "report", "copy", "appeal", "u0"],
        ["u4", "report", "copy", "alarm", "u2"],
    ]
    assert set(found[0]) | {"p_value", "p_suggested"} == set(DOUBTS)


def test_the_commonest_other_answer_is_suggested() -> None:
    found = contradicting_copies(
        bench(*[("Give", "body", value) for value in ("alarm", "appeal", "report", "report")])
    )
    assert [(row["suggested"], row["copy_of"]) for row in found[:3]] == [
        ("report", "u2"),
        ("report", "u2"),
        ("alarm", "u0"),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Give now", "appeal", "appeal"), ("Give now", "appeal", "appeal")),
        (("Give now", "appeal", "appeal"), ("Give now", "related", "report")),
        (("Give now", "appeal", "appeal"), ("Give then", "appeal", "report")),
    ],
    ids=["same answer", "other region", "other words"],
)
def test_what_is_no_contradiction(first: tuple[str, str, str], second: tuple[str, str, str]) -> None:
    assert contradicting_copies(bench(first, second)) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from("pqr")), min_size=1))
def test_copies_contradict_both_ways(rows: list[tuple[str, str, str]]) -> None:
    found = {row["unit_id"]: row for row in contradicting_copies(bench(*rows))}
    for number, (text, region, value) in enumerate(rows):
        others = {other[2] for other in rows if other[:2] == (text, region)} - {value}
        assert (f"u{number}" in found) == bool(others)
        if others:
            row = found[f"u{number}"]
            assert row["suggested"] in others
            assert rows[int(row["copy_of"][1:])][2] == row["suggested"]


def test_copies_are_told_where_nothing_could_be_held_out() -> None:
    found = doubts(bench(("Give", "body", "appeal"), ("Give", "body", "report")), None)
    assert [row["kind"] for row in found] == ["copy", "copy"]
