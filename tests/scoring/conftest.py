"""Inputs of every kind, small enough for many runs."""

import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from framing.scoring import feed, parts, pool
from tests.articles.test_warc import response

WORDS = "rain fell over the harbour while trains ran and the council met in fear of more floods".split()


def text_of(draw: random.Random) -> str:
    lines = [" ".join(draw.choices(WORDS, k=9)).capitalize() + "." for _ in range(6)]
    return "\n\n".join(lines)


def archive(urls: Sequence[str], draw: random.Random) -> bytes:
    """A WARC archive as CC-News has them, each record in a gzip member of its own; one is no page."""
    pages = [f"<html><body><h1>{url}</h1><p>{text_of(draw)}</p></body></html>".encode() for url in urls]
    records = [response(url, data) for url, data in zip(urls, pages, strict=True)]
    records.insert(1, response("https://news.example/a.jpg", b"\xff\xd8\xff", "image/jpeg"))
    return b"".join(map(gzip.compress, records))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some of everything: text, HTML, tables, an archive, repetitions, what can't be used."""
    folder = tmp_path_factory.mktemp("corpus")
    draw = random.Random(1)  # noqa: S311
    for number in range(6):
        (folder / f"{number}.txt").write_text(text_of(draw), encoding="utf-8")
    (folder / "latin.txt").write_bytes(
        "Die Straße zum Hafen ist gesperrt. Großer Ärger für Fußgänger.".encode("cp1252")
    )
    (folder / "metadata.csv").write_text("file,outlet\n0.txt,Coast\nnowhere.txt,Coast\n", encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    rows = [{"id": f"t{n}", "text": text_of(draw), "title": "=1+1\nand, more"} for n in range(12)]
    rows += [{"id": "none", "text": ""}, rows[3], *[{"text": "The same page, twice."}] * 3]
    lines = "\n".join(map(json.dumps, rows)) + "\n{broken\n"
    (folder / "table.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    pages = [f"<html><body><h1>Page {n}</h1><p>{text_of(draw)}</p></body></html>" for n in range(5)]
    (folder / "news.warc.gz").write_bytes(archive([f"https://news.example/{n}" for n in range(4)], draw))
    pq.write_table(
        pa.table({"html": [*pages, None], "url": [f"u{n}" for n in range(6)]}), folder / "t.parquet"
    )
    return folder


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make batches, and what is done between two lines of the journal, as small as the corpus."""
    monkeypatch.setattr(feed, "COUNT", 3)
    monkeypatch.setattr(parts, "STRETCH", 1)
    monkeypatch.setattr(pool, "FEW", 2)
