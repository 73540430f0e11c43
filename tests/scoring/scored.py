"""Scores a folder into two files, to the end or not."""

from pathlib import Path
from typing import Any

import pytest

from framing.steps.score import Progress, Scored, score
from framing.steps.study import Study


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
