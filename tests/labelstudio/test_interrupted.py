"""A restore that was ended at its worst moment: told by status and doctor, put right by the next command, nothing lost."""

import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from framing.errors import FramingError
from framing.files import _forgotten
from framing.labelstudio import backup as backups
from framing.labelstudio.database import Postgres, remember
from framing.labelstudio.interrupted import interrupted, settle
from framing.labelstudio.server import EmbeddedServer
from framing.settings import Workspace
from framing.steps.lock import locked
from tests.conftest import Run
from tests.hostile.sound import served


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose server holds 999 tasks, and beside it a backup of that with one task more."""
    root = tmp_path / "w"
    served(root)
    database = root / ".framing" / "studio" / "data" / "label_studio.sqlite3"
    with closing(sqlite3.connect(database)) as data:
        data.execute("insert into task values (999, 'later')")
        data.commit()
        backups.back_up(EmbeddedServer(root / ".framing" / "studio"), None, tmp_path / "server.tar")
        data.execute("delete from task where id = 999")
        data.commit()
    monkeypatch.chdir(root)
    return root


def tasks(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "data" / "label_studio.sqlite3")) as data:
        return int(data.execute("select count(*) from task").fetchone()[0])


def ended(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """End a restore as soon as the old folder is out of its place; gives the scratch folder."""

    def ending(folder: Path, scratch: Path, **_: object) -> None:
        folder.rename(scratch / "old")
        raise SystemError

    server = EmbeddedServer(root / ".framing" / "studio")
    with monkeypatch.context() as patched, pytest.raises(SystemError):
        patched.setattr(backups, "_swap", ending)
        backups.restore(server, None, root.parent / "server.tar", replace=True)
    (scratch,) = (root / ".framing").glob(".studio.*.part")
    return scratch


def test_status_and_doctor_say_what_to_do(root: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    scratch = ended(root, monkeypatch)
    assert not (root / ".framing" / "studio").exists()
    told = run("studio", "status")
    assert told.code == 0
    assert f"what was there before lies in {scratch}/old; put it back: framing studio start" in told.err
    assert str(scratch) in run("studio", "status", "--json").json["interrupted_restore"]
    finding = next(item for item in run("doctor", "--json").json if item["check"] == "restore")
    assert finding["state"] == "fault" and "framing studio start" in finding["remedy"]


def test_the_next_backup_holds_what_was_there(root: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    ended(root, monkeypatch)
    assert run("studio", "backup", "again.tar").code == 0
    assert tasks(root / ".framing" / "studio") == 999
    assert interrupted(root / ".framing" / "studio") is None


def test_restoring_again_restores(root: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    ended(root, monkeypatch)
    refused = run("studio", "restore", "../server.tar")
    assert refused.code == 1 and "holds data already" in refused.err
    assert run("studio", "restore", "../server.tar", "--replace").code == 0
    assert tasks(root / ".framing" / "studio") == 1000
    assert interrupted(root / ".framing" / "studio") is None


def test_the_only_copy_is_not_swept_away_a_day_later(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = ended(root, monkeypatch)
    rubbish = scratch.with_name(".studio.abcdefgh.part")
    (rubbish / "new").mkdir(parents=True)
    for folder in (scratch, rubbish):
        os.utime(folder, (time.time() - 90_000,) * 2)
    _forgotten.cache_clear()
    # A restore sweeps; without its first look this one would see an empty place.
    server = EmbeddedServer(root / ".framing" / "studio")
    backups.restore(server, None, root.parent / "server.tar", replace=False)
    assert not rubbish.exists()
    assert tasks(scratch / "old") == 999


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_a_break_between_the_renames_puts_the_old_one_back(
    root: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    server = EmbeddedServer(root / ".framing" / "studio")
    with pytest.raises(error):
        backups.restore(server, None, root.parent / "server.tar", replace=True)
    assert tasks(server.folder) == 999
    assert not list((root / ".framing").glob(".studio.*"))


def test_a_server_made_since_is_not_touched_and_both_copies_are_named(
    root: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """As version 0.1.0 left it: `start` had made an empty server in the place of what was hidden."""
    scratch = ended(root, monkeypatch)
    folder = root / ".framing" / "studio"
    shutil.copytree(scratch / "new", folder)
    with closing(sqlite3.connect(folder / "data" / "label_studio.sqlite3")) as data:
        data.execute("delete from task")
        data.commit()
    assert run("studio", "backup", "again.tar").code == 0
    told = run("studio", "status").err
    assert f"{scratch}/old" in told and f"{scratch}/new" in told and "keep one" in told
    assert (tasks(folder), tasks(scratch / "old"), tasks(scratch / "new")) == (0, 999, 1000)
    # What the hint says works.
    folder.rename(f"{folder}.other")
    (scratch / "old").rename(folder)
    assert interrupted(folder) is None and tasks(folder) == 999


def test_two_that_were_ended_are_for_somebody_to_decide(
    root: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    scratch = ended(root, monkeypatch)
    shutil.copytree(scratch, scratch.with_name(".studio.abcdefgh.part"))
    done = run("studio", "start", "--port", "0")
    assert done.code == 1
    assert "2 restores were ended midway" in done.err and "put one back: mv" in done.err
    assert not (root / ".framing" / "studio").exists()


def test_what_was_replaced_and_is_left_is_named(
    root: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    scratch = ended(root, monkeypatch)
    (scratch / "new").rename(root / ".framing" / "studio")
    told = run("studio", "status").err
    assert f"what a restore has replaced lies still in {scratch}/old" in told
    assert (scratch / "old").is_dir()


def test_with_postgresql_it_is_finished_for_its_database_is_loaded(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = ended(root, monkeypatch)
    remember(scratch / "new", Postgres.parse("postgresql://ada@db.example/labels", ""))
    folder = root / ".framing" / "studio"
    left = interrupted(folder)
    assert left is not None and left.settled_by == "finishing"
    assert settle(folder) == "a restore was ended midway; it is finished now"
    assert tasks(folder) == 1000
    assert not scratch.exists()
    assert settle(folder) == ""


def test_a_restore_that_is_at_work_is_left_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    ended(root, monkeypatch)
    with locked(Workspace(root), "studio restore"):
        done = run("studio", "start", "--port", "0")
    assert done.code != 0
    assert "in use by framing studio restore" in done.err
    assert not (root / ".framing" / "studio").exists()


def test_a_backup_with_a_hole_that_stands_for_terabytes_is_refused(root: Path, tmp_path: Path) -> None:
    import tarfile

    file = tmp_path / "sparse.tar"
    with tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as archive:
        entry = tarfile.TarInfo("database.sqlite3")
        entry.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.map": "0,0", "GNU.sparse.size": str(1 << 44)}  # fmt: skip
        archive.addfile(entry)
    server = EmbeddedServer(root / ".framing" / "studio")
    with pytest.raises(FramingError, match="no plain file"):
        backups.restore(server, None, file, replace=True)
    assert tasks(server.folder) == 999
