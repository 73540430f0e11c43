"""Hostile tables: CSV, JSONL, Parquet and Excel, as articles, as units, as labels and as scores."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.hostile.cases import DONE, ESCAPES, FAILED, SOME, Maker, rows, table

_ANY = (DONE, FAILED, SOME)
_LABELS = "unit_id,variable,value,coder,text"


def fill(make: Maker) -> None:
    _csv(make)
    _jsonl(make)
    _parquet(make)
    _labels(make)
    _scores(make)


def _csv(make: Maker) -> None:
    wide = 1_000_000 if make.big else 100_000
    for name, data in {
        "very many columns": b"text," + ",".join(f"c{n}" for n in range(wide)).encode() + b"\nRain," + b"," * (wide - 1) + b"\n",
        "a million cells in a row": b"text,id\nRain," + b"," * 1_000_000 + b"\n",
        "ragged rows": rows("text,id", "Rain.", "Rain.,1,2,3", '"Rain.",1', "Sun.,2"),
        "a giant cell": b'text,id\n"' + b"rain " * 1_000_000 + b'",1\n',
        "an open quotation mark": b'text,id\n"Rain.,1\nSun.,2\n',
        "a quotation mark within": b'text,id\nRa"in.,1\n"Su"n.,2\n',
        "one column twice": b"text,text\nRain.,Sun.\n",
        "empty names": b"text,,,\nRain.,1,2,3\n",
        "escapes in its names": f"text,{ESCAPES}\nRain.,1\n".encode(),
        "no text, escapes in its names": f"a,{ESCAPES}\nRain.,1\n".encode(),
        "paths for ids": b"id,text\n../../../etc/passwd,Rain.\n/etc/passwd,Sun.\n",
        "escapes in ids": f"id,text\n{ESCAPES},Rain.\n{ESCAPES},Sun.\n".encode(),
        "NULs": b"text,id\nRa\0in.,1\n",
        "lone carriage returns": b"text,id\rRain.,1\rSun.,2\r",
        "formulas": rows("text,id,title", "=1+1,=cmd|'/c calc'!A0,@x", "+1,-1,=HYPERLINK(\"http://x\")"),
        "100,000 empty lines": b"text,id\n" + b"\n" * 100_000 + b"Rain.,1\n",
        "a header only": b"text,id\n",
        "commas only": b"," * 1_000_000,
    }.items():  # fmt: skip
        make.page(f"csv, {name}", "a.csv", data, _ANY)
        make.case(
            f"csv, {name}, as units",
            "split in/a.csv --presplit -o out/u.csv",
            lambda place, data=data: (place / "a.csv").write_bytes(data),
            _ANY,
        )


def _jsonl(make: Maker) -> None:
    for name, data in {
        "100,000 brackets": b"[" * 100_000,
        "100,000 braces": b'{"text":' * 100_000,
        "deep in a field": b'{"text": "Rain.", "id": ' + b"[" * 50_000 + b"]" * 50_000 + b"}\n",
        "a number of a million digits": b'{"text": "Rain.", "id": ' + b"9" * 1_000_000 + b"}\n",
        "a number as text": b'{"text": ' + b"9" * 4_000 + b"}\n",
        "1e999": b'{"text": "Rain.", "id": 1e999, "start": 1e999}\n',
        "NaN": b'{"text": "Rain.", "id": NaN, "start": NaN, "published": -Infinity}\n',
        "keys that stand twice": b'{"text": "Rain.", "text": 1, "text": "Sun.", "id": 1, "id": 2}\n',
        "lone surrogates": b'{"text": "Rain \\ud800 \\udfff.", "id": "\\udcff"}\n',
        "NULs": b'{"text": "Rain\\u0000.", "id": "\\u0000"}\n',
        "escapes": rows(json.dumps({"text": ESCAPES + "Rain.", "id": ESCAPES, "url": ESCAPES})),
        "wrong types": rows('{"text": {"a": 1}}', '{"text": []}', '{"text": true}', "1", "null", '"x"', "[]"),
        "types in its facts": b'{"text": "Rain.", "title": {"a": [1]}, "url": [1], "outlet": 1e308, "id": {}}\n',
        "100,000 keys": rows(json.dumps({"text": "Rain."} | {f"k{n}": n for n in range(100_000)})),
        "two texts of one id": rows(
            '{"id": "\\u001b[2J", "text": "Rain."}', '{"id": "\\u001b[2J", "text": "Sun."}'
        ),
        "html of the wrong type": b'{"html": {"a": 1}}\n{"html": 7}\n',
        "cut off": b'{"text": "Rain."}\n{"text": "Su',
        "one list": b'[{"text": "Rain."}]',
    }.items():
        make.page(f"jsonl, {name}", "a.jsonl", data, _ANY)
        for command in (
            "split in/a.jsonl --presplit -o out/u.csv",
            "stats in/a.jsonl",
            "labels import in/a.jsonl --workspace out/w --variable frame --coder x",
        ):
            make.case(
                f"jsonl, {name}: {command.split()[0]} {command.split()[1]}",
                command,
                lambda place, data=data: (place / "a.jsonl").write_bytes(data),
                _ANY,
            )


def _written(frame: "pa.Table", compression: str = "snappy") -> bytes:
    stream = io.BytesIO()
    pq.write_table(frame, stream, compression=compression)
    return stream.getvalue()


def _parquet(make: Maker) -> None:
    sound = _written(pa.table({"text": ["Rain fell.", "Sun shone."] * 50, "id": list(range(100))}))
    odd = pa.table(
        {
            "text": pa.array([["Rain."], ["Sun."]]),
            "unit_id": pa.array([{"a": 1}, {"a": 2}]),
            "variable": pa.array([b"\xff", b"\xfe"]),
            "value": pa.array([None, None]),
            "coder": pa.array([[1], None]),
        }
    )
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 3_000, pa.int32()), pa.array(["rain " * 200_000]))
    twice = pa.table([pa.array(["Rain."]), pa.array(["Sun."])], names=["text", "text"])
    for name, data in {
        "cut off": sound[:-20],
        "its mark only": b"PAR1",
        "two marks": b"PAR1PAR1",
        "a footer of 4 GB": b"PAR1" + b"\xff\xff\xff\xffPAR1",
        "other columns": _written(pa.table({ESCAPES: ["x"]})),
        "wrong types": _written(odd),
        "a column twice": _written(twice),
        "no rows": _written(pa.table({"text": pa.array([], pa.string())})),
        "a bomb": _written(pa.table({"text": pa.array(["rain " * 200_000] * 3_000).dictionary_encode()})),
        "one long text that a list holds often": _written(
            pa.table({"text": ["Rain."], "author": pa.ListArray.from_arrays([0, 3_000], long)})
        ),
        "one text of 20 MB in all rows": _written(
            pa.table({"text": pa.array(["r" * (20 << 20)] * 64).dictionary_encode()}), compression="zstd"
        ),
        "rows of nothing": _written(
            pa.table({"text": pa.nulls(20_000_000 if make.big else 4_000_000, pa.string())})
        ),
        "dates": _written(pa.table({"text": ["Rain."], "published": pa.array([2**60], pa.timestamp("ns"))})),
        "dates out of range": _written(
            pa.table({"text": ["Rain."], "published": pa.array([2**50], pa.timestamp("ms"))})
        ),
        "large numbers": _written(pa.table({"text": ["Rain."], "id": pa.array([2**63], pa.uint64())})),
    }.items():
        for command in (
            "split in/a.parquet -o out/u.csv",
            "split in/a.parquet --presplit -o out/u.csv",
            "stats in/a.parquet",
        ):
            make.case(
                f"parquet, {name}: {command[:25]}",
                command,
                lambda place, data=data: (place / "a.parquet").write_bytes(data),
                _ANY,
            )
    make.mutants("parquet", "a.parquet", sound, 25)
    make.mutants(
        "parquet labels",
        "a.parquet",
        _written(pa.table({"text": ["a", "b"], "label": ["x", "y"]})),
        12,
        "stats in/a.parquet",
    )


def _excel(sheet: str, **others: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        )
        packed.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        packed.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        packed.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, data in others.items():
            packed.writestr(name, data)
    return stream.getvalue()


def _repacked(excel: bytes) -> bytes:
    """Packed as bzip2, of which a few bytes unpack to anything at once."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(excel)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_BZIP2) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return stream.getvalue()


