"""PostgreSQL for teams, and backups: a study that is backed up and restored has lost nothing."""

import json
import shutil
import stat
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import StudioError
from framing.labelstudio.connection import ONCE
from framing.labelstudio.database import Postgres, database_of, remember
from framing.labelstudio.importing import stored_tasks
from framing.settings import Workspace
from framing.steps.pull import pull
from framing.steps.push import push
from framing.steps.studio import connect, embedded
from framing.steps.study import Study
from tests.conftest import Run
from tests.install_postgresql import programs
from tests.labelstudio.postgres import PASSWORD, USER, Cluster, cluster

# The address of a database.

_NAMES = st.text("abcXYZ019_-", min_size=1)


@given(_NAMES, _NAMES, st.integers(1, 65535), _NAMES, st.text())
def test_an_address_comes_back_without_its_password(
    user: str, host: str, port: int, name: str, password: str
) -> None:
    made = Postgres(user, host, port, name, password)
    assert Postgres.parse(str(made), password) == made
    assert repr(made) == f"Postgres(user={user!r}, host={host!r}, port={port}, name={name!r})"


@pytest.mark.parametrize("secret", ["geheim", "p@ss/w:ord", ""])
def test_a_password_in_the_address_is_refused_and_not_repeated(
    workspace: Workspace, run: Run, secret: str
) -> None:
    told = run("studio", "start", "--database", f"postgresql://me:{secret}@host/name")
    assert told.code == 1
    assert told.err == (
        "error: the address of the database holds a password, which process lists and logs would show\n"
        "hint: leave it out (postgresql://USER@HOST/NAME) and set PGPASSWORD in the environment\n"
    )


@pytest.mark.parametrize(
    "address",
    ["mysql://a@b/c", "postgresql://host/name", "postgresql://u@h:0/n", "postgresql://u@h/n?x=1", "n"],
)
def test_what_is_no_address_is_told(workspace: Workspace, run: Run, address: str) -> None:
    told = run("studio", "start", "--database", address)
    assert told.code == 1
    assert told.err == (
        "error: the address of the database can't be read, expected postgresql://USER@HOST[:PORT]/NAME\n"
        "hint: for example: framing studio start --database postgresql://framing@db.example/framing\n"
    )


def test_a_server_stays_with_its_database(tmp_path: Path) -> None:
    first = Postgres.parse("postgresql://u@h/n")
    remember(tmp_path, first)
    assert database_of(tmp_path, "", "pw") == Postgres.parse("postgresql://u@h/n", "pw")
    assert database_of(tmp_path, "postgres://u@h:5432/n", "") == first
    with pytest.raises(StudioError) as other:
        database_of(tmp_path, "postgresql://u@h/other", "")
    assert other.value.message == (
        "this workspace's Label Studio keeps its data in postgresql://u@h:5432/n, "
        "expected postgresql://u@h:5432/other"
    )


def test_data_in_sqlite_are_not_left_behind_for_a_database(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "label_studio.sqlite3").touch()
    assert database_of(tmp_path, "", "") is None
    with pytest.raises(StudioError, match="keeps its data in SQLite already"):
        database_of(tmp_path, "postgresql://u@h/n", "")


# Backup and restore on a real server.


@pytest.fixture
def own_server(workspace: Workspace) -> Iterator[Study]:
    """A workspace whose embedded server the test starts and stops itself."""
    study = Study(workspace)
    yield study
    embedded(study).stop()


def start(run: Run, *more: str) -> Any:
    told = run("studio", "start", "--port", 0, "--json", *more)
    assert told.code == 0, told.err
    return told.json


def code_some(study: Study) -> bytes:
    """Push, code two units (one twice), upload a file; gives the LABELS file as pulled."""
    pushed = push(study, ["seeds"])
    connection = connect(study)
    first, second, *_ = stored_tasks(connection, pushed.project or 0)
    with connection.speaking() as client:
        for task, value in (
            (first, "neutral_report"),
            (first, "site_furniture"),
            (second, "advocacy_appeal"),
        ):
            part = {"from_name": "frame", "to_name": "unit", "type": "choices", "value": {"choices": [value]}}
            client.annotations.create(id=task.task, result=[part], request_options=ONCE)
    kept = embedded(study).data / "media" / "upload" / "1" / "page ü.txt"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"an uploaded file\0")
    file = pull(study).file
    return file.read_bytes()


