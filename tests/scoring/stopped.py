"""Scores one folder again and again, killed at random moments, and compares the outcome: see test_going_on.py.

Usage: python -m tests.scoring.stopped INPUT FOLDER KILLS SEED JOBS

Everything is loaded once; each run is a fork of this process. Prints as JSON how often a run was killed,
how many runs went on where an earlier one was, and how many results there were.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from framing.scoring import feed, parts, pool
from framing.steps.models import find_model
from framing.steps.score import score
from framing.steps.study import Study


def run(inputs: Path, output: Path, jobs: int) -> None:
    with (output.parent / "said.txt").open("a", encoding="utf-8") as said:
        score(
            Study(None),
            [inputs],
            output=output,
            articles=output.with_name("articles.csv"),
            jobs=jobs,
            say=lambda line: print(line, file=said, flush=True),
        )


def killed(inputs: Path, output: Path, jobs: int, after: float) -> bool:
    """Run in a process of its own and kill that after some seconds; False if it ended before."""
    child = os.fork()
    if not child:
        code = 1
        try:
            run(inputs, output, jobs)
            code = 0
        finally:
            os._exit(code)
    end = time.monotonic() + after
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert os.waitstatus_to_exitcode(status) == 0
            return False
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def main() -> None:
    inputs, folder, kills, seed, jobs = Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:])
    feed.COUNT, parts.STRETCH, pool.FEW = 3, 1, 2
    find_model(Study(None)).predict_proba(["Rain."])
    draw = random.Random(seed)  # noqa: S311
    whole = folder / "whole" / "scores.jsonl"
    whole.parent.mkdir(parents=True)
    begun = time.monotonic()
    run(inputs, whole, 1)
    usual = time.monotonic() - begun
    count = ended = 0
    while count < kills:
        output = folder / f"run{ended}" / "scores.jsonl"
        output.parent.mkdir(exist_ok=True)
        while count < kills and killed(inputs, output, jobs, draw.uniform(0, usual)):
            count += 1
            assert not output.exists() or output.read_bytes() == whole.read_bytes()
        run(inputs, output, jobs)
        for name in ("scores.jsonl", "articles.csv"):
            assert (output.parent / name).read_bytes() == (whole.parent / name).read_bytes(), (name, output)
        assert {file.name for file in output.parent.iterdir()} == {"scores.jsonl", "articles.csv", "said.txt"}
        ended += 1
    said = [file.read_text(encoding="utf-8") for file in folder.glob("run*/said.txt")]
    resumed = sum(text.count("goes on after") for text in said)
    anew = sum(text.count("begins anew") for text in said)
    sys.stdout.write(json.dumps({"killed": count, "resumed": resumed, "anew": anew, "results": ended}))


if __name__ == "__main__":
    main()
