"""A LABELS file, and the ways in which people and programs save it again."""

import codecs
import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from framing.codebook import Codebook
from framing.formats import writing
from framing.records import unit_id
from framing.tables import LABELS

BOOK = Codebook.parse(
    """
variables:
- name: tone
  values: [{name: calm, definition: d}, {name: grave, definition: d}]
- name: topics
  type: several
  values: [{name: prices, definition: d}, {name: weather, definition: d}, {name: people, definition: d}]
"""
)
#: The first and the second are such as spreadsheets take for numbers.
ARTICLES = ("224e220064038127", "0012345678901234", "9c1f0a77be5d2e43")
_TEXTS = (
    "Ferry fares rise by a tenth, Zoë Brandt of the harbour board said.",
    "Fog kept the early boats in port.",
    'Passengers called it "a bad joke", and waited.',
    "=1+1 stood on the notice board",
)
_TONES = (("calm", "calm"), ("grave", "calm"), ("grave", "grave"), ("calm", "calm"))
_TOPICS = (("prices|people", "prices"), ("weather", "weather"), ("people", "people"), ("", ""))

Row = dict[str, Any]


def rows() -> list[Row]:
    """Answers of two coders on twelve units: 48, an earlier one, and a skipped unit among them."""
    found: list[Row] = []
    for page, article in enumerate(ARTICLES):
        for place, text in enumerate(_TEXTS):
            answers = [
                (name, coder, given[coder == "ben"])
                for name, given in (("tone", _TONES[place]), ("topics", _TOPICS[place]))
                for coder in ("ada", "ben")
            ]
            found += [
                _row(page, article, place, text, *answer, number) for number, answer in enumerate(answers)
            ]
    first = found[0]
    # As text the earlier time goes after the later one where dates begin with the day.
    found[0] = first | {
        "value": "grave",
        "current": "false",
        "made_at": "2026-11-30T09:00:00Z",
        "note": "too fast",
    }
    found.insert(1, first | {"made_at": "2026-12-01T08:30:00.250000Z", "annotation": "900"})
    found[-4:] = [
        row | {"value": "", "skipped": "true"} if row["coder"] == "ben" else row for row in found[-4:]
    ]
    return found


def _row(
    page: int, article: str, place: int, text: str, name: str, coder: str, value: str, number: int
) -> Row:
    start = 100 * place
    answer = 100 + 16 * page + 4 * place + number
    known = {
        "round": "ferry", "unit_id": unit_id(article, text, 0), "article_id": article, "source": f"ferry/{page}.txt",
        "start": str(start), "end": str(start + len(text)), "variable": name, "value": value, "coder": coder,
        "kind": "human", "current": "true", "withdrawn": "false",
        "made_at": f"2026-12-{2 + place:02}T{8 + number:02}:15:0{page}Z", "seconds": f"{4 + number}.5",
        "unsure": "false", "skipped": "false", "saw_suggestion": "false", "sampling": "random",
        "probability": "0.25", "codebook": "4f66021e88061691", "region": "body", "region_before": "headline",
        "position": str(place), "paragraph": str(place), "text": text, "outlet": "Harbour Post", "server": "7c1de2",
        "title": "Fares rise", "published": "2026-11-28", "project": "3", "task": str(answer // 4),
        "annotation": str(answer),
        "note": "line one\nline two, “quoted”" if number == 1 else "",
    }  # fmt: skip
    return dict.fromkeys(LABELS.columns, "") | known


@dataclass(frozen=True)
class Case:
    """A way to save the file again.

    Attributes
    ----------
    how : str
        What was done, as docs/edited_labels.md tells it.
    message : str
        How it is refused, after the file's name; empty: it is read right.
    save : callable
        Gives the file's bytes.
    ending : str
    """

    how: str
    message: str
    save: Callable[[list[Row]], bytes]
    ending: str = ".csv"


def table(found: Iterable[Row], columns: Sequence[str] = LABELS.columns, **options: Any) -> str:
    """CSV of rows."""
    text = io.StringIO()
    writer = csv.writer(text, **({"lineterminator": "\n"} | options))
    writer.writerow(columns)
    writer.writerows([row[name] for name in columns] for row in found)
    return text.getvalue()


def edited(*names: str, to: Callable[[str], str], only: int | None = None) -> Callable[[list[Row]], bytes]:
    """Cells of some columns changed; in all rows, or in one of them."""

    def save(found: list[Row]) -> bytes:
        for index, row in enumerate(found):
            if only is None or index == only:
                row |= {name: to(row[name]) for name in names or LABELS.columns}
        return table(found).encode()

    return save


def plain(
    change: Callable[[str], str] = str, encoding: str = "utf-8", **options: Any
) -> Callable[..., bytes]:
    """The table with other options, and its text changed."""
    return lambda found: change(table(found, **options)).encode(encoding)


def _time(form: str) -> Callable[[str], str]:
    return lambda text: pd.Timestamp(text).tz_convert(None).strftime(form)


def _serial(text: str) -> str:
    return f"{(pd.Timestamp(text).tz_convert(None) - pd.Timestamp('1899-12-30')).total_seconds() / 86400:.5f}"


def _lines(change: Callable[[list[str]], list[str]]) -> Callable[[str], str]:
    """Change the lines of a table whose cells hold no line end."""
    return lambda text: "\n".join([*change(text.replace("line one\nline two", "one line").splitlines()), ""])


def _frame(found: list[Row]) -> pd.DataFrame:
    """The table as pandas takes it up when it is not told what the columns hold."""
    return pd.read_csv(io.StringIO(table(found)), dtype={"unit_id": str, "article_id": str})


def _by(write: Callable[[pd.DataFrame, Path], None], ending: str) -> Callable[[list[Row]], bytes]:
    def save(found: list[Row]) -> bytes:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, f"a{ending}")
            write(pd.DataFrame(found, columns=list(LABELS.columns)), file)
            return file.read_bytes()

    return save


