"""Runs commands again and again, killed at random moments, and compares what they leave: see test_kills.py.

Usage: python -m tests.faults.killed FOLDER KILLS SEED

Everything is loaded once; each run is a fork of this process. After every kill each file is the old one or
the new one, whole; then the same command must end well and leave the same bytes, as if nothing had been.
Prints as JSON how often each command was struck.
"""

import json
import os
import random
import re
import shutil
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from tests.hostile.sound import sound

#: What is killed, in a folder with a workspace `full`; results go to `out`.
COMMANDS = {
    "split": "split full/seeds -o out/units.csv",
    "split --copies": "split full/seeds -o out/units.jsonl --copies out/copies.csv",
    "score": "score full/seeds --workspace full -o out/scores.csv --articles out/articles.csv --jobs 1",
    "train": "train --workspace full -o out/model",
    "labels gold": "labels gold --workspace full -o out/gold.csv",
    "stats": "stats --workspace full -o out/stats.csv",
    "reliability": "reliability --workspace full -o out/reliability.csv",
    "prevalence": "prevalence full/scores/units.csv --workspace full -o out/prevalence.csv",
    "compare": "compare full/seeds --workspace full -o out/stories",
    "report": "report --workspace full --date today -o out/report.html",
    "export": "export out/study --workspace full",
    "restore": "restore bare full/seeds -o out/restored",
    "labels import": "labels import full/labels/main.csv --workspace out/w --round other",
    "studio backup": "studio backup out/server.tar --workspace served",
    "studio restore": "studio restore server.tar --workspace out/w --replace",
}


_UNREAD = re.compile(r"\..*\.part|lock|owner\.json")


def main() -> None:
    folder, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    sound(folder / "base")
    draw = random.Random(seed)  # noqa: S311
    os.chdir(folder)
    struck: Counter[str] = Counter()
    wanted = {name: whole(name, folder) for name in COMMANDS}
    # One that ended before it was to be killed counts for nothing; on a busy machine there are more of them.
    for number in range(4 * kills):
        if struck.total() == kills:
            break
        name = list(COMMANDS)[number % len(COMMANDS)]
        sound_ones, seconds = wanted[name]
        prepared(folder)
        # A first result lies there already every other time, so that a new one has to take its place.
        if number // len(COMMANDS) % 2:
            assert run(name) == 0
        if run(name, after=draw.uniform(0, seconds)) is None:
            struck[name] += 1
        for file, data in contents(folder / "base" / "out").items():
            known = [files[file] for files in sound_ones if file in files]
            assert not known or data in known, f"{name}: {file} is torn"
        assert run(name) == 0, name
        assert contents(folder / "base" / "out") in sound_ones, name
    sys.stdout.write(json.dumps({"struck": struck.total(), "by command": struck}))


def prepared(folder: Path) -> None:
    """An empty folder for results, with a workspace in it."""
    shutil.rmtree(folder / "base" / "out", ignore_errors=True)
    (folder / "base" / "out").mkdir()
    shutil.copytree(folder / "base" / "full" / "config", folder / "base" / "out" / "w" / "config")


def whole(name: str, folder: Path) -> tuple[list[dict[str, bytes]], float]:
    """What a command leaves when nothing happens to it, and its seconds.

    Once where nothing was, and once more where its own result lay: a training tells how the model before it did.
    """
    prepared(folder)
    begun = time.monotonic()
    assert run(name) == 0, name
    seconds = time.monotonic() - begun
    first = contents(folder / "base" / "out")
    assert run(name) == 0, name
    return [first, contents(folder / "base" / "out")], seconds


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but locks and scratch files, which a killed run may leave and nothing reads."""
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    seen = (path for path in files if not any(map(_UNREAD.fullmatch, path.parts)))
    return {path.as_posix(): (folder / path).read_bytes() for path in seen}


def run(name: str, after: float | None = None) -> int | None:
    """Run a command in a process of its own; None if it was killed after that many seconds."""
    child = os.fork()
    if not child:
        _become(COMMANDS[name].split())
    if after is not None:
        end = time.monotonic() + after
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.002)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return None if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)


def _become(arguments: list[str]) -> None:
    from framing.cli import main as command

    code = 99
    try:
        os.chdir("base")
        sys.argv = ["framing", *arguments]
        with Path("said.txt").open("w", encoding="utf-8") as said:
            sys.stdout = sys.stderr = said
            os.dup2(said.fileno(), 1)
            command()
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 0
    except BaseException:
        import traceback

        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
