"""The compiled loops give the same results as the plain ones, bit by bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.pages import chars, features, lines, looks, model, phrases, sentences, units
from framing.pages.compiled import COMPILED, native, native_units
from framing.pages.regions import Place
from framing.records import Unit, unit_id
from framing.resources import packaged

pytestmark = pytest.mark.skipif(not COMPILED, reason="framing was installed without a compiler")

SIGNS = st.characters() | st.sampled_from(
    "aZ09_ .'&:-’\"\t\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029\u3000\r\nİßΣǅⅨ①¾Ⓐ©#→\ud800\U0001f600"
)
PAGES = st.text(SIGNS, max_size=60) | st.sampled_from(["", "\r\n", "a\r\n\r\nb\r", " \n a b \n", "\n\na"])
LINES = st.lists(
    st.text(SIGNS.filter(lambda sign: not sign.isspace()), min_size=1, max_size=30)
    | st.sampled_from(
        ["read more", "Sign up to our newsletter", "it's", "well-known", "a-", "-a", "3 hours ago"]
    ),
    max_size=8,
)
#: What decides about stops: words, abbreviations, numbers, and what may stand around them.
_WORDS = ("Rain", "Mr", "six", "xiv", "J", "p.m", "12", "U.S", "a", "é", "May", "she said", "x" * 30, "ß.")
_STOPS = (*".!?…", "...", "[...]", "[…]", "." * 12, " ", "  ", "\u00a0", "\u2028", *"\"'”’»“‘()[],:—@")
PROSE = st.lists(st.sampled_from(_WORDS) | st.sampled_from(_STOPS), max_size=24).map("".join)

_TIMES = (
    "3",
    "31",
    "st",
    "TH",
    " ",
    "  ",
    ".",
    "/",
    "-",
    ",",
    "|",
    "·",
    "\u2028",
    "_",
    "May",
    "maſ",
    "SEP",
    "ſept",
    "x",
)
_TIMES += (
    "2021",
    "٣",
    "²",
    "a",
    "An",
    "one",
    "ONE",
    "s",
    "minutes",
    "Seconds",
    "hourſ",
    "mo",
    " ago",
    "AGO",
    "yr",
)


def pages() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(packaged("seeds").glob("*.txt"))[::6]]


@given(PAGES)
def test_pages_have_the_same_lines(page: str):
    assert native.lines_of(page, lines.Line) == lines._lines_of(page)


def test_real_pages_have_the_same_lines():
    for page in (*pages(), *(text.replace("\n", "\r\n") for text in pages())):
        assert native.lines_of(page, lines.Line) == lines._lines_of(page)


def plain_sentences(line: str, loose: bool) -> list[tuple[int, int]]:
    return sentences._trimmed(line, sentences._cuts(line, loose))


@given(PROSE | st.text(SIGNS | st.sampled_from(".!? Aa"), max_size=40), st.booleans())
def test_lines_have_the_same_sentences(line: str, loose: bool):
    assert sentences.sentence_spans(line, loose=loose) == plain_sentences(line, loose)


def test_real_lines_have_the_same_sentences():
    for line in (line.text for page in pages() for line in lines.lines_of(page)):
        for loose in (False, True):
            assert sentences.sentence_spans(line, loose=loose) == plain_sentences(line, loose)


@given(PAGES | st.lists(PROSE, max_size=4).map("\n".join), st.booleans())
def test_pages_have_the_same_units(page: str, marked: bool):
    found = lines.lines_of(page)
    comment = Place("comment", comment_author="Ann", comment_time="9:05", reply_depth=1)
    places = [comment if marked else Place("body") for _ in found]
    spans = [plain_sentences(line.text, False) for line in found]
    told = ("an outlet", "", "", "2024-05-03", "", "a story")
    cells = (page, "a2b97f4a7f73d32c", "a.txt", told, found, places, spans, Unit, unit_id)
    assert native_units.units(*cells) == units._made(*cells)
    assert all(isinstance(unit, Unit) for unit in native_units.units(*cells))


@given(LINES)
def test_lines_have_the_same_words(texts: list[str]):
    read = "\n".join(["", *texts, ""]).lower()
    plain, compiled = (
        looks._long_words_of(read, len(texts)),
        native.long_words(read, len(texts), looks._LONG_WORD),
    )
    for one, other in zip(plain, compiled, strict=True):
        assert (one.dtype, one.tolist()) == (other.dtype, other.tolist())


@given(LINES.filter(bool))
def test_lines_have_the_same_pattern(texts: list[str]):
    assert native.patterns(texts).tolist() == looks._pattern_numbers(texts).tolist()


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 2)), max_size=20), st.booleans(), st.integers(0, 99)
)
def test_lines_have_the_same_sums(held: list[tuple[int, int]], told: bool, seed: int):
    """Weights are added one by one in the order of the lines: other orders round otherwise."""
    random = np.random.default_rng(seed)
    table = random.normal(size=(3, 4)).astype(np.float32)
    lines = np.array(sorted(line for line, _ in held), dtype=np.int64) if told else None
    states = np.array([state for _, state in held], dtype=np.int64)
    plain = random.normal(size=(5 if told else len(held), 4)).astype(np.float32)
    compiled = plain.copy()
    model._add(plain, table, states, lines)
    native.add(compiled, table, states, lines)
    assert (plain == compiled).all()


@given(st.text(SIGNS | st.sampled_from("aBzZ")))
def test_names_are_glued_in_the_same_places(text: str):
    assert native.humps(text) == phrases._humps(text)


@given(st.lists(st.sampled_from(_TIMES) | st.text(SIGNS, max_size=2), max_size=9).map("".join))
def test_no_date_or_age_is_passed_over(text: str):
    (date,), (age,) = native.times([text])
    assert date or not features.dated(text)
    assert age or not features.AGO.search(text)


def coded(texts: list[str]) -> tuple[list[int], list[int]]:
    known, read = phrases._phrases(), phrases._read(texts)
    compiled = native.codes(read, chars.TOKENS, known.words, known.order, known.may.view(np.uint8))
    return compiled.tolist(), phrases._codes(read, known).tolist()


@given(LINES.filter(bool))
def test_lines_hold_the_same_phrases(texts: list[str]):
    one, other = coded(texts)
    assert one == other


def test_every_character_is_of_the_same_kind():
    every = [chr(code) for code in range(0x110000) if chr(code) not in "\n"]
    read = "\n" + "\n".join(f"aaaa{sign}bb" for sign in every) + "\n"
    plain, compiled = (
        looks._long_words_of(read, len(every)),
        native.long_words(read, len(every), looks._LONG_WORD),
    )
    assert all(np.array_equal(one, other) for one, other in zip(plain, compiled, strict=True))
    assert np.array_equal(native.patterns(every), looks._pattern_numbers(every))
    one, other = coded([f"x{sign}x" for sign in every if not sign.isspace()])
    assert one == other


def test_real_pages_show_the_same(monkeypatch: pytest.MonkeyPatch):
    cut = [lines.lines_of(page) for page in pages()]
    found = model.regions_of_pages(cut)
    for module in (looks, phrases, model):
        monkeypatch.setattr(module, "COMPILED", False)
    model._known.cache_clear()
    assert model.regions_of_pages(cut) == found
    model._known.cache_clear()


@given(st.lists(st.integers(1, 12), min_size=1, max_size=6), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_the_best_sequence_is_the_same(sizes: list[int], seed: int):
    shipped, draw = model.shipped(), np.random.default_rng(seed)
    scores = draw.integers(-300, 300, (sum(sizes), len(shipped.states))).astype(np.float32)
    blank = draw.integers(0, 2, sum(sizes)).astype(np.int64)
    counts = np.array(sizes)
    found = native.best(scores.copy(), counts, blank, shipped.moves, shipped.first, shipped.last)
    assert found == model._best_side_by_side(scores.copy(), counts, blank, shipped)