def _written(frame: pd.DataFrame, file: Path) -> None:
    with writing(file, LABELS.columns) as cells:
        cells.write(frame.to_dict("records"))


def _conflict(lines: list[str], middle: Sequence[str] = ()) -> list[str]:
    changed = lines[5].replace("calm", "grave")
    return [*lines[:5], "<<<<<<< HEAD", lines[5], *middle, "=======", changed, ">>>>>>> ben", *lines[6:]]


def _wide(lines: list[str]) -> list[str]:
    """Conflict markers after a spreadsheet has filled their rows up."""
    filled = "," * (len(LABELS.columns) - 1)
    return [f"{line}{filled}" if line[:4] in ("<<<<", "====", ">>>>") else line for line in _conflict(lines)]


def _sorted_alone(found: list[Row]) -> bytes:
    for row, article in zip(found, sorted((row["article_id"] for row in found), reverse=True), strict=True):
        row["article_id"] = article
    return table(found).encode()


def _columns(*left_out: str, first: Sequence[str] = ()) -> Callable[[list[Row]], bytes]:
    names = [*first, *(name for name in LABELS.columns if name not in (*left_out, *first))]
    return lambda found: table(found, names).encode()


def _header(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "\n".join([change(text.partition("\n")[0]), text.partition("\n")[2]])


def _numbers(frame: pd.DataFrame) -> bytes:
    flags = dict.fromkeys(LABELS.flags, float)
    return frame.astype(dict.fromkeys(LABELS.whole, float) | flags).to_csv(index=False).encode()


def _in_note(found: list[Row]) -> bytes:
    found[3]["note"] = "seen on\n<<<<<<< HEAD\nmonday\n=======\ntuesday\n>>>>>>> ben\nagain"
    return table(found).encode()


RIGHT = ""
_UTC = "a time like 2026-05-04T10:00:00Z"
CASES = (
    Case("not changed", RIGHT, plain()),
    Case("every cell in quotes", RIGHT, plain(quoting=csv.QUOTE_ALL)),
    Case("a byte order mark before it, as Excel's “CSV UTF-8” has", RIGHT, plain(encoding="utf-8-sig")),
    Case("UTF-16, little end first, with tabs, as Excel's “Unicode text”", RIGHT, lambda found: codecs.BOM_UTF16_LE + table(found, delimiter="\t", lineterminator="\r\n").encode("utf-16-le")),
    Case("UTF-16, big end first", RIGHT, lambda found: codecs.BOM_UTF16_BE + table(found).encode("utf-16-be")),
    Case("semicolons for commas", RIGHT, plain(delimiter=";")),
    Case("tabs for commas", RIGHT, plain(delimiter="\t")),
    Case("as `.tsv`", RIGHT, plain(delimiter="\t"), ".tsv"),
    Case("lines that end as on Windows", RIGHT, plain(lineterminator="\r\n")),
    Case("lines that end as on old Macs", RIGHT, plain(lineterminator="\r")),
    Case("blank lines at the end", RIGHT, plain(lambda text: text + "\n\n  \n")),
    Case("blank lines between the rows", RIGHT, plain(_lines(lambda lines: [f"{line}\n" for line in lines]))),
    Case("rows of separators alone at the end", RIGHT, plain(lambda text: text + ("," * (len(LABELS.columns) - 1) + "\n") * 3)),
    Case("a separator more at the end of each line", RIGHT, plain(_lines(lambda lines: [f"{line}," for line in lines]))),
    Case("columns in another order", RIGHT, _columns(first=("value", "coder", "unit_id"))),
    Case("a column of one's own", RIGHT, lambda found: table([row | {"mine": "x"} for row in found], ("mine", *LABELS.columns)).encode()),
    Case("pandas' or R's row numbers in a first column without name", RIGHT, lambda found: pd.DataFrame(found).to_csv().encode()),
    Case("columns taken out that are not needed", RIGHT, _columns("source", "start", "end", "text", "before", "after", "task", "annotation", "seconds")),
    Case("blanks at the end of each cell", RIGHT, edited(to=lambda text: f"{text}   ")),
    Case("the header in capitals", RIGHT, plain(_header(str.upper))),
    Case("the header in words", RIGHT, plain(_header(lambda line: line.replace("_", " ").title()))),
    Case("TRUE and FALSE", RIGHT, edited(*LABELS.flags, to=str.upper)),
    Case("1 and 0 for flags", RIGHT, edited(*LABELS.flags, to=lambda text: str(int(text == "true")))),
    Case("yes and no for flags", RIGHT, edited(*LABELS.flags, to=lambda text: "yes" if text == "true" else "no")),
    Case("whole numbers as `1.0`, flags as `1.0` and `0.0`", RIGHT, lambda found: _numbers(_frame(found))),
    Case("read and written by pandas", RIGHT, lambda found: _frame(found).to_csv(index=False).encode()),
    Case("times as `2026-12-01 08:30:00+00:00`", RIGHT, edited("made_at", to=lambda text: str(pd.Timestamp(text)))),
    Case("times with other offsets", RIGHT, edited("made_at", to=lambda text: pd.Timestamp(text).tz_convert("Asia/Tokyo" if ":15:" in text else "America/New_York").isoformat())),
    Case("rows in another order", RIGHT, lambda found: table(found[::-1]).encode()),
    Case("rows twice", RIGHT, lambda found: table([*found, *found[5:]]).encode()),
    Case("a byte order mark in the middle", RIGHT, lambda found: (table(found[:9]) + "\ufeff" + table(found[9:]).partition("\n")[2]).encode()),
    Case("apostrophes before formulas", RIGHT, edited("text", to=lambda text: text.replace("=", "'="))),
    Case("apostrophes before ids", RIGHT, edited("unit_id", "article_id", to=lambda text: f"'{text}")),
    Case("as `.jsonl`", RIGHT, _by(_written, ".jsonl"), ".jsonl"),
    Case("as `.parquet`", RIGHT, _by(_written, ".parquet"), ".parquet"),
    Case("as `.xlsx`", RIGHT, _by(_written, ".xlsx"), ".xlsx"),
    Case("times with the day first", f"row 2, column made_at: found '30/11/2026 09:00', expected {_UTC} (and 48 more cells)", edited("made_at", to=_time("%d/%m/%Y %H:%M"))),
    Case("times with the day first and dots", f"row 2, column made_at: found '30.11.2026 09:00:00', expected {_UTC} (and 48 more cells)", edited("made_at", to=_time("%d.%m.%Y %H:%M:%S"))),
    Case("times with the month first", f"row 2, column made_at: found '11/30/2026 9:00 AM', expected {_UTC} (and 48 more cells)", edited("made_at", to=lambda text: _time("%m/%d/%Y %I:%M %p")(text).replace(" 0", " "))),
    Case("times as minutes and seconds", f"row 2, column made_at: found '00:00.0', expected {_UTC} (and 48 more cells)", edited("made_at", to=_time("%M:%S.0"))),
    Case("times as a spreadsheet's day numbers", f"row 2, column made_at: found '46356.37500', expected {_UTC} (and 48 more cells)", edited("made_at", to=_serial)),
    Case("an id as a number in powers of ten", "row 4, column unit_id: found '1.23E+15', expected an id", edited("unit_id", to=lambda _: "1.23E+15", only=2)),
    Case("article ids as numbers in powers of ten", "row 2, column article_id: found '2.24e+22', expected an id (and 16 more cells)", edited("article_id", to=lambda text: "2.24e+22" if text == ARTICLES[0] else text)),
    Case("article ids as the infinite number", "row 2, column article_id: found 'inf', expected an id (and 16 more cells)", edited("article_id", to=lambda text: "inf" if text == ARTICLES[0] else text)),
    Case("zeros lost at the start of article ids", "row 19, column article_id: found '12345678901234', expected '0012345678901234' as in unit_id (and 15 more cells)", edited("article_id", to=lambda text: text.lstrip("0"))),
    Case("the last digit of article ids rounded", "row 19, column article_id: found '0012345678901230', expected '0012345678901234' as in unit_id (and 15 more cells)", edited("article_id", to=lambda text: text.replace("1234567890123" + "4", "1234567890123" + "0"))),
    Case("ids in capitals", "row 2, column unit_id: found {unit!r}, expected an id in small letters (and 48 more cells)", edited("unit_id", to=str.upper)),
    Case("one column sorted without the others", "row 2, column article_id: found '9c1f0a77be5d2e43', expected '224e220064038127' as in unit_id (and 47 more cells)", _sorted_alone),
    Case("`unit_id` emptied", "row 3, column unit_id: found '', expected one, as no answer is without it", edited("unit_id", to=lambda _: "", only=1)),
    Case("a blank for `unit_id`", "row 3, column unit_id: found ' ', expected one, as no answer is without it", edited("unit_id", to=lambda _: " ", only=1)),
    Case("`variable` emptied", "row 2, column variable: found '', expected one, as no answer is without it (and 48 more cells)", edited("variable", to=lambda _: "")),
    Case("`coder` emptied", "row 7, column coder: found '  ', expected one, as no answer is without it", edited("coder", to=lambda _: "  ", only=5)),
    Case("WAHR and FALSCH", "row 2, column current: found 'FALSCH', expected true or false (and 244 more cells)", edited(*LABELS.flags, to=lambda text: {"true": "WAHR", "false": "FALSCH"}[text])),
    Case("decimal commas", "row 2, column seconds: found '4,5', expected a number (and 97 more cells)", edited("seconds", "probability", to=lambda text: text.replace(".", ","))),
    Case("NA for empty cells, as R writes them", "row 2, column region_after: found 'NA', expected one of {regions} (and 48 more cells)", edited(to=lambda text: text or "NA")),
    Case("nan in a column of numbers", "row 3, column seconds: found 'nan', expected a number", edited("seconds", to=lambda _: "nan", only=1)),
    Case("None in a column of flags", "row 3, column unsure: found 'None', expected true or false", edited("unsure", to=lambda _: "None", only=1)),
    Case("nan for an id", "row 3, column unit_id: found 'nan', expected an id", edited("unit_id", to=lambda _: "nan", only=1)),
    Case("`#NAME?` for a coder", "row 3, column coder: found '#NAME?', expected a name", edited("coder", to=lambda _: "#NAME?", only=1)),
    Case("`#N/A` for a value", "row 3, column value: found '#N/A', expected a name", edited("value", to=lambda _: "#N/A", only=1)),
    Case("a fraction in a column of whole numbers", "row 2, column position: found '0.5', expected a whole number (and 48 more cells)", edited("position", to=lambda text: f"{text}.5")),
    Case("a number below 0", "row 2, column start: found '-1', expected 0 or more", edited("start", to=lambda _: "-1", only=0)),
    Case("a unit that ends before it begins", "row 2, column end: found 5, expected 100 (start) or more", edited("start", "end", to=lambda text: "100" if text == "0" else "5", only=0)),
    Case("a chance in percent", "row 2, column probability: found '25%', expected a number (and 48 more cells)", edited("probability", to=lambda _: "25%")),
    Case("a chance above 1", "row 2, column probability: found '25', expected a number above 0, at most 1", edited("probability", to=lambda _: "25", only=0)),
    Case("`kind` in other words", "row 2, column kind: found 'person', expected one of human machine imported (and 48 more cells)", edited("kind", to=lambda _: "person")),
    Case("`sampling` in other words", "row 2, column sampling: found 'by chance', expected one of random uncertain all assigned training", edited("sampling", to=lambda _: "by chance", only=0)),
    Case("a region that there is none of", "row 2, column region: found 'text', expected one of {regions}", edited("region", to=lambda _: "text", only=0)),
    Case("a row cut in its middle", "row 6: found 11 cells, expected {width} as in the header", plain(_lines(lambda lines: [",".join(line.split(",")[:11]) if n == 5 else line for n, line in enumerate(lines)]))),
    Case("cut off within a cell in quotes", "row 4: the file ends within a cell in double quotes", plain(lambda text: text[: text.index("line two")])),
    Case("a comma added without quotes", "row 6: found {more} cells, expected {width} as in the header", plain(_lines(lambda lines: [line.replace("Harbour Post", "Harbour, Post") if n == 5 else line for n, line in enumerate(lines)]))),
    Case("the header taken out", "the header names '0', 'false' twice, expected each column once", plain(lambda text: text.partition("\n")[2])),
    Case("a column twice", "the header names 'value' twice, expected each column once", plain(_header(lambda line: line.replace("reason", "value")))),
    Case("a column twice, once in capitals", "found the column 'Value' beside another 'value', expected one", plain(_header(lambda line: line.replace("reason", "Value")))),
    Case("the name of a column emptied", "row 2, column {place}: found 'false' in a column without a name (and 48 more cells)", plain(_header(lambda line: line.replace(",current,", ",,")))),
    Case("two files one after the other", "row 7: found the header again, expected it once", lambda found: (table(found[:5]) + "\ufeff" + table(found[5:])).encode()),
    Case("a conflict of git", "row 6: found git's conflict marker '<<<<<<< HEAD', expected a row (and 2 more rows)", plain(_lines(_conflict))),
    Case("a conflict of git with the version before", "row 6: found git's conflict marker '<<<<<<< HEAD', expected a row (and 3 more rows)", plain(_lines(lambda lines: _conflict(lines, ["||||||| 1f2e3d4", lines[5]])))),
    Case("a conflict of git around the header", "row 1: found git's conflict marker '<<<<<<< HEAD', expected a row", plain(_lines(lambda lines: ["<<<<<<< HEAD", lines[0].replace("server,", ""), "=======", lines[0], ">>>>>>> ben", *lines[1:]]))),
    Case("a conflict of git, saved by a spreadsheet", "row 6: found git's conflict marker '<<<<<<< HEAD', expected a row (and 2 more rows)", plain(_lines(_wide))),
    Case("a conflict of git within a note", "row 5, column note: found 'seen on\\n<<<<<<< HEAD\\nmonday\\n=======\\ntuesday\\n>>>>>>> ben\\nagai', expected one version of the text", _in_note),
    Case("a conflict of git in `.jsonl`", "row 3: found git's conflict marker '=======', expected a row", lambda found: "\n".join([json.dumps(found[0]), json.dumps(found[1]), "=======", ""]).encode(), ".jsonl"),
    Case("Windows-1252", "row 2, column text: found b'Ferry fares rise by a tenth, Zo\\xeb Brandt ', expected UTF-8 (and 12 more cells)", lambda found: table(found).replace("“", "").replace("”", "").encode("cp1252")),
    Case("UTF-16 without a byte order mark", "found every other byte NUL, expected UTF-8", plain(encoding="utf-16-le")),
    Case("half a character of UTF-16 in UTF-8", "row 3, column note: found b'\\xed\\xa0\\x80', expected UTF-8", lambda found: edited("note", to=lambda _: "HALF", only=1)(found).replace(b"HALF", b"\xed\xa0\x80")),
    Case("a NUL character in an id", "row 3, column unit_id: found {nul!r}, expected an id", edited("unit_id", to=lambda text: f"{text}\0", only=1)),
    Case("packed with gzip under the old name", "found a gzip file, expected .csv", lambda found: gzip.compress(table(found).encode())),
    Case("packed with gzip as `.csv.gz`", "no format for '.gz', expected .csv .tsv .jsonl .json .parquet .xlsx", lambda found: gzip.compress(table(found).encode()), ".csv.gz"),
)  # fmt: skip
