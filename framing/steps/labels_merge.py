"""`framing labels merge`: git's way to join two researchers' `labels/<round>.csv`."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framing.errors import TableError, WorkspaceError
from framing.formats import read_frame, writing
from framing.labels.three_way import three_way
from framing.tables import LABELS, checked

if TYPE_CHECKING:
    import pandas as pd

#: The line of `.gitattributes` that names the driver.
ATTRIBUTES = "labels/*.csv merge=framing-labels"
_DRIVER = "merge.framing-labels"


@dataclass(frozen=True, slots=True)
class MergedFile:
    """What became of two versions of a file.

    Attributes
    ----------
    file : Path
    rows, dropped : int
        Rows in it now; rows that one side had taken out by hand.
    """

    file: Path
    rows: int
    dropped: int


def merge_files(base: Path, ours: Path, theirs: Path) -> MergedFile:
    """Write the answers of both versions into ours.

    Parameters
    ----------
    base, ours, theirs : Path
        CSV whatever they are called; an empty base has no rows.

    Raises
    ------
    TableError
        If one of them is no LABELS table, or they tell an answer in contradiction; then ours stays.
    """
    merged = three_way(*(_table(path) for path in (base, ours, theirs)))
    if merged.conflicts:
        raise TableError(
            f"{ours}: {len(merged.conflicts)} of the answers were changed by hand on both sides",
            hint="choose one in labels/ by hand, then git add; the other side has: git show MERGE_HEAD:FILE",
            faults=merged.conflicts,
        )
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "merged.csv"
        with writing(made, merged.columns) as table:
            table.write(merged.rows)
        shutil.copyfile(made, ours)
    return MergedFile(ours, len(merged.rows), merged.dropped)


def _table(path: Path) -> "pd.DataFrame":
    import pandas as pd

    if not path.is_file() or not path.stat().st_size:
        return pd.DataFrame(columns=list(LABELS.columns))
    with tempfile.TemporaryDirectory() as scratch:
        named = Path(scratch) / "labels.csv"
        shutil.copyfile(path, named)
        return checked(read_frame(named), LABELS, str(path))


def install(root: Path, program: str) -> bool:
    """Tell git how to join labels: the attribute in the workspace, the driver in this clone.

    Parameters
    ----------
    root : Path
        The workspace.
    program : str
        How git is to call this program.

    Returns
    -------
    bool
        Whether the clone knows the driver now; False outside git.

    Raises
    ------
    WorkspaceError
        If git refuses.
    """
    attributes = root / ".gitattributes"
    lines = attributes.read_text(encoding="utf-8").splitlines() if attributes.is_file() else []
    if ATTRIBUTES not in lines:
        attributes.write_text("\n".join([*lines, ATTRIBUTES, ""]), encoding="utf-8")
    if not _in_git(root):
        return False
    for name, value in (
        ("name", "answers of both sides"),
        ("driver", f"{_quoted(program)} labels merge %O %A %B"),
    ):
        done = _git(root, "config", f"{_DRIVER}.{name}", value)
        if done.returncode:
            raise WorkspaceError(
                f"{root}: git config failed: {done.stderr.strip()[:200]}", hint="check the repository"
            )
    return True


def lacks_driver(root: Path) -> bool:
    """Whether a clone's attributes name the driver and its git does not have it."""
    attributes = root / ".gitattributes"
    named = attributes.is_file() and ATTRIBUTES in attributes.read_text(encoding="utf-8").splitlines()
    return named and _in_git(root) and not _git(root, "config", f"{_DRIVER}.driver").stdout.strip()


def _in_git(root: Path) -> bool:
    return shutil.which("git") is not None and _git(root, "rev-parse", "--git-dir").returncode == 0


def _git(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    git = shutil.which("git") or "git"
    return subprocess.run([git, "-C", str(root), *arguments], check=False, capture_output=True, text=True)


def _quoted(program: str) -> str:
    return "'" + program.replace("'", "'\\''") + "'" if program != "framing" else program
