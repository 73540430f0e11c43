"""One hostile file or folder, and the command that is let loose on it."""

import random
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

#: What a trap makes if it is ever run.
CANARY = "canary"
#: Moves the cursor, sets the window's title, clears the screen, in seven bits and in eight.
ESCAPES = "\x1b[2J\x1b]0;owned\x07\x1b[31m\x9b31m"
DONE, FAILED, SOME = 0, 1, 4


@dataclass(frozen=True, slots=True)
class Case:
    """What is run, in which folder, and how it may end.

    Attributes
    ----------
    name : str
        Group and what is nasty about it.
    arguments : list of str
        Of the command, run in `folder`; the nasty things lie in `folder`/in, results go to `folder`/out.
    codes : list of int
        Exit codes of which one must come.
    folder : str
    """

    name: str
    arguments: list[str]
    codes: list[int]
    folder: str


class Maker:
    """Makes cases, each in a folder of its own, and has them run.

    Parameters
    ----------
    root : Path
        Holds the cases' folders.
    base : Path
        Sound things to start from.
    run : callable
        Takes a case; its folder is removed afterwards.
    seed : int
        Decides what is damaged where, and which cases are run.
    share : float
        Of the cases that are run.
    big : bool
        Whether the large ones are as large as they can be.
    """

    def __init__(
        self, root: Path, base: Path, run: Callable[[Case], None], *, seed: int, share: float, big: bool
    ) -> None:
        self.root, self.base, self.big = root, base, big
        self.draw = random.Random(seed)  # noqa: S311
        self.count = 0
        self._run, self._share = run, share
        self._choice = random.Random(f"chosen by {seed}")  # noqa: S311

    def case(
        self,
        name: str,
        command: str,
        files: Callable[[Path], object],
        codes: Iterable[int] = (FAILED, SOME),
    ) -> None:
        """Add a case: `files` fills its folder ``in``, which `command` names."""
        self.count += 1
        if self._choice.random() >= self._share:
            return
        folder = self.root / f"{self.count:04d}"
        (folder / "out").mkdir(parents=True)
        (folder / "in").mkdir()
        if " out/w" in command:
            shutil.copytree(self.base / "workspace", folder / "out" / "w")
        files(folder / "in")
        self._run(Case(name, command.split(), sorted(codes), str(folder)))
        shutil.rmtree(folder)

    def page(self, name: str, file: str, data: bytes, codes: Iterable[int] = (FAILED, SOME)) -> None:
        """Add a case of one file that is split."""
        self.case(
            name, f"split in/{file} -o out/units.csv", lambda place: (place / file).write_bytes(data), codes
        )

    def mutants(self, name: str, file: str, data: bytes, count: int, command: str = "") -> None:
        """Add cases of one sound file, each cut, with bytes changed, or with a piece repeated."""
        told = command or f"split in/{file} -o out/units.jsonl"
        for number in range(count):
            broken = mutant(data, self.draw)
            self.case(
                f"{name}, mutant {number}",
                told,
                lambda place, broken=broken: (place / file).write_bytes(broken),
                (DONE, FAILED, SOME),
            )

    def copy(self, part: str) -> Callable[[Path], Path]:
        """A copy of something sound, under the name ``it``."""
        return lambda place: Path(shutil.copytree(self.base / part, place / "it", symlinks=True))


def mutant(data: bytes, draw: random.Random) -> bytes:
    """Damage bytes at random."""
    kind = draw.choice(("cut", "flip", "flip", "repeat", "zero"))
    place = draw.randrange(1, len(data))
    if kind == "cut":
        return data[:place]
    if kind == "repeat":
        return data[:place] + data[place // 2 : place] + data[place:]
    if kind == "zero":
        return data[:place] + bytes(draw.randrange(1, 200)) + data[place:]
    changed = bytearray(data)
    for _ in range(draw.randrange(1, 12)):
        changed[draw.randrange(len(data))] = draw.randrange(256)
    return bytes(changed)


def replaced(folder: Path, name: str, data: bytes | str) -> None:
    """Put other content under a file's name."""
    file = folder / name
    file.unlink(missing_ok=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))


def rows(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")


def table(header: str, cells: Sequence[Sequence[str]]) -> bytes:
    return rows(header, *(",".join(row) for row in cells))
