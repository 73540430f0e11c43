"""Inputs of every kind: what is read, in which encoding, and how what can't be is told."""

import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from framing.articles import read_articles, read_units
from framing.errors import InputError
from framing.records import Article, Unusable

CSV = "id,title,text\n1,Rain,It will rain.\n2,Sun,The sun will shine.\n"
TEXTS = ["It will rain.", "The sun will shine."]


def zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)


def parquet(**columns: list[object]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def read(path: Path, data: bytes, **given: object) -> list[Article | Unusable]:
    path.write_bytes(data)
    return list(read_articles([path], **given))  # type: ignore[arg-type]


def texts(items: list[Article | Unusable]) -> list[str]:
    return [item.text if isinstance(item, Article) else str(item) for item in items]


def reasons(items: list[Article | Unusable]) -> list[str]:
    return [item.reason for item in items if isinstance(item, Unusable)]


@pytest.mark.parametrize("packed", [bytes, gzip.compress, zstd])
@pytest.mark.parametrize(
    "data",
    [
        CSV.encode(),
        CSV.replace(",", "\t").encode(),
        b'{"id": 1, "text": "It will rain."}\n{"id": 2, "text": "The sun will shine."}\n',
        parquet(id=[1, 2], text=TEXTS),
    ],
    ids=["csv", "tsv", "jsonl", "parquet"],
)
def test_tables_are_told_by_their_content(tmp_path, packed, data):
    found = read(tmp_path / "anything", packed(data))
    assert texts(found) == TEXTS
    assert [item.source for item in found] == ["1", "2"]


@pytest.mark.parametrize("packed", [gzip.compress, zstd])
def test_a_compressed_table_may_have_an_ending_more(tmp_path, packed):
    assert texts(read(tmp_path / "news.csv.gz", packed(CSV.encode()))) == TEXTS


def test_several_compressed_parts_in_a_row_are_one_file(tmp_path):
    half = len(CSV) // 2
    for packed in (gzip.compress, zstd):
        data = packed(CSV[:half].encode()) + packed(CSV[half:].encode())
        assert texts(read(tmp_path / "a", data)) == TEXTS


@pytest.mark.parametrize(("packed", "name"), [(gzip.compress, "gzip"), (zstd, "zstd")])
def test_a_truncated_compressed_table_gives_what_came_before_and_is_named(tmp_path, packed, name):
    rows = "".join(f"{n},T,{'%x' % n**60}\n" for n in range(9, 9000))
    found = read(tmp_path / "a.csv", packed(f"id,title,text\n{rows}".encode())[:-40])
    assert len(found) > 1000
    assert isinstance(found[-1], Unusable)
    assert found[-1].reason == f"from here on: truncated: the {name} data end before their end mark"
    assert len(reasons(found)) == 1


def test_a_truncated_compressed_page_is_not_used(tmp_path):
    data = gzip.compress(b"It will rain. " * 500)[:-9]
    assert reasons(read(tmp_path / "a.txt", data)) == ["truncated: the gzip data end before their end mark"]


def test_damaged_gzip_is_named(tmp_path):
    data = bytearray(gzip.compress(bytes(range(32, 120)) * 99))
    data[20] ^= 0xFF
    (reason,) = reasons(read(tmp_path / "a.txt", bytes(data)))
    assert reason.startswith("damaged gzip data: ")


def test_a_decompression_bomb_is_not_unpacked(tmp_path):
    bomb = gzip.compress(b"0" * (101 << 20), compresslevel=1)
    assert reasons(read(tmp_path / "a.txt", bomb)) == [
        "over 100 MB, expected one page; tables are read row by row"
    ]
    line = gzip.compress(b'{"text": "' + b"0" * (65 << 20), compresslevel=1)
    assert reasons(read(tmp_path / "a.jsonl", line)) == [
        "from here on: a line of over 64 million characters, expected rows"
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (gzip.compress(b"", mtime=0), "the file is empty"),
        (b"  \n ", "only white space, expected text"),
        (b"%PDF-1.7 ...", "a PDF, expected text"),
        (
            gzip.compress(gzip.compress(b"x", mtime=0), mtime=0),
            "gzip data inside compressed data, expected text",
        ),
        (bytes(range(256)) * 9, "binary data, expected text"),
        (
            b'[{"text": "x"}]',
            "one JSON value over the whole file, expected one object a line (JSONL)",
        ),
        (
            b'{\n "text": "x"\n}',
            "one JSON value over the whole file, expected one object a line (JSONL)",
        ),
        (b"<html><script>x()</script></html>", "an HTML page without visible text"),
    ],
)
def test_what_is_no_article_is_named_with_the_reason(tmp_path, data, reason):
    assert reasons(read(tmp_path / "a.txt", data)) == [reason]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        (
            "a.csv",
            b"id,body\n1,Rain.\n",
            "no column 'text', found id body; name it with --column text=<column>",
        ),
        ("a.csv", b"id,text\n", "the table holds no rows"),
        ("a.csv", b"id,text\n1\n", "found 1 cells, expected 2 as in the header"),
        ("a.csv", b'id,text\n1,"Rain', "not readable as CSV from here on: unexpected end of data"),
        ("a.jsonl", b"{text}", "no JSON: Expecting property name enclosed in double quotes"),
        ("a.jsonl", b"[1]", "found list, expected a JSON object"),
        ("a.jsonl", b'{"body": "Rain."}', "no field 'text', found body"),
        ("a.jsonl", b'{"text": 7}', "field 'text': found int, expected text"),
        ("a.jsonl", b'{"text": " "}', "field 'text' is empty"),
        ("a.jsonl", b'{"html": 7}', "field 'html': found int, expected text"),
        ("a.parquet", parquet(text=[None]), "field 'text' is empty"),
        ("a.parquet", parquet(n=[1]), "no column 'text', found n; name it with --column text=<column>"),
    ],
)
def test_rows_that_cannot_be_used_are_named(tmp_path, name, data, reason):
    if b"PAR1" in data and b"text" not in data:
        reason = "no column 'text', found ; name it with --column text=<column>"
    assert reasons(read(tmp_path / name, data)) == [reason]


