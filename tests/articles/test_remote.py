"""Inputs that fsspec reads: the same articles as from the disk."""

import sys
import zipfile
from pathlib import Path

import fsspec
import pytest

from framing.articles import read_articles
from framing.articles.inputs import find_inputs
from framing.errors import InputError
from framing.records import Article, Unusable
from framing.steps.score import score
from framing.steps.study import Study

PAGES = {"a.txt": "Rain fell.", "deep/b.txt": "Sun shone.", ".hidden/c.txt": "No.", "README.txt": "No."}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "pages"
    for name, text in PAGES.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    return place


def zipped(folder: Path) -> Path:
    file = folder.with_suffix(".zip")
    with zipfile.ZipFile(file, "w") as packed:
        for name in PAGES:
            packed.write(folder / name, name)
    return file


def told(*inputs: str | Path) -> list[tuple[str, str]]:
    found = list(read_articles(inputs))
    assert all(isinstance(item, Article) for item in found), found
    return [(item.source, item.text) for item in found if isinstance(item, Article)]


def test_a_folder_elsewhere_is_a_folder(folder: Path) -> None:
    here = [("a.txt", "Rain fell."), ("deep/b.txt", "Sun shone.")]
    assert told(folder) == here
    assert told(folder.as_uri()) == here
    assert told(f"zip://::{zipped(folder).as_uri()}") == here
    memory = fsspec.filesystem("memory")
    for name, text in PAGES.items():
        memory.pipe(f"/news/{name}", text.encode())
    try:
        assert told("memory://news") == here
        assert told("memory://news/*.txt") == here[:1]
        assert told("memory://news/README.txt") == [("README.txt", "No.")]
    finally:
        memory.rm("/news", recursive=True)


def test_messages_name_a_url_that_can_be_given_again(folder: Path) -> None:
    for given in (folder.as_uri(), f"zip://::{zipped(folder).as_uri()}"):
        urls = [item.where for item in find_inputs([given]) if not isinstance(item, Unusable)]
        assert len(urls) == 2
        assert [told(url)[0][1] for url in urls] == ["Rain fell.", "Sun shone."]


def test_what_is_not_there_or_damaged_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_text("no archive")
    broken = f"zip://a.txt::{(tmp_path / 'no.zip').as_uri()}"
    items = list(read_articles([f"{folder.as_uri()}/none.txt", broken, folder / "a.txt"]))
    assert [str(item) for item in items[:2]] == [
        f"{folder.as_uri()}/none.txt: no such file or folder",
        f"{broken}: File is not a zip file",
    ]
    assert isinstance(items[2], Article)


def test_a_kind_of_url_that_nobody_knows_is_named() -> None:
    (item,) = read_articles(["nowhere://x"])
    assert str(item).startswith("nowhere://x: ")


def test_a_password_in_a_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(InputError) as caught:
        list(read_articles(["zip://*::ftp://ada:geheim@host/news.zip"]))
    assert "geheim" not in caught.value.message + (caught.value.hint or "")


def test_a_library_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(InputError) as caught:
        list(read_articles(["s3://news"]))
    assert caught.value.hint == "pip install 'framing[fsspec]'"


def test_scores_are_the_same_bytes_and_a_changed_file_is_another_input(folder: Path, tmp_path: Path) -> None:
    packed = f"zip://::{zipped(folder).as_uri()}"
    for name, given in (("here", str(folder)), ("there", packed)):
        score(Study(None), [given], output=tmp_path / f"{name}.csv", language="en")
    assert (tmp_path / "there.csv").read_bytes() == (tmp_path / "here.csv").read_bytes()
    before = {item.state() for item in find_inputs([folder.as_uri()]) if not isinstance(item, Unusable)}
    (folder / "a.txt").write_text("Rain fell on.", encoding="utf-8")
    after = {item.state() for item in find_inputs([folder.as_uri()]) if not isinstance(item, Unusable)}
    assert len(before & after) == 1