def pulled_anew(study: Study) -> bytes:
    """What a pull into an empty folder brings."""
    shutil.rmtree(study.needed.labels)
    study.needed.labels.mkdir()
    return pull(study).file.read_bytes()


@pytest.mark.server
def test_a_restored_study_has_lost_nothing(own_server: Study, run: Run, tmp_path: Path) -> None:
    study, file = own_server, tmp_path / "study.backup"
    start(run)
    before = code_some(study)
    assert before.count(b"\n") == 4
    signs = embedded(study).password_file.read_text()
    done = run("studio", "backup", file, "--json")
    assert done.code == 0, done.err
    assert done.json["database"] == "sqlite"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told = run("studio", "restore", file)
    assert told.err.startswith("error: Label Studio runs at http://127.0.0.1:")
    run("studio", "stop")
    told = run("studio", "restore", file)
    assert told.code == 1
    assert "holds data already, a backup would replace them" in told.err
    shutil.rmtree(study.needed.studio)
    assert run("studio", "backup", tmp_path / "none").err.endswith(
        "nothing to back up, this workspace's Label Studio was never started\nhint: start it: framing studio start\n"
    )
    assert run("studio", "restore", file).code == 0
    assert (embedded(study).data / "media/upload/1/page ü.txt").read_bytes() == b"an uploaded file\0"
    assert embedded(study).password_file.read_text() == signs
    status = start(run)
    assert pulled_anew(study) == before
    assert push(study, ["seeds"]).new == 0
    assert stat.S_IMODE(Path(status["token_file"]).stat().st_mode) == 0o600
    run("studio", "stop")
    told = run("studio", "restore", file, "--replace", "--json")
    assert (told.code, told.json["files"]) == (0, done.json["files"])
    assert not list(study.needed.studio.parent.glob(".studio.*"))


@pytest.mark.server
def test_a_server_that_is_killed_and_started_in_between_has_lost_nothing(own_server: Study, run: Run) -> None:
    study, status = own_server, start(run)
    before = code_some(study)
    for process in (psutil.Process(status["pid"]), *psutil.Process(status["pid"]).children(recursive=True)):
        process.kill()
    for command in (("push", "seeds"), ("pull",)):
        told = run(*command)
        assert told.code == 1
        assert told.err.splitlines()[-1] == "hint: start it: framing studio start", told.err
    assert study.needed.labels.joinpath("main.csv").read_bytes() == before
    start(run)
    assert push(study, ["seeds"]).new == 0
    assert pulled_anew(study) == before


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    if programs() is None or shutil.which("pg_dump") is None:
        pytest.skip("no PostgreSQL here: Debian's package is named postgresql")
    with cluster() as made:
        yield made


