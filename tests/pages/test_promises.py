"""What holds for any text whatsoever."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.pages import split_article
from framing.records import REGIONS, Article, Unit

PIECES = [
    "\n", "\r\n", "\n\n", "\r", "\x0b", "\x1c", "\x85", "\u2028", "\t", "  ", "\u00a0", "\u3000", "\ufeff",
    ". ", "! ", "? ", "…", "...", "“", "”", "\"", "'", "’", "(", ")", "[", "]", ">", "→", "↳", "»", "•", "|",
    "Reply", "3 hours ago", "31 May 2021 13: 37", "Bo says:", "1. ", "#4 ", "(Image: Getty)", "Photo: ",
    "© ", "Read more: ", "Subscribe", "12 Comments", "The comment was deleted.", "Mr. Holt", "U.S. ",
    "6 p.m. ", "e.g. ", "It rained on the quay all day, and nobody said why. ", "A", "z", "7", "\U0001f600",
    "\u202e", "\ud800", "\x00", "ß", "É", "中文。", "e\u0301", "<script>", "=1+1",
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=60).map("".join)


def units_of(text: str) -> list[Unit]:
    return list(split_article(Article(source="page.txt", text=text)))


@given(texts)
@settings(max_examples=300, deadline=None)
def test_every_character_is_in_exactly_one_unit_and_offsets_are_exact(text: str) -> None:
    units = units_of(text)
    covered = [0] * len(text)
    for unit in units:
        assert text[unit.start : unit.end] == unit.text
        assert unit.text == unit.text.strip() != ""
        assert unit.text.splitlines() == [unit.text]
        assert unit.region in REGIONS
        for index in range(unit.start, unit.end):
            covered[index] += 1
    assert max(covered, default=0) <= 1
    assert all(covered[i] == 1 for i, char in enumerate(text) if not char.isspace())
    assert [unit.position for unit in units] == list(range(len(units)))


@given(texts)
@settings(max_examples=100, deadline=None)
def test_ids_are_unique_and_the_same_on_every_run(text: str) -> None:
    ids = [unit.unit_id for unit in units_of(text)]
    assert len(set(ids)) == len(ids)
    assert ids == [unit.unit_id for unit in units_of(text)]


@given(texts, texts)
@settings(max_examples=100, deadline=None)
def test_units_that_did_not_change_keep_their_ids(text: str, more: str) -> None:
    """An id depends on the text and how often it stood before, so the same units have the same ids."""
    before, after = units_of(text), units_of(f"{text}\n\nBo 3 hours ago\n{more}")
    ids = {(unit.start, unit.text): unit.unit_id for unit in after}
    unchanged = [unit for unit in before if (unit.start, unit.text) in ids]
    stable = [unit for unit in unchanged if unit.unit_id == ids[unit.start, unit.text]]
    seen_before = {unit.start for unit in before} == {unit.start for unit in after if unit.start < len(text)}
    assert not seen_before or stable == unchanged


@given(texts, st.sampled_from(["de", "fr", "ru", "zh", "ar"]))
@settings(max_examples=50, deadline=None)
def test_other_languages_lose_nothing_either(text: str, language: str) -> None:
    units = list(split_article(Article(source="page.txt", text=text), language=language))
    assert sum(len("".join(unit.text.split())) for unit in units) == len("".join(text.split()))


def test_an_appended_comment_leaves_all_ids_alone() -> None:
    page = (
        "Rain ahead\n\nIt will rain on Monday, forecasters in Arle said. Stay in.\n\n2 Comments\n"
        "Bo 3 hours ago\nWell said.\nReply\n"
    )
    before = [unit.unit_id for unit in units_of(page)]
    after = [unit.unit_id for unit in units_of(f"{page}Ann 2 hours ago\nWell said.\nReply\n")]
    assert after[: len(before)] == before


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        ". ",
        "A. ",
        "\u201cWhy? ",
        "(",
        "3 hours ago ",
        "Photo: ",
        "x.Y",
        "'",
        "no stop here ",
        "[",
        "> ",
        "1.",
    ],
)
def test_a_line_of_megabytes_is_split_in_seconds(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    start = time.process_time()
    assert units_of(text)
    assert time.process_time() - start < 20


def test_a_page_of_very_many_lines_is_split_in_seconds() -> None:
    start = time.process_time()
    assert len(units_of("Bo 3 hours ago\nWell said.\n" * 10_000)) >= 20_000
    assert time.process_time() - start < 60
