"""Quoted passages, their speakers, and the same quotation in several articles."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.findings.alignment import align, likeness, words_of
from framing.findings.passages import passages
from framing.findings.quotations import Quotation, quotations


def page(*lines: tuple[str, str] | str, name: str = "a") -> list[dict[str, Any]]:
    found = []
    for number, line in enumerate(lines):
        region, text = line if isinstance(line, tuple) else ("body", line)
        unit = {"unit_id": f"{name}-{number}", "article_id": name, "paragraph": number}
        found.append(unit | {"region": region, "text": text})
    return found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("“It will hold,” she said.", ["It will hold,"]),
        ('"It will hold," she said. "For now."', ["It will hold,", "For now."]),
        ("He spoke of ‘the dogs’ day’.", ["the dogs’ day"]),
        ("Holt says 'hardly likely' as doubts grow", ["hardly likely"]),
        ("It isn't the readers' fault, they've said.", []),
        ("They told us in '74 it would see out the century", []),
        ("She said: “He told me ‘never’ twice.”", ["He told me ‘never’ twice."]),
        ("Without any doubt it grows,” he said.", ["Without any doubt it grows,"]),
        ("“It began here", ["It began here"]),
        ('He said:"They told us."', ["They told us."]),
        ("»Genug«, sagte er.", ["Genug"]),
        ("» Support us", []),
        ("„Genug“, sagte er.", ["Genug"]),
    ],
)
def test_passages(line, expected):
    assert [line[found.start : found.end] for found in passages(line)] == expected


@given(st.text(alphabet="ab '\"“”‘’«».,\n", max_size=60))
def test_passages_lie_in_the_line_in_order_and_apart(line):
    found = passages(line)
    assert all(0 <= item.start <= item.end <= len(line) for item in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("line", "speaker", "verb", "added"),
    [
        ("“It will hold,” said Ines Corrow.", "Ines Corrow", "said", ()),
        ("“It will hold,” Ines Corrow claimed on Friday.", "Ines Corrow", "claimed", ("claimed",)),
        ("Dr. Ines Corrow, who runs it, told a meeting: “It will hold.”", "Dr. Ines Corrow", "told", ()),
        ("According to Ines Corrow, it “will surely hold”.", "Ines Corrow", "according to", ()),
        ("Corrow even suggested that it “will surely hold”.", "Corrow", "suggested", ("even", "suggested")),
        ("Ines Corrow: “It will hold.”", "Ines Corrow", "", ()),
        ("A spokesman for the firm said it “will surely hold”.", "", "said", ()),
        ("A spokesman said it “will surely hold”.", "A spokesman", "said", ()),
        ("Its leader, Petra Gall, says it “will surely hold”.", "Petra Gall", "says", ()),
        ("The U.S. Corrow said it “will surely hold”.", "Corrow", "said", ()),
        ("The plan “will surely hold”.", "", "", ()),
    ],
)
def test_speakers(line, speaker, verb, added):
    found = quotations(page(line))[0]
    assert (found.speaker, found.verb, found.shading) == (speaker, verb, added)


def test_a_pronoun_stands_for_whoever_was_named_last():
    found = quotations(page("Ines Corrow looked at the wall.", "“It will hold,” she said."))
    assert found[0].speaker == "Ines Corrow"


def test_a_bare_surname_gets_its_full_form():
    found = quotations(page("Ines Corrow looked at the wall.", "“It will hold,” Corrow said."))
    assert found[0].speaker == "Ines Corrow"


def test_a_quotation_of_several_paragraphs_is_one_with_all_its_units():
    found = quotations(page("Ines Corrow said: “It will hold.", "“It held before.", "“It is old.”", "Rain."))
    assert [item.text for item in found] == ["It will hold. It held before. It is old."]
    assert found[0].unit_ids == ("a-0", "a-1", "a-2")


def test_comments_boxes_and_teasers_are_not_the_article_s_quotations():
    others = [(region, "“It will hold,” said Ines Corrow.") for region in ("comment", "appeal", "related")]
    assert quotations(page(*others)) == []


@given(
    st.lists(st.sampled_from("dam wall hold the it not break".split()), max_size=9),
    st.lists(st.sampled_from("dam wall hold the it not break".split()), max_size=9),
)
def test_likeness_is_a_share(one, other):
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) in (0.0, 1.0)


def test_wordings_are_aligned_with_headline_omission_and_what_is_added():
    articles = {
        "a": page(
            ("headline", "Dam 'would not hold': engineer's chilling verdict"),
            "Ines Corrow warned: “The dam would not hold a second winter.”",
            name="a",
        ),
        "b": page("“The dam wouldn’t hold another winter,” Ines Corrow told us.", name="b"),
        "c": page("The company is selling its boats.", name="c"),
        "d": page("Ines Corrow said the dam would not hold through a second winter at all.", name="d"),
    }
    shared = align({name: quotations(rows) for name, rows in articles.items()}, articles)
    first = shared[0]
    assert (first.text, first.speaker) == ("The dam would not hold a second winter.", "Ines Corrow")
    assert [cell.state for cell in first.cells] == ["quoted", "quoted", "left out", "indirect"]
    assert (first.cells[0].headline_wording, first.cells[1].in_headline) == ("would not hold", False)
    assert first.cells[0].added == ("chilling", "warned")
    assert first.cells[0].unit_ids == ("a-0", "a-1")
    assert first.cells[3].unit_ids == ("d-0",)
    assert first.cells[2].unit_ids == ()


def test_the_order_of_articles_changes_only_the_order_of_cells():
    def said(name: str, text: str) -> Quotation:
        return Quotation(name, text, "Ines Corrow", "said", (), "body", (f"{name}-0",), text)

    found = {"a": [said("a", "The dam will hold firm")], "b": [said("b", "the dam will hold, we hope")]}
    one = align(found, {"a": [], "b": []})
    other = align(dict(reversed(found.items())), {"b": [], "a": []})
    assert [item.name for item in one] == [item.name for item in other]
    assert set(one[0].cells) == set(other[0].cells)


def test_words_of_folds_marks_and_spellings():
    assert words_of("It ISN’T the neighbour’s") == words_of("it is not the neighbor's")