def test_a_parquet_file_of_one_text_over_and_over_is_refused(tmp_path):
    bomb = io.BytesIO()
    pq.write_table(pa.table({"text": pa.array(["rain " * 200_000] * 300).dictionary_encode()}), bomb)
    (reason,) = reasons(read(tmp_path / "a.parquet", bomb.getvalue()))
    assert reason == "holds texts of over 500 times its size, expected articles (Parquet)"


def test_a_parquet_file_with_a_date_that_no_calendar_has_is_named(tmp_path):
    data = parquet(text=["Rain."], published=pa.array([2**50], pa.timestamp("ms")))
    (reason,) = reasons(read(tmp_path / "a.parquet", data))
    assert reason.startswith("not readable as Parquet: ")


def test_a_truncated_parquet_file_is_named(tmp_path):
    (reason,) = reasons(read(tmp_path / "a.parquet", parquet(text=TEXTS)[:-12]))
    assert reason.startswith("not readable as Parquet: ")


def test_one_bad_row_stops_nothing(tmp_path):
    lines = [json.dumps({"text": TEXTS[0]}), "{", json.dumps({"text": TEXTS[1]})]
    found = read(tmp_path / "a.jsonl", "\n".join(lines).encode())
    assert [type(item) for item in found] == [Article, Unusable, Article]
    assert found[1].where == f"{tmp_path / 'a.jsonl'}:2"


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("cp1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
def test_encodings_are_told(tmp_path, encoding, said, name):
    text = "Über die große Brücke führt ein schöner Weg für Fußgänger – „ganz neu“."
    data = text if name == "a.txt" else f'text\n"{text}"\n'
    (found,) = read(tmp_path / name, data.encode(encoding))
    assert (found.text, found.encoding) == (text, said)


def test_a_table_may_turn_out_late_to_be_no_utf8(tmp_path):
    plain = "".join(f"{n},It will rain on day {n}.\n" for n in range(30_000))
    late = "x,Schöne Grüße aus München, wo es für Fußgänger über die Brücke geht\n"
    found = read(tmp_path / "a.csv", f"id,text\n{plain}{late.replace(', wo', ' wo')}".encode("cp1252"))
    assert (found[0].encoding, found[-1].encoding) == ("utf-8", "cp1252")
    assert found[-1].text.startswith("Schöne Grüße aus München")


def test_a_damaged_byte_does_not_turn_a_page_into_another_encoding(tmp_path):
    (found,) = read(tmp_path / "a.txt", "Über die Brücke für Fußgänger. ".encode() * 9 + b"\xff!")
    assert found.encoding == "utf-8 (damaged)"
    assert found.text.endswith("�!")
    assert found.text.startswith("Über die Brücke")


@pytest.mark.parametrize("name", ["utf-7", "idna", "punycode", "unicode_escape", "base64", "nowhere"])
def test_codecs_that_are_no_encodings_are_not_believed(tmp_path, name):
    page = f'<html><meta charset="{name}"><p>Über die Brücke für Fußgänger</p></html>'.encode("cp1252")
    (found,) = read(tmp_path / "a.html", page)
    assert found.text == "Über die Brücke für Fußgänger"


def test_latin_1_is_read_as_browsers_read_it(tmp_path):
    page = '<html><meta charset="iso-8859-1"><p>“Über” – ja</p></html>'.encode("cp1252")
    (found,) = read(tmp_path / "a.html", page)
    assert (found.text, found.encoding) == ("“Über” – ja", "cp1252")


def test_rows_without_id_are_named_by_their_text_and_numbered(tmp_path):
    found = read(tmp_path / "a.csv", b"n,text\n1,Rain.\n2,Rain.\n3,Sun.\n4,Rain.\n")
    first = found[0].source
    assert first.startswith("a.csv#")
    assert [item.source for item in found] == [first, f"{first}-2", found[2].source, f"{first}-3"]
    assert found == read(tmp_path / "a.csv", b"n,text\n9,Rain.\n2,Rain.\n3,Sun.\n4,Rain.\n")


def test_id_before_url_before_text(tmp_path):
    rows = [
        {"id": 7, "url": "https://a.example/1", "text": "One."},
        {"url": "https://a.example/2", "text": "Two."},
    ]
    found = read(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)).encode())
    assert [item.source for item in found] == ["7", "https://a.example/2"]


