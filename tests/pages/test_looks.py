"""What lines show is the same whether they are looked at alone or among thousands."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.pages.chars import Chars, coded, numbered, runs
from framing.pages.families import named
from framing.pages.features import _DATE_DAY, _DATE_MONTH, NAMES, dated, tokens, vocabulary
from framing.pages.lines import Line, lines_of
from framing.pages.looks import looks_of, of_text
from framing.pages.model import regions_of_pages
from framing.pages.phrases import kinds, wording

PIECES = [
    " ", "  ", "\u00a0", " - ", "|", "a_B", "HomeNews", "İ", "ΑΣ", "ǅ", "ſep 4", "²", "½", "\x00", "\ud800",
    "3 hours ago", "31 May 2021 13: 37", "#4 ", "1. ", "(Image: Getty)", "Photo: ", "AP/Jo Holt", "www.", "x@y",
    " @bo", "$5", "!!", "Mr. Holt", "It rained. ", "“Why?” ", "van ", "de ", "NEWS", " 'a", "😀", "read more",
    "sign", "up", "support us", "donate", "word " * 40, "e\u0301", "…",
]  # fmt: skip
lines = (
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), min_size=1, max_size=12)
    .map(lambda pieces: " ".join("".join(pieces).splitlines()).strip())
    .filter(bool)
)


@given(st.lists(lines, min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_a_line_shows_the_same_alone_and_among_others(texts: list[str]) -> None:
    families, looks = looks_of(texts)
    for line, (text, names) in enumerate(zip(texts, named(families, len(texts)), strict=True)):
        assert names == of_text(text)
        assert len(set(names)) == len(names)
        alone = looks_of([text])[1]
        among = looks.take(np.array([line]))
        for name in (
            "prose",
            "meta",
            "plea",
            "personal",
            "quoting",
            "opener",
            "titled",
            "pattern",
            "counts",
            "words",
        ):
            assert getattr(among, name).tolist() == getattr(alone, name).tolist(), name


@given(st.lists(lines, min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_kinds_of_words_are_those_of_the_vocabulary(texts: list[str]) -> None:
    said = wording(texts)
    assert said.words.tolist() == [len(tokens(text)) for text in texts]
    for line, text in enumerate(texts):
        found = {kinds()[kind] for kind in said.kind[said.line == line].tolist()}
        pieces = tokens(text)
        phrases = {" ".join(pieces[i : i + n]) for i in range(len(pieces)) for n in (1, 2, 3)}
        assert found == {kind for phrase in phrases for kind in vocabulary().get(phrase, ())}
        opening = {kinds()[k] for k in said.kind[(said.line == line) & said.opens].tolist()}
        first = {" ".join(pieces[:n]) for n in (1, 2, 3)}
        assert opening == {kind for phrase in first for kind in vocabulary().get(phrase, ())}


@given(st.lists(st.lists(lines, max_size=6), min_size=1, max_size=4))
@settings(max_examples=50, deadline=None)
def test_pages_get_the_same_regions_alone_and_together(pages: list[list[str]]) -> None:
    read: list[list[Line]] = [lines_of("\n".join(page)) for page in pages]
    assert regions_of_pages(read) == [regions_of_pages([page])[0] for page in read]


@given(st.lists(lines, min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_longer_words_are_counted_once_a_line_and_numbered_alike_wherever_they_stand(
    texts: list[str],
) -> None:
    looks = looks_of(texts)[1]
    numbers = iter(looks.words.tolist())
    named_by: dict[int, str] = {}
    for text, count in zip(texts, looks.counts.tolist(), strict=True):
        wanted = {word for word in re.findall(r"[^\W\d_]+", text[:200].lower()) if len(word) >= 5}
        found = {next(numbers) for _ in range(count)}
        assert len(found) == len(wanted)
        for number in found:
            assert named_by.setdefault(number, "seen") == "seen"
    everything = {w for t in texts for w in re.findall(r"[^\W\d_]+", t[:200].lower()) if len(w) >= 5}
    assert len(named_by) == len(everything)


def test_patterns_are_equal_where_only_words_and_numbers_differ() -> None:
    one, two, three = looks_of(["Bo 3 hours ago", "Ann 15 days ago", "Ann 15 days, ago"])[1].pattern.tolist()
    assert one == two != three
    assert looks_of(["word " * 20 + "end"])[1].pattern.tolist() == [0]


@pytest.mark.parametrize("text", ["", "abc abc", "ab ba aab", "\x00 \x00\x00"])
def test_pieces_have_one_number_where_they_are_equal_only(text: str) -> None:
    codes, _ = coded(f" {text} ")
    begins, ends = runs(codes != ord(" "))
    numbers = numbered(codes, begins, ends).tolist()
    assert len(set(numbers)) == len(set(text.split(" ")) - {""})


def test_edges_belong_to_no_line() -> None:
    chars = Chars(["ab", "c"])
    assert chars.text == "\nab\nc\n"
    assert (chars.starts.tolist(), chars.sizes.tolist()) == ([1, 4], [2, 1])
    assert chars.bounds(1).tolist() == [1, 2, 4, 5]


def test_names_are_told_in_time_that_grows_with_the_line() -> None:
    assert NAMES.fullmatch("Bo van Lane") and NAMES.fullmatch("Ann  Holt ")
    assert not NAMES.fullmatch(" ".join(["A" * 14] * 5) + " xxxxxxxx")


@given(
    st.lists(
        st.sampled_from(
            ["3", "31", "st", " ", ".", "/", "-", ",", "May", "maſ", "SEP", "ſep", "x", "2021", "٣"]
        ),
        max_size=8,
    )
)
def test_a_quick_look_misses_no_date(parts: list[str]):
    text = "".join(parts)
    assert dated(text) == bool(_DATE_DAY.search(text) or _DATE_MONTH.search(text))
