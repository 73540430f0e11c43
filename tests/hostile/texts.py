"""Hostile text and markup: bombs of depth and length, broken and lying encodings, names with tricks."""

import os
from pathlib import Path

from tests.hostile.cases import DONE, ESCAPES, FAILED, SOME, Maker

_ANY = (DONE, FAILED, SOME)
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
_XML = '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY l0 "ha">{}]><html><body><p>{}</p></body></html>'


def fill(make: Maker) -> None:
    _deep(make)
    _entities(make)
    _encodings(make)
    _long(make)
    _characters(make)
    _names(make)
    _declarations(make)


def _deep(make: Maker) -> None:
    for tag in ("div", "b", "table", "ul><li", "p", "font", "svg", "blockquote", "a", "span", "section"):
        page = f"<html><body>{f'<{tag}>' * 100_000}Rain fell.</body></html>"
        for fast in ("", " --fast"):
            make.case(
                f"html, 100,000 nested <{tag}>{fast}",
                f"split in/deep.html{fast} -o out/u.csv",
                lambda place, page=page: (place / "deep.html").write_text(page),
                _ANY,
            )
    for name, page in {
        "100,000 attributes": "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">Rain fell.</p>",
        "an attribute of 5 MB": f'<p title="{"x" * 5_000_000}">Rain fell.</p>',
        "50,000 unclosed comments": "<!--" * 50_000 + "Rain fell.",
        "100,000 closing tags": "</div>" * 100_000 + "Rain fell.",
        "only openings": "<" * 1_000_000,
        "100,000 forms": "<form><input>" * 100_000,
        "a tag's name of 1 MB": f"<{'x' * 1_000_000}>Rain fell.",
        "style of 5 MB": f"<style>{'a{b:c}' * 800_000}</style><p>Rain fell.</p>",
        "100,000 entities": "<p>" + "&amp;" * 100_000 + "&#0;&#xD800;&#x110000;&#99999999999;</p>",
        "deep JSON-LD": f'<script type="application/ld+json">{"[" * 100_000}</script><p>Rain fell.</p>',
        "base and frames": '<base href="file:///etc/"><iframe src="/etc/passwd"></iframe><p>Rain fell.</p>',
        "xinclude": '<html xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd"/>Rain fell.</html>',
        "meta with bombs": "<meta http-equiv=refresh content='0;url=file:///etc/passwd'>" * 5_000
        + "<p>Rain fell.</p>",
    }.items():
        make.page(f"html, {name}", "a.html", f"<html><body>{page}</body></html>".encode(), _ANY)


