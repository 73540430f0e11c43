"""All that an embedded Label Studio holds, in one file, and back again."""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from framing.errors import StudioError
from framing.files import sweep, whole
from framing.labelstudio.database import POSTGRESQL, SQLITE, Postgres, remember
from framing.labelstudio.environment import DATABASE, VERSION
from framing.labelstudio.home import forget_home
from framing.labelstudio.interrupted import NEW, OLD, put_away
from framing.labelstudio.lineage import begin_line
from framing.labelstudio.server import EmbeddedServer
from framing.private import keep_private, private_file

_LIST = "backup.json"
_STORED = {SQLITE: "database.sqlite3", POSTGRESQL: "database.dump"}
_FORMAT = 1
#: What a server's folder holds that is not its own: the database goes in as a snapshot.
_KEPT = ("password", "token", "coders", "data")
#: Copies of answers that Label Studio leaves at each export, and never reads again.
_EXPORTS = "data/export/"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds.

    Attributes
    ----------
    file : Path
    database : {"sqlite", "postgresql"}
    files : int
        The database and all files beside it.
    bytes : int
        Their size.
    """

    file: Path
    database: str
    files: int
    bytes: int


def back_up(server: EmbeddedServer, database: Postgres | None, file: Path) -> Backup:
    """Write all that a server holds into one file that only its owner can read.

    The server may run: the database is taken as it is at one moment, then the files beside it.

    Raises
    ------
    StudioError
        If the server was never started, or its database can't be read.
    """
    kind = POSTGRESQL if database else SQLITE
    if not (server.token_file.is_file() and (database or (server.data / DATABASE).is_file())):
        raise StudioError(
            f"{server.folder}: nothing to back up, this workspace's Label Studio was never started",
            hint="start it: framing studio start",
        )
    listed: dict[str, dict[str, Any]] = {}
    with whole(file, mode=0o600) as target, _scratch(server.folder / "snapshot") as scratch:
        snapshot = Path(scratch) / _STORED[kind]
        with private_file(snapshot) as stream:
            if database:
                database.dump(stream)
        if not database:
            _copy_sqlite(server.data / DATABASE, snapshot)
        with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
            for name, path in [(_STORED[kind], snapshot), *_beside(server.folder)]:
                listed[name] = _add(archive, name, path)
            _add_list(archive, {"format": _FORMAT, "database": kind, "version": VERSION, "files": listed})
    return Backup(file, kind, len(listed), sum(item["bytes"] for item in listed.values()))


def _scratch(path: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder beside `path`; those that killed runs left are removed a day later."""
    sweep(path)
    return tempfile.TemporaryDirectory(prefix=f".{path.name}.", suffix=".part", dir=path.parent)


def _copy_sqlite(source: Path, target: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=60)) as here,
            closing(sqlite3.connect(target)) as there,
        ):
            here.backup(there)
            (told,) = there.execute("pragma quick_check").fetchone()
    except sqlite3.Error as error:
        raise _damaged(source, str(error)) from error
    if told != "ok":
        raise _damaged(source, told)


def _damaged(source: Path, reason: str) -> StudioError:
    return StudioError(
        f"{source}: can't be copied: {reason}", hint="fetch what can be had: framing pull; restore a backup"
    )


def _beside(folder: Path) -> Iterator[tuple[str, Path]]:
    """The server's other files, by their name in the backup."""
    for name in _KEPT:
        if (folder / name).is_file():
            yield name, folder / name
        for root, folders, files in os.walk(folder / name, followlinks=True):
            folders.sort()
            for found in sorted(files):
                path = Path(root) / found
                named = path.relative_to(folder).as_posix()
                if path.is_file() and not found.startswith(DATABASE) and not named.startswith(_EXPORTS):
                    yield named, path