def test_two_texts_under_one_id_are_an_error_that_names_both(tmp_path):
    path = tmp_path / "a.csv"
    with pytest.raises(InputError) as caught:
        read(path, b"id,text\n1,Rain.\n2,Sun.\n1,Snow.\n")
    assert str(caught.value) == f"two different texts are called '1': {path}:2 and {path}:4"
    assert caught.value.hint == "give each its own id or URL; for files, give the folder above them"


def test_an_exact_repetition_comes_once(tmp_path):
    assert len(read(tmp_path / "a.csv", b"id,text\n1,Rain.\n1,Rain.\n")) == 1


def test_columns_can_be_named(tmp_path):
    found = read(tmp_path / "a.csv", b"key,body\nk,Rain.\n", columns={"text": "body", "id": "key"})
    assert [(item.source, item.text) for item in found] == [("k", "Rain.")]


def test_standard_input_is_any_of_these():
    for data in (b"It will rain.", gzip.compress(b"It will rain."), b"text,n\nIt will rain.,1\n"):
        (found,) = read_articles(["-"], stdin=io.BytesIO(data))
        assert found.text == "It will rain."


def test_presplit_rows_stream_from_the_same_tables(tmp_path):
    path = tmp_path / "units.parquet"
    path.write_bytes(parquet(text=TEXTS, region=["body", "headline"], id=["a", "a"]))
    found = list(read_units([path]))
    assert [(unit.text, unit.region, unit.position) for unit in found] == [
        (TEXTS[0], "body", 0),
        (TEXTS[1], "headline", 1),
    ]
    path.write_bytes(b"<html><body>x</body></html>")
    (refused,) = read_units([path])
    assert refused.reason == "found html, expected a table with one unit a row"
