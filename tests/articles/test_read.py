import codecs
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.articles import read_articles, read_units
from framing.errors import InputError
from framing.records import Article, Unit, Unusable


def read(*inputs: object, **options: object) -> tuple[list[Article], list[str]]:
    items = list(read_articles([str(item) for item in inputs], **options))  # type: ignore[arg-type]
    articles = [item for item in items if isinstance(item, Article)]
    return articles, [str(item) for item in items if isinstance(item, Unusable)]


def test_a_folder_is_read_recursively_in_a_fixed_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a/c.txt", ".hidden", "README.md", "metadata.csv", ".git/d.txt"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("file\n" if name == "metadata.csv" else f"Text of {name}.")
    articles, unusable = read(tmp_path)
    assert [article.source for article in articles] == ["a/c.txt", "b.txt"]
    assert unusable == []


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        ("Über\r\n".encode(), "Über\r\n", "utf-8"),
        (codecs.BOM_UTF8 + b"x\r", "x\r", "utf-8"),
        ("Über".encode("utf-16"), "Über", "utf-16"),
        (codecs.BOM_UTF16_BE + "Über".encode("utf-16-be"), "Über", "utf-16"),
        ('charset="iso-8859-2" Łódź'.encode("iso-8859-2"), 'charset="iso-8859-2" Łódź', "iso8859-2"),
    ],
)
def test_encodings(data: bytes, text: str, encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    (article,), unusable = read(tmp_path)
    assert (article.text, article.encoding, unusable) == (text, encoding, [])


def test_an_undeclared_encoding_is_detected(tmp_path: Path) -> None:
    words = "Die Straße zum Hafen wurde am Freitag wegen großer Überschwemmung für Fußgänger gesperrt. "
    (tmp_path / "a.txt").write_bytes((words * 5).encode("cp1252"))
    (article,), _ = read(tmp_path)
    assert article.text == words * 5
    assert article.encoding != "utf-8"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt"])
def test_a_table_reads_whatever_its_spreadsheet_puts_between_cells(
    name: str, mark: str, tmp_path: Path
) -> None:
    lines = [f"id{mark}text{mark}outlet", f'7{mark}"Rain; snow, ""hail""\tfell."{mark}Gannet']
    (tmp_path / name).write_text("\r\n".join(lines), encoding="utf-8-sig", newline="")
    (article,), unusable = read(tmp_path)
    assert (article.source, article.text, article.outlet) == ("7", 'Rain; snow, "hail"\tfell.', "Gannet")
    assert unusable == []


def test_a_side_file_may_have_semicolons(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rain fell.")
    (tmp_path / "metadata.csv").write_text("file;outlet;title\na.txt;Gannet;Rain, again\n")
    (article,), unusable = read(tmp_path)
    assert (article.outlet, article.title, unusable) == ("Gannet", "Rain, again", [])


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "the file is empty"),
        ("a.txt", b" \n\t\n", "only white space, expected text"),
        ("a.txt", bytes(range(256)), "binary data, expected text"),
        ("a.csv", b"body,n\nx,1\n", "no column 'text', found body n; name it with --column text=<column>"),
    ],
)
def test_what_can_not_be_used_is_named(name: str, data: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.txt").write_text("Good.")
    articles, unusable = read(tmp_path)
    assert [article.source for article in articles] == ["good.txt"]
    assert unusable == [f"{tmp_path / name}: {reason}"]


def test_rows_that_can_not_be_used_are_named_and_the_others_go_on(tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    table.write_text(
        '{"text": "One."}\n{"text"\n[1]\n{"body": "x"}\n{"text": 3}\n{"text": " "}\n{"text": "Two."}\n'
    )
    articles, unusable = read(table)
    assert [article.text for article in articles] == ["One.", "Two."]
    assert [item.removeprefix(f"{table}:") for item in unusable] == [
        "2: no JSON: Expecting ':' delimiter",
        "3: found list, expected a JSON object",
        "4: no field 'text', found body",
        "5: field 'text': found int, expected text",
        "6: field 'text' is empty",
    ]


def test_a_short_csv_row_is_named(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text('id,text\n1,"Two\nlines."\n2\n3,Three.\n')
    articles, unusable = read(table)
    assert [(article.source, article.text) for article in articles] == [("1", "Two\nlines."), ("3", "Three.")]
    assert unusable == [f"{table}:4: found 1 cells, expected 2 as in the header"]


def test_identity_is_id_then_url_then_text(tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    table.write_text(
        '{"id": 7, "url": "https://a.example/", "text": "A."}\n{"url": "https://b.example/", "text": "B."}\n'
        '{"text": "C."}\n{"text": "C."}\n'
    )
    articles, _ = read(table)
    assert [article.source for article in articles[:2]] == ["7", "https://b.example/"]
    assert articles[2].source.startswith("t.jsonl#")
    assert articles[3].source == f"{articles[2].source}-2"


def test_two_texts_under_one_id_are_an_error_that_names_both(tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    table.write_text('{"id": "x", "text": "A."}\n{"id": "x", "text": "A."}\n{"id": "x", "text": "B."}\n')
    with pytest.raises(InputError) as caught:
        read(table)
    assert caught.value.message == f"two different texts are called 'x': {table}:1 and {table}:3"


def test_an_exact_repetition_is_left_out(tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    table.write_text('{"id": "x", "text": "A."}\n{"id": "x", "text": "A."}\n')
    articles, unusable = read(table)
    assert (len(articles), unusable) == (1, [])


def test_columns_are_renamed(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("body,paper\nHello.,Gannet\n")
    (article,), _ = read(table, columns={"text": "body", "outlet": "paper"})
    assert (article.text, article.outlet) == ("Hello.", "Gannet")


def test_metadata_tells_what_a_text_file_can_not(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A.")
    (tmp_path / "metadata.csv").write_text("file,outlet,story\na.txt,Gannet,storm\nb.txt,Pelter,storm\n")
    (article,), unusable = read(tmp_path)
    assert (article.outlet, article.story, article.title) == ("Gannet", "storm", "")
    assert unusable == [f"{tmp_path / 'metadata.csv'}:3: names 'b.txt', which is not there"]
    (alone,), _ = read(tmp_path / "a.txt")
    assert alone.outlet == "Gannet"


def test_metadata_speak_of_files_below_their_folder_only(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rain fell.", encoding="utf-8")
    outside = tmp_path.parent / "secret.txt"
    outside.write_text("Not given.", encoding="utf-8")
    rows = [str(outside), "../secret.txt"]
    (tmp_path / "metadata.csv").write_text("file,outlet\n" + "".join(f"{row},X\n" for row in rows))
    unusable = [str(item) for item in read_articles([tmp_path]) if isinstance(item, Unusable)]
    assert unusable == [
        f"{tmp_path / 'metadata.csv'}:{line}: names {row!r}, expected a file below this folder"
        for line, row in enumerate(rows, 2)
    ]


def test_standard_input_is_read_by_content() -> None:
    (article,), _ = read("-", stdin=io.BytesIO(b'{"text": "A.", "id": "1"}\n'))
    assert (article.source, article.text) == ("1", "A.")


def test_lone_surrogates_become_replacement_characters(tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    table.write_text('{"text": "a\\ud800b"}\n')
    (article,), _ = read(table)
    assert article.text == "a\ufffdb"


def test_missing_files_and_patterns_are_named(tmp_path: Path) -> None:
    _, unusable = read(tmp_path / "none.txt", f"{tmp_path}/*.html", tmp_path)
    assert unusable == [
        f"{tmp_path / 'none.txt'}: no such file or folder",
        f"{tmp_path}/*.html: no file matches this pattern",
        f"{tmp_path}: the folder holds no articles",
    ]


@given(
    data=st.binary(max_size=200),
    name=st.sampled_from(["a.txt", "a.csv", "a.tsv", "a.jsonl", "a", "a.html"]),
)
def test_no_bytes_crash_the_reader(data: bytes, name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    (folder / name).write_bytes(data)
    for item in read_articles([folder]):
        if isinstance(item, Article):
            item.text.encode("utf-8")


def test_presplit_rows_are_units_that_keep_their_columns(tmp_path: Path) -> None:
    table = tmp_path / "u.csv"
    table.write_text("text,region,start,id\n'=1,headline,5,p\nTwo.,,,p\nThree.,moon,,p\nFour.,body,x,p\n")
    items = list(read_units([table]))
    units = [item for item in items if isinstance(item, Unit)]
    assert [(unit.text, unit.region, unit.start, unit.end, unit.source, unit.position) for unit in units] == [
        ("=1", "headline", 5, 7, "p", 0),
        ("Two.", "body", 0, 4, "p", 1),
    ]
    assert [str(item).partition(".csv")[2] for item in items if isinstance(item, Unusable)] == [
        ":4: region: found 'moon', expected one of headline standfirst subhead byline body caption related "
        "appeal comment comment_meta furniture",
        ":5: start: found 'x', expected a whole number",
    ]