def seen_by_others(pid: int) -> str:
    """The command lines of a process and its children."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return " ".join(" ".join(process.cmdline()) for process in family)


def test_a_dump_takes_the_place_of_what_a_database_holds(postgres: Cluster, tmp_path: Path) -> None:
    first, second = (Postgres.parse(postgres.create(name), PASSWORD) for name in ("one", "two"))
    for database, number in ((first, 1), (second, 2)):
        sql = f"create table held as select {number} as n"
        database._run(["psql", "--no-psqlrc", "--command", sql])
    with (tmp_path / "dump").open("wb") as stream:
        first.dump(stream)
    second.load(tmp_path / "dump")
    told = second._run(["psql", "--no-psqlrc", "-At", "--command", "select n from held"])
    assert (second.tables(), told.stdout) == (1, b"1\n")
    (tmp_path / "dump").write_bytes((tmp_path / "dump").read_bytes()[:-200])
    with pytest.raises(StudioError, match="pg_restore failed"):
        first.load(tmp_path / "dump")
    assert first.tables() == 1


@pytest.mark.server
@pytest.mark.prove
def test_a_study_on_postgresql_is_backed_up_and_restored(
    own_server: Study, run: Run, tmp_path: Path, postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, file = own_server, tmp_path / "study.backup"
    address = postgres.create("study")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    status = start(run, "--database", address)
    assert status["database"] == address
    assert not (embedded(study).data / "label_studio.sqlite3").exists()
    assert PASSWORD not in seen_by_others(status["pid"])
    before = code_some(study)
    assert Postgres.parse(address, PASSWORD).tables() > 50
    done = run("studio", "backup", file, "--json")
    assert done.code == 0, done.err
    assert done.json["database"] == "postgresql"
    run("studio", "stop")
    for path in study.needed.root.rglob("*"):
        assert not path.is_file() or PASSWORD.encode() not in path.read_bytes(), path
    told = run("studio", "restore", file)
    assert told.err.startswith(f"error: {address}: holds data already")
    shutil.rmtree(study.needed.studio)
    postgres.sql("drop database study")
    fresh = postgres.create("restored")
    told = run("studio", "restore", file)
    assert told.err == (
        f"error: {file}: a backup of postgresql, this workspace's Label Studio keeps its data in sqlite\n"
        "hint: name the database with --database postgresql://USER@HOST/NAME\n"
    )
    monkeypatch.setenv("PGPASSWORD", "wrong")
    told = run("studio", "restore", file, "--database", fresh)
    assert told.code == 1
    assert "password authentication failed" in told.err
    monkeypatch.delenv("PGPASSWORD")
    monkeypatch.setenv("POSTGRE_PASSWORD", PASSWORD)
    assert run("studio", "restore", file, "--database", fresh).code == 0
    assert start(run)["database"] == fresh
    assert pulled_anew(study) == before
    assert push(study, ["seeds"]).new == 0
    run("studio", "stop")
    assert run("studio", "restore", file, "--replace").code == 0


@pytest.mark.server
def test_a_refused_password_is_told(
    own_server: Study, run: Run, postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "wrong")
    told = run("studio", "start", "--port", 0, "--database", postgres.address("postgres"))
    assert told.code == 1
    assert f'password authentication failed for user "{USER}"' in told.err
    assert "wrong" not in told.err
    assert not embedded(own_server).status().running


# Files that are no whole backup.


def stored(file: Path, *names: str, told: object = None) -> Path:
    """A tar file with entries of these names, and a list if there is one."""
    with tarfile.open(file, "w") as archive:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = 1
            archive.addfile(entry, BytesIO(b"x"))
        if told is not None:
            text = json.dumps(told).encode()
            entry = tarfile.TarInfo("backup.json")
            entry.size = len(text)
            archive.addfile(entry, BytesIO(text))
    return file


@pytest.mark.parametrize(
    ("names", "told", "reason"),
    [
        ((), None, "its list is missing, it was not written to the end"),
        (("database.sqlite3",), None, "its list is missing, it was not written to the end"),
        (("data/../../evil",), None, "holds 'data/../../evil', which belongs to no backup"),
        (("/etc/passwd",), None, "holds '/etc/passwd', which belongs to no backup"),
        (("other",), None, "holds 'other', which belongs to no backup"),
        (
            ("database.sqlite3",),
            {"format": 1, "database": "sqlite", "version": "0.1", "files": {}},
            "made by Label Studio 0.1, expected 1.23.2",
        ),
        (
            ("database.sqlite3", "token"),
            {"format": 1, "database": "sqlite", "version": "1.23.2", "files": {"token": {"sha256": "0"}}},
            "database.sqlite3, token: not what was backed up",
        ),
        (
            (),
            {"format": 1, "database": "sqlite", "version": "1.23.2", "files": {}},
            "the database: not what was backed up",
        ),
    ],
)
def test_what_is_no_whole_backup_changes_nothing(
    workspace: Workspace, run: Run, tmp_path: Path, names: tuple[str, ...], told: object, reason: str
) -> None:
    file = stored(tmp_path / "bad", *names, told=told)
    before = sorted(tmp_path.iterdir())
    ran = run("studio", "restore", file)
    assert ran.code == 1
    assert ran.err == (
        f"error: {file}: no whole backup: {reason}\nhint: take another: framing studio backup FILE\n"
    )
    assert sorted(tmp_path.iterdir()) == before
    assert not workspace.studio.exists()


def test_a_link_in_a_backup_is_refused(workspace: Workspace, run: Run, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "bad", "w") as archive:
        entry = tarfile.TarInfo("token")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(entry)
    assert "no whole backup: 'token' is no plain file" in run("studio", "restore", tmp_path / "bad").err


def test_a_missing_or_odd_file_is_told(workspace: Workspace, run: Run, tmp_path: Path) -> None:
    assert run("studio", "restore", "nowhere").err == "error: nowhere: no such file\nhint: check the path\n"
    (tmp_path / "odd").write_bytes(b"\0\1" * 5000)
    assert run("studio", "restore", tmp_path / "odd").err.startswith(
        f"error: {tmp_path / 'odd'}: no whole backup: "
    )
