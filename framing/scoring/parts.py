"""The working folder of a scoring: what is done already, so that a stopped one goes on from there.

Beside `scores.csv` stands `scores.csv.parts/` while it is made, with ``plan.json`` and ``inputs.txt``
(from what it is made), ``scores`` and ``articles`` (the rows so far), ``seen`` (fingerprints of the
articles so far) and ``journal.jsonl``: after each stretch of work one line that says how long the
other files were then, and what was counted. What lies beyond the last such line is cut off.
"""

import json
import os
import shutil
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from framing.errors import FramingError
from framing.files import whole
from framing.records import Unusable
from framing.scoring.feed import START, Mark

#: Bytes that are written between two lines of the journal.
STRETCH = 8 << 20
_PLAN, _INPUTS, _JOURNAL, _SEEN = "plan.json", "inputs.txt", "journal.jsonl", "seen"

Say = Callable[[str], None]


@dataclass
class Tally:
    """What a scoring has counted so far.

    Attributes
    ----------
    after : tuple of int
        Where the next batch begins.
    articles, units : int
    labels, encodings : dict of str to int
        Units by predicted answer; articles by encoding, UTF-8 left out.
    unusable : list of Unusable
    complete : bool
        Whether nothing is left to be scored.
    """

    after: Mark = START
    articles: int = 0
    units: int = 0
    labels: dict[str, int] = field(default_factory=dict)
    encodings: dict[str, int] = field(default_factory=dict)
    unusable: list[Unusable] = field(default_factory=list)
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """From what the result is made: if it is the same, so is the result.

    Attributes
    ----------
    facts : mapping of str to str
        The model, the options, the version, each under what messages call it.
    inputs : iterable of str
        A line for each input: its name, size and time.
    repeatable : bool
        Whether the inputs can be read a second time.
    """

    facts: Mapping[str, str]
    inputs: Iterable[str]
    repeatable: bool = True


@dataclass
class Parts:
    """An open working folder.

    Attributes
    ----------
    folder : Path
    headers : mapping of str to bytes
        The files to be made, each with what it begins with.
    tally : Tally
    """

    folder: Path
    headers: Mapping[str, bytes]
    tally: Tally = field(default_factory=Tally)
    _files: dict[str, BinaryIO] = field(default_factory=dict)
    _held: dict[str, list[bytes]] = field(default_factory=dict)
    _size: int = 0
    _listed: int = 0

    def write(self, name: str, data: bytes) -> None:
        """Add to a file; it is on disk after the next `mark`."""
        self._held[name].append(data)
        self._size += len(data)

    def note(self, numbers: tuple[int, int, int]) -> None:
        """Remember an article's fingerprint."""
        self._held[_SEEN].append(array("Q", numbers).tobytes())

    def seen(self) -> Iterator[tuple[int, int, int]]:
        """The fingerprints remembered."""
        with (self.folder / _SEEN).open("rb") as stream:
            while data := stream.read(24 << 12):
                numbers = array("Q", data)
                yield from zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)

    def mark(self, *, at_once: bool = False) -> None:
        """Bring what was added to the disk and note in the journal how far it goes.

        Raises
        ------
        FramingError
            If the disk is full.
        """
        if self._size < STRETCH and not at_once:
            return
        with writes(self.folder):
            for name, file in self._files.items():
                file.write(b"".join(self._held[name]))
                _flush(file)
                self._held[name].clear()
            with (self.folder / _JOURNAL).open("ab") as journal:
                journal.write(self._line().encode())
                _flush(journal)
        self._size, self._listed = 0, len(self.tally.unusable)

    def _line(self) -> str:
        told = asdict(self.tally) | {"sizes": {name: file.tell() for name, file in self._files.items()}}
        told["unusable"] = [[item.where, item.reason] for item in self.tally.unusable[self._listed :]]
        return json.dumps(told) + "\n"

    def begin(self) -> None:
        """Begin anew."""
        for name in (*self.headers, _SEEN, _JOURNAL):
            # Never into the file that is there: it may have got its place already, as a second name.
            (self.folder / name).unlink(missing_ok=True)
            (self.folder / name).write_bytes(self.headers.get(name, b""))
        self._open()

    def resume(self) -> bool:
        """Go on from the last line of the journal that the other files bear out; False if none does."""
        journal = self.folder / _JOURNAL
        kept, end = None, 0
        for line, told in _entries(journal):
            end += len(line)
            if self._fits(told):
                kept, until = told, end
                self.tally.unusable += [Unusable(*item) for item in told["unusable"]]
            else:
                break
        if kept is None:
            self.tally = Tally()
            return False
        for name in ("articles", "units", "labels", "encodings", "complete"):
            setattr(self.tally, name, kept[name])
        self.tally.after = (kept["after"][0], kept["after"][1])
        os.truncate(journal, until)
        for name, size in kept["sizes"].items():
            os.truncate(self.folder / name, size)
        self._open()
        return True

    def _fits(self, told: Mapping[str, Any]) -> bool:
        sizes = told["sizes"]
        paths = {name: self.folder / name for name in sizes}
        return set(sizes) == {*self.headers, _SEEN} and all(
            path.is_file() and path.stat().st_size >= sizes[name] for name, path in paths.items()
        )

    def _open(self) -> None:
        for name in (*self.headers, _SEEN):
            self._files[name] = (self.folder / name).open("ab")
            self._held[name] = []
        self._listed = len(self.tally.unusable)

    def close(self) -> None:
        """Close the files; what was not marked is lost."""
        for file in self._files.values():
            with suppress(OSError):
                file.close()

    def settle(self) -> None:
        """Note that all is done."""
        self.tally.complete = True
        self.mark(at_once=True)
        self.close()


