"""Makes the corpus and runs each case in a process of its own, within bounds of memory and time.

Usage: python -m tests.hostile.runner FOLDER SEED SHARE [big] [strangers] [tables] [packed] [texts]

Everything is loaded once; each case is a fork of this process. SHARE of the cases are run, drawn by the
seed; of the groups named only, or of all. Prints as JSON how many there are, how many were run, and what
was wrong; so it does when it is stopped (SIGTERM), with those that it came to.
"""

import contextlib
import io
import json
import os
import re
import resource
import signal
import sys
import time
from pathlib import Path

import psutil

from tests.hostile import packed, strangers, tables, texts
from tests.hostile.cases import CANARY, Case, Maker
from tests.hostile.sound import sound

#: Bytes of address space above what is loaded, seconds of CPU time in each process, and seconds
#: altogether; the last are many, since the machine may be busy.
MEMORY, SECONDS, PATIENCE = 3 << 30, 60, 900
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def main() -> None:
    root, seed, share, big = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), "big" in sys.argv[4:]
    (root / "tmp").mkdir(parents=True)
    os.environ["TMPDIR"] = str(root / "tmp")
    sound(root / "base")
    warm()
    watch = Watch(root)
    make = Maker(root / "cases", root / "base", watch, seed=seed, share=share, big=big)
    rooms = {"strangers": strangers, "tables": tables, "packed": packed, "texts": texts}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        asked = [name for name in rooms if name in sys.argv[4:]] or rooms
        for name in asked:
            rooms[name].fill(make)
    told = {"cases": make.count, "run": watch.count, "slowest": watch.slowest, "faults": watch.faults}
    sys.stdout.write(json.dumps(told, indent=1))


def warm() -> None:
    """Load what the commands load, so that no case has to."""
    import fastwarc.warc
    import openpyxl
    import pandas
    import pyarrow.parquet

    from framing.articles import read_articles

    assert fastwarc.warc and openpyxl and pandas and pyarrow.parquet
    for page in (b"<html><body><p>Rain fell over the harbour.</p></body></html>", b"Rain f\xe4ll.\n" * 9):
        assert list(read_articles(["-"], stdin=io.BytesIO(page)))


class Watch:
    """Runs cases and notes what is wrong."""

    def __init__(self, root: Path) -> None:
        self._root, self._outside = root, listing(root, "cases")
        self.count, self.slowest = 0, (0.0, "")
        self.faults: dict[str, list[str]] = {}

    def __call__(self, case: Case) -> None:
        self.count += 1
        begun = time.monotonic()
        wrong = run(case)
        self.slowest = max(self.slowest, (round(time.monotonic() - begun, 1), case.name))
        now = listing(self._root, "cases")
        if now != self._outside:
            wrong.append(f"changed outside its folder: {sorted(set(now) ^ set(self._outside))[:5]}")
            self._outside = now
        if wrong:
            self.faults[f"{Path(case.folder).name} {case.name}"] = wrong


def run(case: Case) -> list[str]:
    """Run a case; gives what is wrong with how it ended."""
    folder = Path(case.folder)
    before = listing(folder / "in")
    code = _forked(case, folder)
    out, err = ((folder / name).read_bytes().decode("utf-8", "replace") for name in ("stdout", "stderr"))
    wrong = [] if code in case.codes else [f"ended with {code}, expected {case.codes}: {err[-300:]}"]
    if "Traceback" in err or "Warning:" in err:
        wrong.append(f"a traceback or warning: {err[-600:]}")
    last = err.splitlines()[-2:]
    if code == 1 and not (len(last) == 2 and last[0].startswith("error: ") and last[1].startswith("hint: ")):
        wrong.append(f"no error and hint at the end: {err[-300:]}")
    if code == 4 and "not used: " not in err:
        wrong.append("ended with 4, but names nothing")
    for name, text in (("stdout", out), ("stderr", err)):
        if _STEERING.search(text):
            wrong.append(f"{name} would steer a terminal")
    if err.count("\nerror: ") + err.startswith("error: ") > 1:
        wrong.append("more than one error line")
    if listing(folder / "in") != before:
        wrong.append("changed what it was given")
    if any(re.search(rf"[/']{CANARY}' \d+$", name) for name in listing(folder)):
        wrong.append("ran something")
    return wrong + ["left a file half written" for name in listing(folder / "out") if name.endswith(".part")]


def listing(folder: Path, *without: str) -> list[str]:
    """All names under a folder with size and time, some of its own entries left out; no link is followed."""
    found: list[str] = []
    for place, folders, files in os.walk(folder):
        if Path(place) == folder:
            folders[:] = [name for name in folders if name not in without]
        for name in folders + files:
            told = os.lstat(os.path.join(place, name))  # noqa: PTH118 - names that no Path can print
            size = 0 if name in folders else told.st_size
            found.append(f"{os.path.join(place, name)!r} {size}")  # noqa: PTH118
    return found


def _forked(case: Case, folder: Path) -> int:
    child = os.fork()
    if not child:
        _become(case, folder)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -signal.SIGKILL


def _become(case: Case, folder: Path) -> None:
    from framing.cli import main as command

    code = 99
    try:
        os.chdir(folder)
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False, errors="backslashreplace")  # noqa: SIM115
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        limit = psutil.Process().memory_info().vms + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        sys.argv = ["framing", *case.arguments]
        command()
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
