"""Each rule of the sentence splitter, with lines that it alone decides."""

import pytest

from framing.pages.sentences import sentence_spans


def sentences(line: str, *, loose: bool = False) -> list[str]:
    return [line[start:end] for start, end in sentence_spans(line, loose=loose)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("It rained. It poured.", ["It rained.", "It poured."]),
        ("Really? Yes! Go.", ["Really?", "Yes!", "Go."]),
        ("He waited… Nobody came.", ["He waited…", "Nobody came."]),
        ("They left [...] The rest stayed.", ["They left [...]", "The rest stayed."]),
        ("(It rained. Nobody minded.)", ["(It rained.", "Nobody minded.)"]),
        ("  It rained.  ", ["It rained."]),
        ("   ", []),
        ("It fell in 2021. Prices rose.", ["It fell in 2021.", "Prices rose."]),
        ("Then came Covid. 40 people fell ill.", ["Then came Covid.", "40 people fell ill."]),
    ],
)
def test_a_stop_before_a_capital_or_digit_ends_a_sentence(line: str, expected: list[str]) -> None:
    assert sentences(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "He said: “We won’t sell it.”",
        "“Why now?” she asked.",
        "“Why now?” Ms Holt asked.",
        "“Stop!” Mayor Ada Holt of Arle shouted.",
        "“It is late.” — Ada Holt",
        "The Yahoo! portal and the Jeopardy! host met.",
    ],
)
def test_what_reports_a_quotation_stays_with_it(line: str) -> None:
    assert sentences(line) == [line]


def test_a_quotation_of_several_sentences_is_split_and_keeps_its_closing_marks() -> None:
    assert sentences("“We saw it. Nobody believed us,” she said. “It's true.” Then she left.") == [
        "“We saw it.",
        "Nobody believed us,” she said.",
        "“It's true.”",
        "Then she left.",
    ]
    assert sentences("'It is so,' he said. 'It was.' She left.") == [
        "'It is so,' he said.",
        "'It was.'",
        "She left.",
    ]


def test_a_new_speaker_after_a_question_begins_a_sentence() -> None:
    assert sentences("“Why now?” He said nothing.") == ["“Why now?”", "He said nothing."]
    assert sentences("“Why now?” “Because.”") == ["“Why now?”", "“Because.”"]


@pytest.mark.parametrize(
    "line",
    [
        "Mr. Xi met Dr. Holt and Sgt. Noel Lane.",
        "The U.S. and the U.K. Treasury agree.",
        "It cost £192billion or 3.5 per cent.",
        "At 13: 37 it ended.",
        "It opens at 6 p.m. Friday.",
        "It opens at 6 p.m. Eastern and 9 a.m. Moscow time.",
        "See No. 4 and p. 15 of it.",
        "On Sept. 9 it ends.",
        "It was Sat. Mar. 16 at last.",
        "On Monday, 12. June it rained.",
        "J. R. Holt of Arle Inc. Europe spoke.",
        "He likes fruit, e.g. Pears and i.e. Apples.",
    ],
)
def test_abbreviations_do_not_end_a_sentence(line: str) -> None:
    assert sentences(line) == [line]


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("They moved to the U.S. The firm stayed.", 2),
        ("It began at 7 p.m. Item two came later.", 2),
        ("He works for Arle Inc. The firm is small.", 2),
        ("It fell 1.4 pct. Millers shrugged.", 2),
        ("It ended in Sept. Nobody cared.", 2),
        ("It came in '74. Nobody cared.", 2),
    ],
)
def test_abbreviations_end_one_where_the_next_word_tells(line: str, count: int) -> None:
    assert len(sentences(line)) == count


def test_a_number_that_opens_a_line_belongs_to_it() -> None:
    assert sentences("1. The comment was deleted.") == ["1. The comment was deleted."]
    assert sentences("a. The first point.") == ["a. The first point."]


def test_a_missing_space_after_a_stop_still_ends_a_sentence_but_not_an_address() -> None:
    assert sentences("It rained.The sun came.") == ["It rained.", "The sun came."]
    assert sentences("the year”.He left. SHAME.Every one.") == [
        "the year”.",
        "He left.",
        "SHAME.",
        "Every one.",
    ]
    assert sentences("Write to news@arle.Example today.") == ["Write to news@arle.Example today."]


def test_small_letters_begin_a_sentence_in_comments_only() -> None:
    line = "which bus lol. the 47 is gone, approx. nobody cares"
    assert sentences(line) == [line]
    assert sentences(line, loose=True) == ["which bus lol.", "the 47 is gone, approx. nobody cares"]
    assert sentences("“no” she said? “why” and so... on", loose=True) == [
        "“no” she said?",
        "“why” and so... on",
    ]


def test_other_languages_are_split_too() -> None:
    line = "Es regnet. Dr. Holt bleibt. Er geht z.B. nach Hause."
    found = [line[start:end] for start, end in sentence_spans(line, "de")]
    assert found[0] == "Es regnet."
    assert "".join(found).replace(" ", "") == line.replace(" ", "")