@contextmanager
def working(folder: Path, plan: Plan, headers: Mapping[str, bytes], say: Say) -> Iterator[Parts]:
    """Open the working folder of a scoring, and keep others out of it.

    Parameters
    ----------
    folder : Path
    plan : Plan
    headers : mapping of str to bytes
        The files to be made, each with what it begins with.
    say : callable
        Is told whether it goes on, or why it begins anew.

    Raises
    ------
    FramingError
        If another process is at work there, or it can't be written to.
    """
    from filelock import FileLock, Timeout

    with writes(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise FramingError(
                f"{folder}: another framing score is at work there",
                hint="wait until it has ended, or choose another name with -o",
            ) from None
    parts = Parts(folder, headers)
    try:
        with writes(folder):
            _take_up(parts, plan, say)
        yield parts
    finally:
        parts.close()
        lock.release()


def remove(folder: Path) -> None:
    """Remove a working folder; without its journal what is left of it counts for nothing."""
    with suppress(OSError):
        (folder / _JOURNAL).unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _take_up(parts: Parts, plan: Plan, say: Say) -> None:
    """Go on with what is there if the plan is the same, else begin anew and say why."""
    journal = parts.folder / _JOURNAL
    begun = journal.exists() and journal.stat().st_size > 0
    fresh = _listed(parts.folder, plan)
    changes = list(_changes(parts.folder, plan, fresh))
    if begun and not changes and parts.resume():
        say(f"goes on after {parts.tally.articles} articles that were scored before it was stopped")
        return
    if begun:
        say(f"begins anew: {'; '.join(changes) or 'what is left of the last run is damaged'}")
    journal.unlink(missing_ok=True)  # first of all: it must never stand beside a plan that is not its own
    fresh.replace(parts.folder / _INPUTS)
    (parts.folder / _PLAN).write_text(json.dumps(dict(plan.facts)), encoding="utf-8")
    parts.begin()


def _listed(folder: Path, plan: Plan) -> Path:
    """Write down what the inputs are now, beside what they were."""
    fresh = folder / f"{_INPUTS}.new"
    with fresh.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as stream:
        stream.writelines(line + "\n" for line in plan.inputs)
    return fresh


def _changes(folder: Path, plan: Plan, fresh: Path) -> Iterator[str]:
    """Compare the plan and the list of its inputs with those of the last run."""
    try:
        before = json.loads((folder / _PLAN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = {}
    if not plan.repeatable:
        yield "standard input can't be read a second time"
    for name, now in plan.facts.items():
        if before.get(name) != now:
            yield f"{name} was {before.get(name) or 'not there'}, is {now or 'not there'}"
    different = _difference(folder / _INPUTS, fresh)
    if different:
        yield f"input changed: {different}"


def _difference(old: Path, new: Path) -> str:
    """The first input that two lists don't share; empty if there is none."""
    if not old.exists():
        return "not known what it was"
    with old.open("rb") as before, new.open("rb") as after:
        while True:
            one, other = before.readline(), after.readline()
            if one != other:
                return (other or one).decode("utf-8", "replace").partition("\t")[0]
            if not one:
                return ""


def _entries(journal: Path) -> Iterator[tuple[bytes, dict[str, Any]]]:
    with journal.open("rb") as stream:
        for line in stream:
            try:
                told = json.loads(line)
            except ValueError:
                return
            if not line.endswith(b"\n"):
                return
            yield line, told


@contextmanager
def writes(where: Path) -> Iterator[None]:
    """Tell what can't be written, and where.

    Raises
    ------
    FramingError
    """
    try:
        yield
    except OSError as error:
        raise FramingError(
            f"{where}: can't be written: {error.strerror or error}",
            hint="free some space or choose another place with -o; the same command goes on where it was",
        ) from error


def bring(made: Path, path: Path) -> None:
    """Give a file that is complete its name; it keeps the one in the working folder too.

    Until then the second name stands in the working folder, so that a kill leaves nothing beside `path`.
    What is no file takes a copy: a pipe, a device, or a link, which stays one.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        with whole(path) as scratch:
            shutil.copyfile(made, scratch)
        return
    second = made.with_name(f"{made.name}.ready")
    second.unlink(missing_ok=True)
    try:
        os.link(made, second)
        if path.exists():
            second.chmod(path.stat().st_mode & 0o777)
        second.replace(path)
    except OSError:  # on another disk, or one without second names
        second.unlink(missing_ok=True)
        with whole(path) as scratch:
            shutil.copyfile(made, scratch)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