def _entities(make: Maker) -> None:
    for name, inner, text in (
        ("billion laughs", _LAUGHS, "&l11;"),
        ("external file", '<!ENTITY x SYSTEM "file:///etc/hostname">', "&x;"),
        ("external page", '<!ENTITY x SYSTEM "http://127.0.0.1:9/x">', "&x;"),
        ("parameter entity", '<!ENTITY % p SYSTEM "file:///etc/hostname">%p;', "Rain fell."),
        ("quadratic", f'<!ENTITY q "{"x" * 100_000}">', "&q;" * 1_000),
        ("entity in itself", '<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;"),
    ):
        for ending in ("html", "xhtml", "txt"):
            make.page(f"xml, {name} in .{ending}", f"a.{ending}", _XML.format(inner, text).encode(), _ANY)


def _encodings(make: Maker) -> None:
    said = "Rain fell — über Nacht. «Ça va?» Дождь.\n"
    for told, real in (
        ("utf-8", "cp1252"), ("utf-16", "cp1252"), ("utf-32", "latin-1"), ("shift_jis", "cp1251"),
        ("utf-7", "latin-1"), ("idna", "latin-1"), ("unicode_escape", "latin-1"), ("zlib", "latin-1"),
        ("rot13", "latin-1"), ("hex", "latin-1"), ("punycode", "latin-1"), ("..%2f", "latin-1"),
        ("bz2_codec", "latin-1"), ("undefined", "latin-1"), ("mbcs", "latin-1"), ("x" * 39, "latin-1"),
    ):  # fmt: skip
        page = (
            f'<html><meta charset="{told}"><p>{said * 3}</p></html>'.encode(real, "replace") + b"\xff\xfe\x80"
        )
        make.page(f"encoding, {real} that says {told[:20]}", "a.html", page, _ANY)
    for name, data in {
        "utf-16 of odd length": "Rain fell.".encode("utf-16") + b"x",
        "utf-16 mark only": b"\xff\xfe",
        "utf-32 mark, then junk": b"\xff\xfe\x00\x00" + b"\xff" * 4_001,
        "utf-8 mark only": b"\xef\xbb\xbf",
        "lone surrogates": "Rain \ud800 fell \udfff.".encode("utf-8", "surrogatepass"),
        "utf-16 surrogates in wrong order": "Rain.".encode("utf-16") + b"\x00\xdc\x00\xd8" * 40,
        "overlong forms": b"Rain \xc0\xaf\xe0\x80\xaf fell.\n" * 50,
        "five-byte forms": b"Rain \xf8\x88\x80\x80\x80 fell.\n" * 50,
        "every byte": bytes(range(256)) * 40,
        "high bytes": bytes(range(128, 256)) * 400,
        "mixed": "Über.\n".encode() * 50 + "Über.\n".encode("cp1252") * 50 + "Über.\n".encode("utf-16"),
        "ends within a character": "Rain fell über".encode()[:-3] + b"\xc3",
    }.items():
        for ending in ("txt", "csv", "jsonl"):
            make.page(f"encoding, {name} as .{ending}", f"a.{ending}", data, _ANY)


def _long(make: Maker) -> None:
    size = (200 if make.big else 20) << 20
    piece = b"rain fell over the harbour road and nobody came "
    for ending, begin in (
        ("txt", b""),
        ("html", b"<html><p>"),
        ("csv", b'text,id\n"'),
        ("jsonl", b'{"text": "'),
    ):

        def write(place: Path, ending: str = ending, begin: bytes = begin) -> None:
            with (place / f"a.{ending}").open("wb") as stream:
                stream.write(begin)
                for _ in range(size // (1 << 20)):
                    stream.write((piece * (1 + (1 << 20) // len(piece)))[: 1 << 20])

        make.case(
            f"long, a line of {size >> 20} MB in .{ending}", f"split in/a.{ending} -o out/u.csv", write, _ANY
        )

    def sparse(place: Path) -> None:
        with (place / "a.txt").open("wb") as stream:
            stream.write(b"Rain fell. ")
            stream.truncate(3 << 30)

    make.case("long, a sparse file of 3 GB", "split in/a.txt -o out/u.csv", sparse)
    make.page("long, a million lines", "a.txt", b"Rain.\n" * (1_000_000 if make.big else 30_000), _ANY)
    make.page("long, a word of 5 MB", "a.txt", b"x" * 5_000_000, _ANY)
    make.page("long, quotation marks", "a.txt", b'"' * 200_000, _ANY)
    make.page("long, full stops", "a.txt", b". " * 200_000, _ANY)
    make.page("long, brackets", "a.txt", b"(" * 200_000 + b")" * 200_000, _ANY)
    make.page("long, abbreviations", "a.txt", b"Mr. Dr. U.S. " * 30_000, _ANY)
    make.page("long, blanks", "a.txt", b" " * 5_000_000 + b"Rain.", _ANY)


def _characters(make: Maker) -> None:
    for name, text in {
        "NULs": "Rain\0 fell\0.\n" * 50,
        "NULs only": "\0" * 5_000,
        "escapes": f"{ESCAPES}Rain fell.{ESCAPES}\n" * 20,
        "every control character": "".join(map(chr, range(32))) * 3 + "Rain fell over the harbour." * 200,
        "right to left": "\u202eRain fell.\u202c \u2066harbour\u2069\n" * 20,
        "10,000 combining marks": "R" + "\u0301" * 10_000 + "ain fell.",
        "noncharacters": "Rain \ufffe\uffff\U0010ffff fell.\n" * 20,
        "tags": "Rain \U000e0041\U000e007f fell.\n" * 20,
        "line separators": "Rain\u2028fell\u2029over\x85the\x0bharbour\x0croad.\r\r\n\n\r",
        "white space only": " \u00a0\u2003\u3000\t\n" * 100,
        "markup": "<script>alert(1)</script> </textarea><img src=x onerror=alert(1)> {{7*7}} ${7*7} <%= 7 %>\n",
        "formulas": "=cmd|'/c calc'!A0\n+1\n-1\n@SUM(1)\n\t=1\n",
        "shell": f"$(touch {'canary'}) `touch canary`; touch canary | touch canary\n",
    }.items():
        for out in ("csv", "jsonl", "html", "md"):
            make.case(
                f"characters, {name} to .{out}",
                f"split in/a.txt -o out/u.{out}",
                lambda place, text=text: (place / "a.txt").write_text(text, encoding="utf-8", newline=""),
                _ANY,
            )


def _names(make: Maker) -> None:
    for name in (
        f"{ESCAPES}.txt", "a\nerror: all is lost\nhint: send money.txt", "a\rb.txt", "-rf.txt", "--json.txt",
        "$(touch canary).txt", "=cmd().txt", "a" * 250 + ".txt", "\u202egpj.txt", "a\tb.txt", "'; DROP.txt", "CON.txt",
        "*.txt", "~.txt", "%s%n.txt", "{0}.txt", "[bold]x[nothing].txt",
    ):  # fmt: skip
        for data, codes in (
            (b"Rain fell.\n", _ANY),
            (b"", (FAILED, SOME)),
            (b"\x89PNG" + bytes(99), (FAILED, SOME)),
        ):
            make.case(
                f"names, {name[:30]!r} with {len(data)} bytes",
                "split in -o out/u.csv",
                lambda place, name=name, data=data: (place / name).write_bytes(data),
                codes,
            )
    undecodable = os.fsdecode(b"a\xff\xfe\x1b[2J.txt")
    make.case("names, no UTF-8", "split in", lambda place: (place / undecodable).write_bytes(b""))
    for command in (
        "split in -o out/u.csv",
        "score in -o out/s.parquet --articles out/a.xlsx",
        "split in --json",
    ):
        make.case(
            f"names, no UTF-8, with a text: {command}",
            command,
            lambda place: (place / undecodable).write_bytes(b"Rain fell on the town."),
            [DONE],
        )
    make.case(
        "names, no UTF-8, in JSON", "split in --json", lambda place: (place / undecodable).write_bytes(b"")
    )
    make.case("names, as wide as can be", f"split {'a' * 5000}", lambda place: None)
    make.case("names, a path of dots", f"split {'../' * 200}etc/none -o out/u.csv", lambda place: None)
    make.case(
        "names, a loop of links", "split in -o out/u.csv", lambda place: (place / "loop").symlink_to(place)
    )
    make.case(
        "names, a link to itself",
        "split in -o out/u.csv",
        lambda place: (place / "a.txt").symlink_to("a.txt"),
    )
    make.case("names, a pipe", "split in -o out/u.csv", lambda place: os.mkfifo(place / "a.txt"))
    make.case(
        "names, a pipe by pattern", "split in/*.txt -o out/u.csv", lambda place: os.mkfifo(place / "a.txt")
    )
    make.case("names, a pipe for a model", "score in/b.txt --model in/m -o out/u.csv", _piped_model)
    for device in ("/dev/zero", "/dev/urandom", "/dev/full"):
        make.case(f"names, a link to {device}", "split in -o out/u.csv", lambda place, device=device: (place / "a.txt").symlink_to(device))  # fmt: skip
    make.case(
        "names, to a full disk",
        "split in/a.txt -o /dev/full",
        lambda place: (place / "a.txt").write_text("Rain."),
    )


def _piped_model(place: Path) -> None:
    (place / "b.txt").write_text("Rain fell.")
    (place / "m").mkdir()
    os.mkfifo(place / "m" / "model.json")


def _declarations(make: Maker) -> None:
    for name, row in {
        "outside": "../../../../etc/passwd,X",
        "absolute": "/etc/passwd,X",
        "too long": f"{'a' * 5000},X",
        "a NUL": "a\0b.txt,X",
        "escapes": f"{ESCAPES},X",
        "a line break": '"a\nerror: lost",X',
        "a folder": ".,X",
        "ragged": "a.txt,b,c,d,e",
        "an open quotation mark": '"a.txt,X',
        "a formula": "=cmd(),X",
    }.items():

        def both(place: Path, row: str = row) -> None:
            (place / "a.txt").write_text("Rain fell.")
            (place / "metadata.csv").write_text(f"file,outlet\n{row}\n", encoding="utf-8")

        make.case(f"metadata, {name}", "split in -o out/u.csv", both, (SOME,))

    def huge(place: Path) -> None:
        (place / "a.txt").write_text("Rain fell.")
        with (place / "metadata.csv").open("wb") as stream:
            stream.write(b"file,outlet\n")
            stream.truncate(3 << 30)

    make.case("metadata, a sparse file of 3 GB", "split in -o out/u.csv", huge, (SOME,))