def _add(archive: tarfile.TarFile, name: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        entry = tarfile.TarInfo(name)
        entry.mode, entry.size = 0o600, os.fstat(stream.fileno()).st_size
        hashed = _Hashed(stream)
        archive.addfile(entry, hashed)
    return {"bytes": entry.size, "sha256": hashed.sum.hexdigest()}


def _add_list(archive: tarfile.TarFile, listed: dict[str, Any]) -> None:
    text = json.dumps(listed, indent=1).encode()
    entry = tarfile.TarInfo(_LIST)
    entry.mode, entry.size = 0o600, len(text)
    archive.addfile(entry, io.BytesIO(text))


class _Hashed:
    """A stream whose bytes are summed while they are read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self._stream.read(size)
        self.sum.update(found)
        return found


def restore(server: EmbeddedServer, database: Postgres | None, file: Path, *, replace: bool) -> Backup:
    """Put a backup in place of what a server holds.

    Everything is unpacked and compared with its sums first; then the database and at last the
    folder take their place.

    Parameters
    ----------
    server : EmbeddedServer
    database : Postgres, optional
        Where the data go; None for SQLite.
    file : Path
    replace : bool
        Whether a server that holds something may be replaced.

    Raises
    ------
    StudioError
        If the server runs, holds something already, or the file is no whole backup of the kind.
    """
    _refuse(server, database, replace=replace)
    keep_private(server.folder.parent)
    with _restoring(server.folder) as scratch:
        unpacked = scratch / "unpacked"
        kind, files = _unpack(file, unpacked)
        if kind != (POSTGRESQL if database else SQLITE):
            raise StudioError(
                f"{file}: a backup of {kind}, this workspace's Label Studio keeps its data in "
                f"{database or SQLITE}",
                hint="name the database with --database postgresql://USER@HOST/NAME"
                if database is None
                else "restore it in a workspace of its own",
            )
        stored = unpacked / _STORED[kind]
        size = sum(path.stat().st_size for path in unpacked.rglob("*") if path.is_file())
        _refuse(server, database, replace=True)  # it may have been started meanwhile
        if database:
            database.load(stored)
            begin_line(database.row)
            stored.unlink()
            remember(unpacked, database)
        else:
            (unpacked / "data").mkdir(exist_ok=True)
            stored.replace(unpacked / "data" / DATABASE)
        forget_home(unpacked)
        # From here on `new` is whole: whatever ends this, one of the two can take the folder's name.
        unpacked.rename(scratch / NEW)
        _swap(server.folder, scratch, may_undo=database is None)
    keep_private(server.folder)
    return Backup(file, kind, files, size)


@contextmanager
def _restoring(folder: Path) -> Iterator[Path]:
    """A scratch folder beside a server's; as long as it holds the only data there are, it stays."""
    sweep(folder)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    try:
        yield scratch
    finally:
        if folder.exists() or not (scratch / OLD).exists():
            put_away(scratch)


def _swap(folder: Path, scratch: Path, *, may_undo: bool) -> None:
    """Bring the new folder to its place; if that fails the old one is back, unless its database is gone."""
    if folder.exists():
        folder.rename(scratch / OLD)
    try:
        (scratch / NEW).rename(folder)
    except BaseException:
        if may_undo and (scratch / OLD).exists() and not folder.exists():
            (scratch / OLD).rename(folder)
        raise


def _refuse(server: EmbeddedServer, database: Postgres | None, *, replace: bool) -> None:
    status = server.status()
    if status.running:
        raise StudioError(f"Label Studio runs at {status.url}", hint="stop it first: framing studio stop")
    if replace:
        return
    where = ""
    if (server.data / DATABASE).exists():
        where = str(server.data / DATABASE)
    elif database and database.tables():
        where = str(database)
    if where:
        raise StudioError(
            f"{where}: holds data already, a backup would replace them",
            hint="back it up first; then: framing studio restore FILE --replace",
        )


def _unpack(file: Path, folder: Path) -> tuple[str, int]:
    """Write a backup's files into a new folder; gives the kind of its database and their count."""
    sums: dict[str, str] = {}
    told: Any = None
    try:
        with tarfile.open(file, "r:") as archive:
            for entry in archive:
                # One with holes stands for any number of bytes.
                source = archive.extractfile(entry) if entry.isfile() and not entry.issparse() else None
                if source is None:
                    raise _unusable(file, f"{entry.name!r} is no plain file")
                if entry.name == _LIST:
                    told = json.loads(source.read(64 * _CHUNK))
                else:
                    sums[entry.name] = _write(source, folder / _safe(file, entry.name))
    except FileNotFoundError:
        raise StudioError(f"{file}: no such file", hint="check the path") from None
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise _unusable(file, " ".join(str(error).split())[:200]) from error
    return _checked(file, told, sums), len(sums)


def _safe(file: Path, name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    known = name in _STORED.values() or (path.parts[:1] and path.parts[0] in _KEPT)
    if not known or path.is_absolute() or ".." in path.parts or "\0" in name:
        raise _unusable(file, f"holds {name!r}, which belongs to no backup")
    return path


def _write(source: Any, target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    hashed = _Hashed(source)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        shutil.copyfileobj(hashed, stream, _CHUNK)
    return hashed.sum.hexdigest()


def _checked(file: Path, told: Any, sums: dict[str, str]) -> str:
    """Compare what was unpacked with the backup's own list, which stands last in it."""
    if not isinstance(told, dict) or told.get("format") != _FORMAT or told.get("database") not in _STORED:
        raise _unusable(file, "its list is missing, it was not written to the end")
    if told.get("version") != VERSION:
        raise _unusable(file, f"made by Label Studio {told.get('version')}, expected {VERSION}")
    listed = told.get("files")
    expected = {name: item.get("sha256") for name, item in listed.items()} if isinstance(listed, dict) else {}
    wrong = sorted(name for name in expected.keys() | sums.keys() if expected.get(name) != sums.get(name))
    if wrong or _STORED[told["database"]] not in sums:
        raise _unusable(file, f"{', '.join(wrong[:3]) or 'the database'}: not what was backed up")
    return str(told["database"])


def _unusable(file: Path, reason: str) -> StudioError:
    return StudioError(f"{file}: no whole backup: {reason}", hint="take another: framing studio backup FILE")
