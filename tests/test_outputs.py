"""What `-o` names may be a link, a pipe or a device: written to, never replaced."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from framing.errors import FramingError
from framing.files import whole
from framing.settings import Workspace
from framing.steps.sharing.folders import replacing
from tests.conftest import Run

ROOT = Path(__file__).resolve().parent.parent
SPLIT = ("split", "seeds", "-o")
SCORE = ("score", "seeds", "-o")


@pytest.mark.parametrize("command", [SPLIT, SCORE])
@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_what_it_leads_to_is_written(
    workspace: Workspace, run: Run, command: tuple[str, ...], there: bool
) -> None:
    run(*command, "wanted.csv")
    target = workspace.root / "disk" / "target.csv"
    target.parent.mkdir()
    if there:
        target.write_text("before")
        target.chmod(0o640)
    for number, name in enumerate(("link.csv", "link to link.csv")):
        (workspace.root / name).symlink_to("disk/target.csv" if not number else "link.csv")
    done = run(*command, "link to link.csv")
    assert done.code == 0, done
    assert (workspace.root / "link.csv").is_symlink() and (workspace.root / "link to link.csv").is_symlink()
    assert target.read_bytes() == (workspace.root / "wanted.csv").read_bytes()
    assert not there or target.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in target.parent.iterdir()) == ["target.csv"]


def test_a_failure_leaves_what_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("before")
    (tmp_path / "link").symlink_to("target")
    with pytest.raises(RuntimeError), whole(tmp_path / "link") as scratch:
        scratch.write_text("half")
        raise RuntimeError
    assert (tmp_path / "target").read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "target"]


@pytest.mark.parametrize("command", [SPLIT, SCORE])
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_pipe_is_written_to(workspace: Workspace, run: Run, command: tuple[str, ...], ending: str) -> None:
    run(*command, f"wanted{ending}")
    pipe = workspace.root / f"pipe{ending}"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()), daemon=True)
    reader.start()
    done = run(*command, pipe)
    reader.join(timeout=20)
    assert done.code == 0, done
    assert pipe.is_fifo()
    assert got == [(workspace.root / f"wanted{ending}").read_bytes()]


def test_a_reader_of_a_pipe_is_not_left_waiting(workspace: Workspace, run: Run) -> None:
    pipe = workspace.root / "pipe.csv"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()), daemon=True)
    reader.start()
    assert run("split", "nowhere.txt", "-o", pipe).code == 1
    reader.join(timeout=20)
    assert got == [b""]


def test_standard_output_by_its_name_keeps_what_stands_in_it(workspace: Workspace, run: Run) -> None:
    run(*SPLIT, "wanted.csv")
    (workspace.root / "out.csv").symlink_to("/dev/stdout")
    with (workspace.root / "all.txt").open("wb") as stream:
        stream.write(b"first\n")
        stream.flush()
        done = subprocess.run(
            [sys.executable, "-m", "framing", *SPLIT, "out.csv"],
            cwd=workspace.root, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=stream, stderr=subprocess.PIPE,
        )  # fmt: skip
        stream.write(b"last\n")
    assert done.returncode == 0, done.stderr
    wanted = (workspace.root / "wanted.csv").read_bytes()
    assert (workspace.root / "all.txt").read_bytes() == b"first\n" + wanted + b"last\n"
    assert (workspace.root / "out.csv").is_symlink()


def test_what_can_not_be_written_to_is_refused_by_name(workspace: Workspace, run: Run) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        os.chdir(workspace.root)
        listening.bind("socket.csv")
    (workspace.root / "round.csv").symlink_to("about.csv")
    (workspace.root / "about.csv").symlink_to("round.csv")
    (workspace.root / "full.csv").symlink_to("/dev/full")
    for name, why in (
        ("socket.csv", "found a disk or a socket"),
        ("round.csv", "Too many levels of symbolic links"),
        ("full.csv", "No space left on device"),
    ):
        for command in (SPLIT, SCORE):
            done = run(*command, name)
            assert done.code == 1
            assert f"{name}: can't be written: {why}" in done.err
    assert (workspace.root / "socket.csv").is_socket() and (workspace.root / "full.csv").is_symlink()
    assert run(*SPLIT, "/dev/null").code == 1  # its name tells no format


def test_a_folder_that_a_link_leads_to_is_replaced_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "study").symlink_to("disk/study")
    for text in ("one", "two"):
        if (tmp_path / "disk" / "study").exists():
            (tmp_path / "disk" / "study" / "a.txt").unlink()
        with replacing(tmp_path / "study") as new:
            (new / "a.txt").write_text(text)
        assert (tmp_path / "disk" / "study" / "a.txt").read_text() == text
    assert (tmp_path / "study").is_symlink()


def test_a_folder_whose_swap_is_broken_off_is_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(KeyboardInterrupt), replacing(folder) as new:
        (new / "a.txt").write_text("new")
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_nothing_of_a_device_is_a_file_error(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="can't be written"), whole(tmp_path):
        pass