_SHEET = '<?xml version="1.0"?>{}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
_CELLS = '<row r="1"><c r="A1" t="inlineStr"><is><t>text</t></is></c><c r="B1" t="inlineStr"><is><t>label</t></is></c></row>'


def _labels(make: Maker) -> None:
    laughs = (
        '<!DOCTYPE x [<!ENTITY l0 "ha">'
        + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
        + "]>"
    )
    for name, file, data in (
        ("text", "a.csv", b"Rain fell.\n"),
        ("a picture", "a.csv", b"\x89PNG\r\n\x1a\n" + bytes(999)),
        ("NULs", "a.csv", bytes(999)),
        ("wrong flags", "a.csv", rows(f"{_LABELS},current", f"u,frame,x,ada,t,{ESCAPES}")),
        ("no number", "a.csv", rows(f"{_LABELS},seconds", "u,frame,x,ada,t,=1+1")),
        ("infinite", "a.csv", rows(f"{_LABELS},seconds,probability", "u,frame,x,ada,t,inf,nan", "v,frame,x,ada,t,-1,9e999")),
        ("years out of range", "a.csv", rows(f"{_LABELS},made_at", "u,frame,x,ada,t,99999-01-01", "v,frame,x,ada,t,0000-00-00")),
        ("huge numbers", "a.csv", rows(f"{_LABELS},start,end", f"u,frame,x,ada,t,{'9' * 400},1")),
        ("values with escapes", "a.csv", table(_LABELS, [[f"u{n}", "frame", f"{ESCAPES}{n % 2}", f"{ESCAPES}c{m}", "t"] for n in range(20) for m in range(2)])),
        ("variables with paths", "a.csv", table(_LABELS, [[f"u{n}", "../../../evil", f"v{n % 2}", f"c{m}", f"rain {n}"] for n in range(20) for m in range(2)])),
        ("10,000 variables", "a.csv", table(_LABELS, [["u", f"v{n}", "x", f"c{n % 2}", "t"] for n in range(10_000 if make.big else 500)])),
        ("10,000 coders", "a.csv", table(_LABELS, [["u", "frame", f"v{n % 3}", f"c{n}", "t"] for n in range(10_000 if make.big else 300)])),
        ("10,000 values", "a.csv", table(_LABELS, [[f"u{n}", "tone", f"v{n}", f"c{m}", "t"] for n in range(10_000 if make.big else 200) for m in range(2)])),
        ("ragged rows", "a.csv", rows(_LABELS, "u,frame", "u,frame,x,ada,t,1,2,3")),
        ("a column twice", "a.csv", rows(f"{_LABELS},value", "u,frame,x,ada,t,y")),
        ("an open quotation mark", "a.csv", rows(_LABELS, '"u,frame,x,ada,t')),
        ("markup", "a.csv", table(_LABELS, [["<script>", "<b>", "<img src=x onerror=alert(1)>", "</td>", "x"]])),
        ("a document in XML", "a.xlsx", _excel(_SHEET.format("", _CELLS))),
        ("billion laughs", "a.xlsx", _excel(_SHEET.format(laughs, f"{_CELLS}<row r='2'><c r='A2' t='inlineStr'><is><t>&l11;</t></is></c></row>"))),
        ("a cell a million columns off", "a.xlsx", _excel(_SHEET.format("", f"{_CELLS}<row r='1048576'><c r='XFD1048576' t='inlineStr'><is><t>x</t></is></c></row>"))),
        ("two cells far off", "a.xlsx", _excel(_SHEET.format("", "<row r='1'><c r='XFD1'><v>1</v></c></row><row r='2'><c r='A2'><v>1</v></c></row><row r='1048576'><c r='A1048576'><v>1</v></c></row>"))),
        ("a row that is no row", "a.xlsx", _excel(_SHEET.format("", f"{_CELLS}<row r='99999999999999'><c><v>1</v></c></row>"))),
        ("one row without end", "a.xlsx", _excel(_SHEET.format("", f"<row>{'<c/>' * (9_000_000 if make.big else 900_000)}</row>"), **{"xl/media/a.png": make.draw.randbytes(300_000)})),
        ("packed in another way", "a.xlsx", _repacked(_excel(_SHEET.format("", _CELLS)))),
        ("a bomb", "a.xlsx", _excel(_SHEET.format("", _CELLS + " " * (300 << 20 if make.big else 30 << 20)))),
        ("no workbook", "a.xlsx", b"PK\x03\x04" + bytes(99)),
        ("paths for members", "a.xlsx", _excel(_SHEET.format("", _CELLS), **{"../../../../evil.txt": b"x"})),
        ("gzip", "a.csv", gzip.compress(b"text,label\na,b\n")),
    ):  # fmt: skip
        for command in (
            f"stats in/{file}",
            f"reliability in/{file}",
            f"labels gold in/{file} -o out/gold.csv",
            f"train in/{file} -o out/model",
            f"labels import in/{file} --workspace out/w --variable frame --coder x",
        ):
            make.case(
                f"labels, {name}: {' '.join(command.split()[:2])}",
                command,
                lambda place, file=file, data=data: (place / file).write_bytes(data),
                _ANY,
            )
    make.mutants("Excel", "a.xlsx", _excel(_SHEET.format("", _CELLS)), 20, "stats in/a.xlsx")


def _scores(make: Maker) -> None:
    head = "unit_id,article_id,source,start,end,text,region,paragraph,position,outlet,variable,label,confidence,p_a,p_b,model"
    unit = "u{0},a{0},s,0,4,Rain,body,0,0,o,tone,a,{1},{2},{3},m@123456789012"
    for name, data in {
        "NaN": rows(head, unit.format(1, "nan", "nan", "nan")),
        "infinite": rows(head, unit.format(1, "inf", "1e999", "-1")),
        "words": rows(head, unit.format(1, "x", ESCAPES, "=1+1")),
        "over one": rows(head, *(unit.format(n, "7", "5", "9") for n in range(9))),
        "no rows": rows(head),
        "rubbish": b"\0" * 99,
        "no columns": b"a,b\n1,2\n",
    }.items():
        for command in ("prevalence in/s.csv in/l.csv", "report --scores in/s.csv in/l.csv -o out/r.html"):

            def both(place: Path, data: bytes = data) -> None:
                (place / "s.csv").write_bytes(data)
                (place / "l.csv").write_bytes(rows(_LABELS, "u1,tone,a,ada,Rain", "u2,tone,b,ada,Sun"))

            make.case(f"scores, {name}: {command[:6]}", command, both, _ANY)
