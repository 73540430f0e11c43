"""`framing score` on many inputs: always the same bytes, whoever works."""

import csv
import json
import multiprocessing
import os
import random
import signal
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from framing.errors import FramingError, InputError
from framing.records import Unusable
from framing.scoring import pool, work
from framing.scoring.feed import Feed, Item
from framing.steps.models import find_model
from framing.steps.score import Progress, score
from framing.steps.study import Study
from tests.conftest import Run
from tests.scoring.conftest import archive, text_of
from tests.scoring.scored import folder_in, scored, stop


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
