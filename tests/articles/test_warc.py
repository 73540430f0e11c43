"""WARC archives: their HTML responses, one at a time, with the record's URL and date."""

import gzip
import io
import subprocess
import sys

import pyarrow as pa
import pytest

from framing.articles import read_articles
from framing.records import Article, Unusable


def record(kind: str, url: str, body: bytes, content: str = "application/http; msgtype=response") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Date: 2021-05-31T10:00:00Z\r\nContent-Type: {content}\r\n"
        f"WARC-Target-URI: {url}\r\nWARC-Record-ID: <urn:uuid:{len(url):032d}>\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def response(
    url: str, body: bytes, content: str = "text/html; charset=utf-8", status: str = "200 OK", more: str = ""
) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return record("response", url, head.encode() + body)


def page(name: str, date: str = "") -> str:
    meta = f'<meta property="article:published_time" content="{date}">' if date else ""
    head = f"<head><title>{name}</title>{meta}</head>"
    return f"<html>{head}<body><h1>{name}</h1><p>Über {name}.</p></body></html>"


URLS = [f"https://news.example/{n}" for n in range(9)]
RECORDS = [
    record("warcinfo", "", b"software: x\r\n", "application/warc-fields"),
    record("request", URLS[1], b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request"),
    response(URLS[1], page("Rain over hills", "2021-05-30").encode()),
    response(URLS[2], page("Sun over hills").encode("cp1252"), "text/html; charset=windows-1252"),
    response(URLS[3], b"\xff\xd8\xff", "image/jpeg"),
    response(URLS[4], page("Gone").encode(), status="404 Not Found"),
    response(URLS[5], gzip.compress(page("Snow over hills").encode()), more="Content-Encoding: gzip\r\n"),
]


def read(path, data: bytes) -> list[Article | Unusable]:
    path.write_bytes(data)
    return list(read_articles([path]))


def each_gzipped(records: list[bytes]) -> bytes:
    return b"".join(map(gzip.compress, records))


@pytest.mark.parametrize(
    "data",
    [
        b"".join(RECORDS),
        each_gzipped(RECORDS),
        pa.compress(b"".join(RECORDS), codec="zstd", asbytes=True),
    ],
    ids=["plain", "gzip", "zstd"],
)
def test_only_html_responses_count(tmp_path, data):
    found = read(tmp_path / "CC-NEWS.warc.gz", data)
    assert [(item.source, item.url, item.published, item.title, item.encoding) for item in found] == [
        (URLS[1], URLS[1], "2021-05-30", "Rain over hills", "utf-8"),
        (URLS[2], URLS[2], "2021-05-31T10:00:00Z", "Sun over hills", "cp1252"),
        (URLS[5], URLS[5], "2021-05-31T10:00:00Z", "Snow over hills", "utf-8"),
    ]
    assert found[1].text == "Sun over hills\n\nÜber Sun over hills."


def test_an_archive_without_pages_is_named(tmp_path):
    (told,) = read(tmp_path / "a.warc", RECORDS[0] + RECORDS[4])
    assert told.reason == "none of the 2 records is an HTML response"


def test_an_empty_response_is_named_with_its_url(tmp_path):
    path = tmp_path / "a.warc"
    (_, told) = read(path, RECORDS[2] + response(URLS[6], b""))
    assert told == Unusable(f"{path}:2 {URLS[6]}", "an empty response, expected a page")


@pytest.mark.parametrize("cut", [1, 30, 150, 400])
def test_a_truncated_archive_gives_what_is_whole_and_is_named(tmp_path, cut):
    data = b"".join(RECORDS[:4])
    found = read(tmp_path / "a.warc", data[: -4 - cut])
    assert isinstance(found[0], Article)
    assert isinstance(found[-1], Unusable)
    assert found[-1].reason.endswith("the archive is truncated")


def test_a_truncated_gzip_archive_gives_what_is_whole_and_is_named(tmp_path):
    found = read(tmp_path / "a.warc.gz", each_gzipped(RECORDS[:4])[:-60])
    assert [item.source for item in found if isinstance(item, Article)] == [URLS[1]]
    assert found[-1].reason.endswith("truncated: the gzip data end before their end mark")


def test_garbage_between_records_is_named(tmp_path):
    found = read(tmp_path / "a.warc", b"".join(RECORDS[:3]) + b"no record\r\n\r\n" + RECORDS[3])
    assert isinstance(found[0], Article)
    assert found[-1].reason == "after record 3: damaged: Invalid WARC header"


def test_an_archive_is_not_held_in_memory():
    class Endless(io.RawIOBase):
        given = 0
        rest = b""

        def readable(self) -> bool:
            return True

        def readinto(self, buffer) -> int:
            if not self.rest:
                url, name = f"https://news.example/{self.given}", f"Story number {self.given}"
                self.rest = response(url, page(name).encode())
                self.given += 1
            data, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
            buffer[: len(data)] = data
            return len(data)

    endless = Endless()
    stream = read_articles(["-"], stdin=endless, fast=True)
    found = [next(stream) for _ in range(300)]
    titles = [item.title if isinstance(item, Article) else str(item) for item in found]
    assert titles == [f"Story number {n}" for n in range(300)]
    assert endless.given < 3000


def test_without_fastwarc_the_error_names_the_extra(tmp_path):
    (tmp_path / "a.warc").write_bytes(b"".join(RECORDS))
    program = (
        "import sys; sys.modules['fastwarc'] = None; sys.argv = ['framing', 'split', 'a.warc']\n"
        "from framing.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "error: a.warc: WARC archives need fastwarc, which is not installed",
        "hint: pip install 'framing[warc]'",
    ]
