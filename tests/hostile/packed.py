"""Hostile archives: bombs, damage and lies in gzip, zstd, ZIP and WARC."""

import gzip
import io
import zipfile
from pathlib import Path

import pyarrow as pa

from tests.hostile.cases import DONE, ESCAPES, FAILED, SOME, Maker

_ANY = (DONE, FAILED, SOME)
_PAGE = b"<html><body><h1>Rain fell</h1><p>Rain fell over the harbour and nobody came.</p></body></html>"


def zstd(data: bytes) -> bytes:
    return bytes(pa.compress(data, codec="zstd", asbytes=True))


def zeros(megabytes: int) -> bytes:
    """A gzip member of that many zeros."""
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=9) as packed:
        for _ in range(megabytes):
            packed.write(b"0" * (1 << 20))
    return stream.getvalue()


def record(body: bytes, kind: str = "response", length: int | None = None, **headers: str) -> bytes:
    """One record of a WARC, with what length it pleases."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    told = {"WARC-Type": kind, "WARC-Target-URI": "http://a.example/x", "WARC-Date": "2024-05-03T00:00:00Z"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    told |= {"Content-Type": "application/http; msgtype=response"}
    told |= {"Content-Length": str(len(http) if length is None else length)}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + http + b"\r\n\r\n"


def fill(make: Maker) -> None:
    _bombs(make)
    _members(make)
    _warc(make)
    text = b"Rain fell over the harbour. " * 300
    make.mutants("gzip", "a.txt.gz", gzip.compress(text), 20)
    make.mutants("zstd", "a.txt.zst", zstd(text), 20)
    make.mutants("WARC", "a.warc", record(_PAGE) * 3, 25)
    make.mutants("gzipped WARC", "a.warc.gz", gzip.compress(record(_PAGE)) * 3, 25)
    make.mutants("HTML", "a.html", _PAGE * 5, 25)


def _bombs(make: Maker) -> None:
    large = zeros(300)
    for file, begin in (
        ("a.txt.gz", b""),
        ("a.csv.gz", b"text,id\n"),
        ("a.jsonl.gz", b'{"text": "'),
        ("a.html.gz", b"<html>"),
    ):
        make.page(f"bomb, gzip of 300 MB as {file}", file, gzip.compress(begin) + large)
    make.page("bomb, gzip within gzip", "a.txt.gz", gzip.compress(gzip.compress(large)))
    make.page(
        "bomb, gzip that holds itself three times",
        "a.gz",
        gzip.compress(gzip.compress(gzip.compress(b"Rain."))),
    )
    make.page("bomb, 100,000 empty members", "a.txt.gz", gzip.compress(b"") * 100_000)
    make.page("bomb, zstd of 300 MB", "a.txt.zst", zstd(bytes(300 << 20)))
    make.page("bomb, zstd of 300 MB of JSON", "a.jsonl.zst", zstd(b'{"text": "' + b"0" * (300 << 20)))
    # A frame that wants a window of 2 GB.
    make.page("bomb, zstd with a huge window", "a.zst", b"\x28\xb5\x2f\xfd\x00\xf8" + b"\x00" * 400)
    make.page("bomb, zstd skippable frames", "a.zst", b"\x50\x2a\x4d\x18\xff\xff\xff\xff" + b"x" * 400, _ANY)
    make.page("bomb, WARC of 300 MB", "a.warc.gz", gzip.compress(b"WARC/1.0\r\n") + large)
    for name, data in {
        "cut in its header": gzip.compress(b"Rain.")[:7],
        "without its end": gzip.compress(b"Rain." * 999)[:-8],
        "with a wrong sum": gzip.compress(b"Rain." * 999)[:-8] + bytes(8),
        "with rubbish behind it": gzip.compress(b"Rain." * 999) + b"rubbish" * 99,
        "with a comment of 5 MB": b"\x1f\x8b\x08\x10\0\0\0\0\0\3" + b"x" * 5_000_000,
        "of another method": b"\x1f\x8b\x07\0\0\0\0\0\0\3" + b"x" * 400,
    }.items():
        make.page(f"gzip {name}", "a.txt.gz", data, _ANY)


def _members(make: Maker) -> None:
    for name in ("../../../evil.txt", "/evil.txt", f"{ESCAPES}.txt", "a\nb.txt"):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as packed:
            packed.writestr(name, "Rain.")
        for file in ("a.zip", "a.txt"):
            make.page(f"zip, member {name!r} in {file}", file, stream.getvalue())
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.txt", bytes(100 << 20))
    make.page("zip, a bomb", "a.zip", stream.getvalue())
    for what, data in {
        "bzip2": b"BZh91AY&SY" + bytes(99), "xz": b"\xfd7zXZ\0" + bytes(99), "7z": b"7z\xbc\xaf\x27\x1c" + bytes(99),
        "tar": b"../../evil.txt" + bytes(86) + b"0000644\0" + bytes(149) + b"ustar" + bytes(250), "rar": b"Rar!\x1a\x07\0" + bytes(99),
        "elf": b"\x7fELF" + bytes(999), "pdf": b"%PDF-1.7\n" + bytes(999), "pickle": b"cos\nsystem\n(S'touch canary'\ntR.",
        "a script": b"#!/bin/sh\ntouch canary\n", "sqlite": b"SQLite format 3\0" + bytes(999), "arrow": b"ARROW1\0\0" + bytes(99),
    }.items():  # fmt: skip
        make.page(f"other, {what}", "a.txt", data, _ANY)
        make.page(f"other, {what}, without ending", "a", data, _ANY)


def _warc(make: Maker) -> None:
    good = record(_PAGE)
    for name, data in {
        "a length too small": record(_PAGE, length=20) + good,
        "a length too large": record(_PAGE, length=10**6) + good,
        "a length of 2^63": record(_PAGE, length=2**63),
        "a length of 10^30": record(_PAGE, length=10**30),
        "a length below nought": record(_PAGE, length=-5) + good,
        "no body": record(b""),
        "a body cut off": good + record(_PAGE)[:-60],
        "an address with escapes": record(_PAGE, WARC_Target_URI=f"http://x/{ESCAPES}"),
        "a broken address with escapes": record(b"", WARC_Target_URI=f"http://x/{ESCAPES}"),
        "a path for an address": record(_PAGE, WARC_Target_URI="file:///etc/passwd"),
        "an address of 1 MB": record(_PAGE, WARC_Target_URI="http://x/" + "a" * 1_000_000),
        "a date that is none": record(_PAGE, WARC_Date=f"{ESCAPES}99999-99-99"),
        "its first line only": b"WARC/1.0\r\n",
        "version 9.9": good.replace(b"WARC/1.0", b"WARC/9.9"),
        "100,000 headers": good.replace(b"\r\n\r\n", b"\r\n" + b"X-A: 1\r\n" * 100_000 + b"\r\n", 1),
        "no address": good.replace(b"WARC-Target-URI", b"X-Nothing"),
        "requests only": record(_PAGE, kind="request") * 3,
        "gzip within a response": good.replace(b"\r\n\r\n<html>", b"\r\nContent-Encoding: gzip\r\n\r\n<html>", 1),
        "chunks that lie": good.replace(b"text/html\r\n", b"text/html\r\nTransfer-Encoding: chunked\r\n", 1).replace(b"<html>", b"ffffffff\r\n", 1),
        "a charset that is none": good.replace(b"text/html", b"text/html; charset=zlib_codec\x1b[2J", 1),
        "empty lines": b"WARC/1.0\r\n" + b"\r\n" * 100_000,
        "colons": b"WARC/1.0\r\n" + b":" * 100_000 + b"\r\n\r\n",
        "one address, two pages": good + record(_PAGE.replace(b"Rain", b"Sun")),
    }.items():  # fmt: skip
        make.page(f"warc, {name}", "a.warc", data, _ANY)
        make.page(f"warc, {name}, gzipped", "a.warc.gz", gzip.compress(data), _ANY)
    inner = gzip.compress(zeros(300))
    packed = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + zeros(300)
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a/\r\nContent-Type: application/http\r\nContent-Length: {len(packed)}\r\n\r\n"
    make.page("warc, a bomb within a response", "a.warc", head.encode() + packed + b"\r\n\r\n", _ANY)
    make.page("warc, gzip within gzip within WARC", "a.warc.gz", gzip.compress(head.encode() + inner), _ANY)
    make.case("warc, scored", "score in -o out/s.csv --jobs 1", lambda place: _mixed(place, good), (SOME,))


def _mixed(place: Path, good: bytes) -> None:
    (place / "a.warc").write_bytes(good + record(_PAGE, length=10**9))
    (place / "b.txt").write_bytes(bytes(99))
    (place / "c.txt").write_bytes(b"Rain fell.")
