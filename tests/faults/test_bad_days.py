"""Disk full, folder read-only, clock wrong, no network: a clear error, or a completed job."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.killed import COMMANDS, contents
from tests.hostile.sound import sound

ROOT = Path(__file__).resolve().parents[2]
#: A process that starts with one of these and then becomes the command.
_SMALL = "import resource, signal; resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))"
_DEAF = (
    "import socket\n"
    "def no(*_, **__): raise AssertionError('asked for a connection')\n"
    "socket.socket.connect = socket.socket.connect_ex = no; socket.getaddrinfo = no"
)
#: Runs commands one after the other in one process.
_ALL = """
import contextlib, io, json, sys
from framing.cli import main
codes = []
for line in {}:
    sys.argv = ["framing", *line.split()]
    try:
        with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):
            main()
        codes.append(0)
    except SystemExit as stop:
        codes.append(stop.code or 0)
print(json.dumps(codes))
"""
_CLOCK = "import time; real = time.time; time.time = lambda: real() + {}"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("faults")
    sound(root)
    return root


@pytest.fixture
def here(place: Path) -> Iterator[Path]:
    out = place / "out"
    shutil.copytree(place / "full" / "config", out / "w" / "config")
    yield place
    for folder in (out, *out.rglob("*")):
        if folder.is_dir():
            folder.chmod(0o755)
    shutil.rmtree(out)


#: Root may write everywhere; so started it may only write where its modes say.
_MINDS_MODES = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


def after(
    first: str, command: str, place: Path, *wrapped: str, **kinds: str
) -> "subprocess.CompletedProcess[str]":
    code = f"{first}\nimport sys\nfrom framing.cli import main\nsys.argv = ['framing', *{command.split()!r}]\nmain()"
    return subprocess.run(
        [*wrapped, sys.executable, "-c", code],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"} | kinds,
        capture_output=True,
        text=True,
    )


def new(place: Path) -> dict[str, bytes]:
    return {name: data for name, data in contents(place / "out").items() if not name.startswith("w/config")}


@pytest.mark.parametrize("name", ["split", "labels gold", "export"])
def test_a_full_disk_leaves_nothing(here: Path, name: str) -> None:
    told = after(_SMALL, COMMANDS[name], here)
    assert told.returncode == 1, told.stderr
    error, hint = told.stderr.splitlines()[-2:]
    assert re.match(r"error: .*(can't be written: )?File too large", error)
    assert hint.startswith("hint: free some space")
    assert new(here) == {}


def test_a_full_disk_keeps_what_was_there(here: Path) -> None:
    assert after("", COMMANDS["split"], here).returncode == 0
    before = new(here)
    assert after(_SMALL, COMMANDS["split"], here).returncode == 1
    assert new(here) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_reader_on_a_full_disk(here: Path) -> None:
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(
            [sys.executable, "-m", "framing", "split", "full/seeds"],
            cwd=here, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=full, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    assert told.returncode == 1
    assert told.stderr.splitlines()[-2:] == [
        "error: No space left on device", "hint: see to that, then try again",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["split", "score"])
def test_a_place_that_can_not_be_written_to(here: Path, name: str) -> None:
    # A file where the folder should be: unlike a mode, it holds for root too.
    (here / "out" / "no").write_text("a file")
    command = COMMANDS[name].replace("out/", "out/no/")
    told = after("", command, here)
    assert told.returncode == 1, told.stderr
    assert told.stderr.splitlines()[-2].startswith("error: out/no")
    assert (here / "out" / "no").read_text() == "a file"


@pytest.mark.parametrize("name", ["split", "labels gold"])
def test_a_folder_that_is_read_only(here: Path, name: str) -> None:
    (here / "out").chmod(0o555)
    wrapped = _MINDS_MODES if os.access(here / "out", os.W_OK) else ()
    if wrapped and not shutil.which("setpriv"):
        pytest.skip("whoever runs this may write everywhere, and there is no setpriv")
    told = after("", COMMANDS[name], here, *wrapped)
    assert told.returncode == 1
    assert "can't be written: Permission denied" in told.stderr


def test_no_network_is_needed(here: Path) -> None:
    told = after(_DEAF + _ALL.format(list(COMMANDS.values())), "--version", here)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout.splitlines()[0]) == [0] * len(COMMANDS), told.stderr
    assert "asked for a connection" not in told.stderr


@pytest.mark.parametrize("seconds", ["-60 * 365 * 86400", "3e9"])
@pytest.mark.parametrize("name", ["labels gold", "report"])
def test_a_wrong_clock_changes_no_result(here: Path, name: str, seconds: str) -> None:
    assert after("", COMMANDS[name], here).returncode == 0
    right = new(here)
    told = after(_CLOCK.format(seconds), COMMANDS[name], here)
    assert told.returncode == 0, told.stderr
    assert new(here) == right


def test_a_file_that_changes_while_it_is_read_is_named(here: Path) -> None:
    page = here / "out" / "page.txt"
    page.write_text("Rain fell.\n")
    grow = (
        "import framing.articles.streams as s\nfrom pathlib import Path\nold = s.Source.whole\n"
        "def whole(self, *a):\n    data = old(self, *a)\n    Path('out/page.txt').write_text('Sun.')\n    return data\n"
        "s.Source.whole = whole"
    )
    told = after(grow, "split out/page.txt --json", here)
    assert told.returncode == 1
    assert "changed while it was read: 11 bytes at first, 4 at the end" in told.stderr


def test_nothing_is_told_to_anybody(place: Path) -> None:
    """No telemetry: no module that a command without a server loads can speak to one."""
    code = (
        "import sys\nfrom framing.cli import main\n"
        "sys.argv = ['framing', 'split', 'full/seeds', '--json']\n"
        "try:\n    main()\nexcept SystemExit: pass\n"
        "import json\nprint('LOADED', json.dumps(sorted(sys.modules)))"
    )
    told = after(code + "\nsys.exit(0)", "split", place)
    loaded = set(json.loads(told.stdout.partition("LOADED ")[2]))
    assert not {"httpx", "requests", "label_studio_sdk", "urllib3"} & loaded
