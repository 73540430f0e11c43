"""Any bytes, any names, any markup: nothing but articles and reasons comes out."""

import gzip
import io
import json
import os
import re
from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from framing.articles import read_articles, read_units
from framing.articles.decode import decode
from framing.articles.html import Page, read_page
from framing.articles.streams import UnreadableError
from framing.errors import InputError
from framing.pages import split_article
from framing.pages.view import view
from framing.records import REGIONS, Article, Unit, Unusable

#: `make prove` runs these longer.
EXAMPLES = int(os.environ.get("FRAMING_FUZZ_EXAMPLES", "60"))
fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES <= 60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)

BEGINNINGS = st.sampled_from(
    [
        b"", b"PAR1", b"WARC/1.0\r\n", b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd", b'{"text": "', b"text,id\n",
        b"text\tid\n", b"<html>", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xff\xfe\x00\x00", b"%PDF",
        b"html,url\n", b'<?xml version="1.0" encoding="utf-16"?><html>',
    ]
)  # fmt: skip
ENDINGS = ["", ".txt", ".csv", ".tsv", ".jsonl", ".html", ".parquet", ".warc", ".gz", ".csv.zst"]
NAMES = (
    "comment comments author fn date depth-3 related caption newsletter sidebar byline standfirst hidden"
).split()
TAGS = "div p li ul a span h1 h2 article section figure figcaption b time br table td button form nav".split()


@st.composite
def markup(draw: st.DrawFn, depth: int = 3) -> str:
    text = draw(st.text(max_size=30))
    if not depth or draw(st.booleans()):
        return text
    tag, name = draw(st.sampled_from(TAGS)), draw(st.sampled_from(NAMES))
    inner = "".join(draw(st.lists(markup(depth=depth - 1), max_size=4)))
    close = draw(st.sampled_from([f"</{tag}>", "", "</p>", "<!--", "]]>"]))
    return f'{text}<{tag} class="{name}" id={name}-{draw(st.integers(0, 99))}>{inner}{close}'


def outcome(work: Callable[[], list[object]]) -> list[object]:
    """What comes out; an expected error is told, and nothing comes out."""
    try:
        return work()
    except (UnreadableError, InputError) as error:
        event(re.sub(r"'.*", "…", str(error))[:60])
        return []


def checked(item: object) -> None:
    assert isinstance(item, Article | Unit | Unusable)
    if isinstance(item, Unusable):
        assert item.reason
        assert item.where
    if isinstance(item, Article):
        assert item.text.strip()
        item.text.encode("utf-8")
        units = list(split_article(item))
        assert all(item.text[unit.start : unit.end] == unit.text for unit in units)
        assert "".join("".join(unit.text.split()) for unit in units) == "".join(item.text.split())
        assert {unit.region for unit in units} <= set(REGIONS)
        assert len({unit.unit_id for unit in units}) == len(units)
        lines = item.text.splitlines()
        assert all(lines[mark.line].strip() for mark in item.marks)
        assert all(mark.region in REGIONS for mark in item.marks)
        assert "\x00" not in "".join(view([(item, units)]))


@fuzz
@given(st.binary(max_size=2000), BEGINNINGS, st.sampled_from(ENDINGS), st.sampled_from(["", "gzip", "zstd"]))
def test_any_bytes_give_articles_or_reasons(tmp_path_factory, data, beginning, ending, packed):
    path = tmp_path_factory.mktemp("fuzz") / f"a{ending}"
    raw = beginning + data
    if packed:
        raw = gzip.compress(raw) if packed == "gzip" else pa.compress(raw, codec="zstd", asbytes=True)
    path.write_bytes(raw)
    for read in (read_articles, read_units):
        for item in outcome(lambda read=read: list(read([path]))):
            checked(item)
    assert list(read_units(["-"], stdin=io.BytesIO(raw)))


@fuzz
@given(st.binary(min_size=1, max_size=400))
@example(b"\xfe\xff")
def test_decoding_ends_in_text_that_a_file_can_hold_or_a_reason(data):
    for text in outcome(lambda: list(decode(data))):
        assert str(text)
        str(text).encode("utf-8")


@pytest.mark.parametrize("fast", [False, True])
@fuzz
@given(markup())
def test_any_markup_gives_lines_with_regions(fast, page):
    for found in outcome(lambda: [read_page(f"<html><body>{page}", fast=fast)]):
        assert isinstance(found, Page)
        checked(Article(source="a", text=found.text, marks=found.marks))


@fuzz
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["text", "html", "id", "url", "title"]), st.text() | st.integers())
    )
)
def test_any_rows_give_articles_or_reasons(rows):
    data = "\n".join(json.dumps(row) for row in rows).encode()
    for item in outcome(lambda: list(read_articles(["-"], stdin=io.BytesIO(data)))):
        checked(item)


@fuzz
@given(st.text(min_size=1, max_size=60).filter(lambda name: not set("/\\\x00") & set(name)))
def test_any_name_is_an_article_or_left_out(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("fuzz")
    try:
        (folder / name).write_bytes(b"It will rain.")
    except (OSError, UnicodeEncodeError):
        return
    for item in read_articles([folder]):
        checked(item)
