"""`framing score` on many inputs: always the same bytes, whoever works and whoever is stopped."""

import csv
import gzip
import json
import multiprocessing
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import FramingError, InputError
from framing.formats import streaming
from framing.records import Unit, Unusable
from framing.scoring import feed, parts, pool, work
from framing.scoring.feed import Feed, Item
from framing.scoring.table import printed, rounded, score_columns, score_units, scores_of
from framing.steps.models import find_model
from framing.steps.score import Progress, Scored, score
from framing.steps.study import Study
from tests.articles.test_warc import response
from tests.conftest import Run

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


def scored(corpus: Path, folder: Path, **options: Any) -> tuple[Scored, bytes, bytes]:
    output, articles = folder / "scores.csv", folder / "articles.jsonl"
    done = score(Study(None), [corpus], output=output, articles=articles, **options)
    assert {file.name for file in folder.iterdir()} == {"scores.csv", "articles.jsonl"}
    return done, output.read_bytes(), articles.read_bytes()


class Stop:
    """Interrupts a scoring after so many batches."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, progress: Progress) -> None:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def stop(corpus: Path, folder: Path, after: int = 4, **options: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        scored(corpus, folder, tick=Stop(after), **options)
    assert [file.name for file in folder.iterdir()] == ["scores.csv.parts"]


def folder_in(place: Path, name: str) -> Path:
    (place / name).mkdir()
    return place / name


def test_any_number_of_jobs_gives_the_same(corpus: Path, tmp_path: Path, small: None) -> None:
    one = scored(corpus, folder_in(tmp_path, "one"))
    assert scored(corpus, folder_in(tmp_path, "two"), jobs=2) == one
    done, scores, articles = one
    assert done.articles == 31
    assert len(articles.splitlines()) == done.articles
    assert sum(done.by_label.values()) == done.units
    told = [str(item).removeprefix(f"{corpus}{os.sep}") for item in done.unusable]
    assert told == [
        "metadata.csv:3: names 'nowhere.txt', which is not there",
        "empty.txt: the file is empty",
        "t.parquet:6: no field 'text', found html url",
        "table.jsonl.gz:13: field 'text' is empty",
        "table.jsonl.gz:18: no JSON: Expecting property name enclosed in double quotes",
    ]
    sources = {json.loads(line)["article_id"] for line in articles.splitlines()}
    assert len(sources) == done.articles
    assert b"'=1+1" in scores


@pytest.mark.parametrize("after", [1, 3, 8])
def test_what_was_stopped_goes_on(corpus: Path, tmp_path: Path, small: None, after: int) -> None:
    whole = scored(corpus, folder_in(tmp_path, "whole"))
    place, said = folder_in(tmp_path, "stopped"), list[str]()
    stop(corpus, place, after)
    assert scored(corpus, place, say=said.append) == whole
    assert len(said) == 1
    assert re.fullmatch(r"goes on after \d+ articles that were scored before it was stopped", said[0])
    assert scored(corpus, place, say=said.append) == whole
    assert len(said) == 1


def test_what_was_stopped_goes_on_in_the_middle_of_a_table(tmp_path: Path, small: None) -> None:
    table = tmp_path / "table.jsonl"
    draw = random.Random(2)  # noqa: S311
    rows = [{"text": text_of(draw)} for _ in range(20)]
    rows[12] = rows[17] = rows[2]
    table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    whole = scored(table, folder_in(tmp_path, "whole"))
    assert whole[0].articles == 20
    place = folder_in(tmp_path, "stopped")
    stop(table, place, 5)
    assert scored(table, place) == whole


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"explain": True}, "--explain was False, is True"),
        ({"fast": True}, "--fast was False, is True"),
        ({"columns": {"text": "body"}}, "--column was not there, is text=body"),
    ],
)
def test_other_options_begin_anew(
    corpus: Path, tmp_path: Path, small: None, options: dict[str, Any], told: str
) -> None:
    whole = scored(corpus, folder_in(tmp_path, "whole"), **options)
    place, said = folder_in(tmp_path, "stopped"), list[str]()
    stop(corpus, place)
    assert scored(corpus, place, say=said.append, **options) == whole
    assert said == [f"begins anew: {told}"]


def test_killed_as_it_begins_anew_it_takes_no_row_of_the_former_run(
    corpus: Path, tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = scored(corpus, folder_in(tmp_path, "whole"), explain=True)
    place = folder_in(tmp_path, "stopped")
    stop(corpus, place)

    def die(self: parts.Parts) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(parts.Parts, "begin", die)
        scored(corpus, place, explain=True)
    assert scored(corpus, place, explain=True) == whole


def test_a_run_that_begins_anew_leaves_the_result_of_the_former_one(
    corpus: Path, tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder_in(tmp_path, "stopped")

    def die(folder: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("framing.steps.score.remove", die)
        scored(corpus, place)
    before = (place / "scores.csv").read_bytes()
    with pytest.raises(KeyboardInterrupt):
        scored(corpus, place, explain=True, tick=Stop(4))
    assert (place / "scores.csv").read_bytes() == before
    whole = scored(corpus, folder_in(tmp_path, "whole"), explain=True)
    assert scored(corpus, place, explain=True) == whole


def test_another_input_begins_anew(corpus: Path, tmp_path: Path, small: None) -> None:
    copy, place, said = tmp_path / "corpus", folder_in(tmp_path, "stopped"), list[str]()
    copy.mkdir()
    for file in corpus.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    stop(copy, place)
    (copy / "3.txt").write_text("Another page.", encoding="utf-8")
    done = scored(copy, place, say=said.append)
    assert said == [f"begins anew: input changed: {copy / '3.txt'}"]
    stop(copy, folder_in(tmp_path, "again"))
    (copy / "metadata.csv").write_text("file,outlet\n0.txt,Shore\n", encoding="utf-8")
    other = scored(copy, tmp_path / "again", say=said.append)
    assert said[1:] == [f"begins anew: input changed: {(copy / 'metadata.csv').resolve()}"]
    assert b"Shore" in other[1]
    assert done[0].articles == other[0].articles


def test_another_model_begins_anew(corpus: Path, tmp_path: Path, small: None) -> None:
    from framing.steps.train import train
    from tests.steps.test_learning import labels

    made = train(Study(None), [labels(tmp_path / "labels.csv")], output=tmp_path / "label")
    place, said = folder_in(tmp_path, "stopped"), list[str]()
    stop(corpus, place)
    done = scored(corpus, place, say=said.append, model=str(made.folder))
    assert done[0].model == made.model
    assert said[0].startswith("begins anew: model was frame@")
    assert "is label@" in said[0]


def test_a_damaged_journal_is_believed_as_far_as_the_files_bear_it_out(
    corpus: Path, tmp_path: Path, small: None
) -> None:
    whole, place = scored(corpus, folder_in(tmp_path, "whole")), folder_in(tmp_path, "stopped")
    stop(corpus, place, 7)
    folder = place / "scores.csv.parts"
    lines = (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
    sizes = json.loads(lines[3])["sizes"]
    os.truncate(folder / "scores", sizes["scores"] + 10)  # as after a power cut
    (folder / "journal.jsonl").write_bytes(b"".join(lines)[:-7])
    said = list[str]()
    assert scored(corpus, place, say=said.append) == whole
    assert said == [
        f"goes on after {json.loads(lines[3])['articles']} articles that were scored before it was stopped"
    ]
    stop(corpus, folder_in(tmp_path, "lost"))
    (tmp_path / "lost" / "scores.csv.parts" / "scores").unlink()
    assert scored(corpus, tmp_path / "lost", say=said.append) == whole
    assert said[1:] == ["begins anew: what is left of the last run is damaged"]


def test_two_texts_under_one_id_are_an_error_however_far_apart(tmp_path: Path, small: None) -> None:
    draw = random.Random(3)  # noqa: S311
    for name in ("a", "b"):
        rows = [{"id": f"{name}{n}", "text": text_of(draw)} for n in range(9)]
        rows[7]["id"] = "twin"
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    for jobs in (1, 2):
        with pytest.raises(InputError) as caught:
            score(
                Study(None),
                [tmp_path / "a.jsonl", tmp_path / "b.jsonl"],
                output=tmp_path / "s.csv",
                jobs=jobs,
            )
        a, b = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
        assert caught.value.message == f"two different texts are called 'twin': {a}:8 and {b}:8"
        assert {file.name for file in tmp_path.iterdir()} == {"a.jsonl", "b.jsonl"}


def test_parquet_and_json_are_made_of_the_same_rows(corpus: Path, tmp_path: Path) -> None:
    for name in ("s.jsonl", "s.parquet", "s.json"):
        score(Study(None), [corpus], output=tmp_path / name)
    lines = [json.loads(line) for line in (tmp_path / "s.jsonl").read_text("utf-8").splitlines()]
    table = pq.read_table(tmp_path / "s.parquet")
    assert table.to_pylist() == lines
    assert str(table.schema.field("reply_depth").type) == "int64"
    assert json.loads((tmp_path / "s.json").read_text("utf-8")) == lines


def test_an_archive_is_scored_record_by_record(tmp_path: Path, small: None) -> None:
    file, urls = tmp_path / "news.warc.gz", [f"https://news.example/{n}" for n in range(9)]
    file.write_bytes(archive(urls, random.Random(5)))  # noqa: S311
    whole = scored(file, folder_in(tmp_path, "whole"))
    rows = [json.loads(line) for line in whole[2].splitlines()]
    assert [row["published"] for row in rows] == ["2021-05-31T10:00:00Z"] * 9
    assert {row["source"] for row in csv.DictReader(StringIO(whole[1].decode()))} == set(urls)
    place = folder_in(tmp_path, "stopped")
    stop(file, place, 2)
    said = list[str]()
    assert scored(file, place, jobs=2, say=said.append) == whole
    assert said == ["goes on after 6 articles that were scored before it was stopped"]


def deadly(order: work.Order, items: Sequence[Item]) -> list[work.Outcome]:
    """Like `work`, but some pages are the death of whoever reads them."""
    if any(getattr(item, "source", "") in ("2.txt", "4.txt") for item in items):
        os._exit(9)
    return work.work(order, items)


def test_an_item_that_kills_whoever_reads_it_is_named(
    corpus: Path, tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, _, articles = scored(corpus, folder_in(tmp_path, "whole"))
    monkeypatch.setattr(pool, "work", deadly)
    done, _, other = scored(corpus, folder_in(tmp_path, "deadly"), jobs=2)
    new = [item for item in done.unusable if item not in whole.unusable]
    reason = "the process that worked on it died (out of memory?)"
    assert new == [Unusable(str(corpus / name), reason) for name in ("2.txt", "4.txt")]
    missing = set(articles.splitlines()) - set(other.splitlines())
    assert len(missing) == 2
    assert set(other.splitlines()) < set(articles.splitlines())


def test_a_worker_that_is_killed_costs_nothing(corpus: Path, small: None) -> None:
    model = find_model(Study(None))
    order = work.Order(model.folder or Path(), model.hash, scores=".jsonl")
    batches = Feed([corpus]).batches
    alone = [outcomes for _, outcomes in pool.results(order, batches(), 1)]
    together = []
    for _, outcomes in pool.results(order, batches(), 2):
        if len(together) in (1, 4):
            os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
        together.append(outcomes)
    assert together == alone


def test_a_file_that_changes_while_it_is_read_is_named(tmp_path: Path, small: None) -> None:
    draw, table = random.Random(4), tmp_path / "table.jsonl"  # noqa: S311
    line = json.dumps({"text": text_of(draw) * 20})
    table.write_text("".join(f'{{"id": {n}, {line[1:]}\n' for n in range(200)), encoding="utf-8")
    size = table.stat().st_size

    def grow(progress: Progress) -> None:
        if progress.articles == 3:
            with table.open("a", encoding="utf-8") as stream:
                stream.write("\n")

    done = score(Study(None), [table], output=tmp_path / "s.csv", tick=grow)
    (told,) = done.unusable
    assert str(told) == f"{table}: changed while it was read: {size} bytes at first, {size + 1} at the end"


def test_where_nothing_can_be_written_it_says_so(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    output = tmp_path / "file" / "scores.csv"
    with pytest.raises(FramingError) as caught:
        score(Study(None), [corpus], output=output)
    assert caught.value.message == f"{output}: can't be written: Not a directory"


def command(*arguments: object, before: str = "") -> list[str]:
    """`framing` with small batches, as a process of its own."""
    code = (
        "import sys; from framing.scoring import feed, parts, pool; from framing.cli import main\n"
        "feed.COUNT, parts.STRETCH, pool.FEW = 1, 1, 2\n"
        f"{before}\nsys.argv[0] = 'framing'; main()"
    )
    return [sys.executable, "-c", code, *map(str, arguments)]


def test_a_full_disk_is_a_clear_error_and_the_next_run_goes_on(corpus: Path, tmp_path: Path) -> None:
    output = tmp_path / "scores.jsonl"
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))"
    full = subprocess.run(
        command("score", corpus, "-o", output, "--language", "en", before=limit),
        capture_output=True,
        text=True,
        check=False,
    )
    assert full.returncode == 1, full.stderr
    assert full.stderr.splitlines() == [
        f"error: {output}.parts: can't be written: File too large",
        "hint: free some space or choose another place with -o; the same command goes on where it was",
    ]
    assert [file.name for file in tmp_path.iterdir()] == ["scores.jsonl.parts"]
    said = list[str]()
    done = score(Study(None), [corpus], output=output, language="en", say=said.append)
    assert said[0].startswith("goes on after ")
    score(Study(None), [corpus], output=tmp_path / "whole.jsonl", language="en")
    assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert done.articles == 31
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_ctrl_c_leaves_only_the_parts(corpus: Path, tmp_path: Path) -> None:
    output = tmp_path / "scores.jsonl"
    work = subprocess.Popen(
        command("score", corpus, "-o", output, "--jobs", 2), stderr=subprocess.PIPE, text=True
    )
    journal = tmp_path / "scores.jsonl.parts" / "journal.jsonl"
    while not journal.exists() or not journal.stat().st_size:
        assert work.poll() is None, work.communicate()[1]
        time.sleep(0.01)
    work.send_signal(signal.SIGINT)
    _, told = work.communicate(timeout=120)
    assert (work.returncode, told) == (130, "")
    assert [file.name for file in tmp_path.iterdir()] == ["scores.jsonl.parts"]


def test_only_one_works_on_a_result(corpus: Path, tmp_path: Path, small: None) -> None:
    def another(progress: Progress) -> None:
        with pytest.raises(FramingError) as caught:
            score(Study(None), [corpus], output=tmp_path / "s.csv")
        assert caught.value.message == f"{tmp_path / 's.csv.parts'}: another framing score is at work there"

    score(Study(None), [corpus], output=tmp_path / "s.csv", tick=another)
    assert [file.name for file in tmp_path.iterdir()] == ["s.csv"]


def killed(corpus: Path, folder: Path, kills: int, seed: int, jobs: int) -> dict[str, int]:
    line = [sys.executable, "-m", "tests.steps.stopped", *map(str, (corpus, folder, kills, seed, jobs))]
    ran = subprocess.run(line, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    told: dict[str, int] = json.loads(ran.stdout)
    return told


def test_killed_at_any_moment_it_ends_with_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    told = killed(corpus, tmp_path, kills=12, seed=1, jobs=1)
    assert (told["killed"], told["anew"]) == (12, 0)
    assert told["resumed"] > 0


@pytest.mark.prove
@pytest.mark.parametrize(("seed", "jobs", "kills"), [(2, 1, 200), (3, 2, 40)])
def test_killed_at_many_moments(corpus: Path, tmp_path: Path, seed: int, jobs: int, kills: int) -> None:
    told = killed(corpus, tmp_path, kills, seed, jobs)
    assert (told["killed"], told["anew"]) == (kills, 0)


@pytest.mark.prove
def test_a_cluster_gives_the_same_though_its_workers_are_killed(
    corpus: Path, tmp_path: Path, small: None
) -> None:
    from distributed import LocalCluster

    whole = scored(corpus, folder_in(tmp_path, "whole"))
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        pids = [worker.pid for worker in cluster.workers.values()]

        def kill_one(progress: Progress) -> None:
            if pids and progress.articles > 3:
                os.kill(pids.pop(), signal.SIGKILL)

        place = folder_in(tmp_path, "cluster")
        assert scored(corpus, place, cluster=cluster.scheduler_address, tick=kill_one) == whole
        assert not pids


def test_a_cluster_that_is_not_there_is_named(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(FramingError) as caught:
        score(Study(None), [corpus], output=tmp_path / "s.csv", cluster="nowhere")
    assert "no Dask scheduler answers there" in caught.value.message


def test_the_command_writes_jsonl_to_stdout(run: Run, corpus: Path, tmp_path: Path) -> None:
    ran = run("score", corpus)
    assert ran.code == 4
    score(Study(None), [corpus], output=tmp_path / "s.jsonl")
    assert ran.out == (tmp_path / "s.jsonl").read_text(encoding="utf-8")
    assert "31 articles" in ran.err


def test_a_place_that_cannot_be_written_is_found_before_anything_is_scored(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    articles = tmp_path / "taken" / "articles.csv"
    begun = []
    with pytest.raises(FramingError) as caught:
        score(Study(None), [corpus], output=tmp_path / "scores.csv", articles=articles, tick=begun.append)
    assert caught.value.message == f"{articles}: can't be written: Not a directory"
    assert begun == []
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]


@pytest.mark.parametrize("form", [".csv", ".tsv", ".jsonl"])
def test_rows_by_column_are_the_same_bytes_as_rows_by_name(form: str):
    model = find_model(Study(None))
    texts = ["=1+1", "a\rb", 'with "marks", and\nlines', "plain", "\u2028 \x07 ü 😀", "100 % of it"]
    units = [
        Unit(f"u{n}", "a", "a", n, n + 1, text, "comment" if n % 2 else "headline", n, n, "=outlet",
             reply_depth=n if n % 2 else None)
        for n, text in enumerate(texts)
    ]  # fmt: skip
    columns = score_columns(model)
    table = scores_of(model, units)
    stream = StringIO(newline="")
    streaming(stream, form, columns).write(score_units(model, units))
    expected = stream.getvalue().encode()
    assert work.header(form, columns) + b"".join(work.portions(form, columns, [table])) == expected
    parts = [table.part(n, n + 1) for n in range(len(units))]
    assert work.header(form, columns) + b"".join(work.portions(form, columns, parts)) == expected


@given(st.lists(st.floats(0, 1) | st.integers(0, 10**6 - 1).map(lambda n: (n + 0.5) / 1e6), min_size=1))
def test_shares_are_rounded_and_printed_as_python_does(numbers: list[float]):
    expected = [round(number, 6) for number in numbers]
    found = rounded(np.array(numbers))
    assert found.tolist() == expected
    assert printed(found) == list(map(repr, expected))
