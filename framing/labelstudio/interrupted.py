"""A restore that was ended between its renames: what it leaves is recognised, and never swept away.

A restore moves a server's folder to ``.studio.<letters>.part/old``, and then ``…/new`` into its place. Ended
in between, all data are there and the server's folder is not.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from framing.errors import StudioError
from framing.labelstudio.database import remembered
from framing.labelstudio.environment import DATABASE

OLD, NEW, REPLACED = "old", "new", "replaced"


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What a restore has left.

    Attributes
    ----------
    scratch : Path
        Where it lies.
    settled_by : {"undoing", "finishing", "hand"}
        Whether the next start puts back what was there, brings the restored data to their place (those of
        PostgreSQL are in the database already), or somebody has to decide.
    message, hint : str
        What is the case, and what to do.
    """

    scratch: Path
    settled_by: Literal["undoing", "finishing", "hand"]
    message: str
    hint: str


def interrupted(folder: Path) -> Interrupted | None:
    """Look for what an ended restore has left beside a server's folder.

    Parameters
    ----------
    folder : Path
        The server's; it need not be there.

    Returns
    -------
    Interrupted or None
        None if nothing was left.
    """
    left = sorted(path for path in folder.parent.glob(f".{folder.name}.*.part") if (path / OLD).is_dir())
    if not left:
        return None
    scratch = left[0]
    old, new = scratch / OLD, scratch / NEW
    if folder.exists() and _holds_data(new):
        return Interrupted(
            scratch,
            "hand",
            f"a restore was ended midway, and another server was made since: what was there before lies in "
            f"{old}, what was restored in {new}",
            f"keep one: framing studio stop; mv {folder} {folder}.other; mv {old} {folder}",
        )
    if folder.exists():
        return Interrupted(
            scratch,
            "hand",
            f"what a restore has replaced lies still in {old}",
            f"remove it if nothing is missing: rm -r {scratch}",
        )
    if len(left) > 1:
        return Interrupted(
            scratch,
            "hand",
            f"{len(left)} restores were ended midway, and no server's folder is left: what was there lies in "
            f"{' and in '.join(str(path / OLD) for path in left)}",
            f"put one back: mv {old} {folder}",
        )
    if remembered(new):
        return Interrupted(
            scratch,
            "finishing",
            f"a restore was ended midway: its database is loaded, the files beside it lie in {new}",
            "bring them to their place: framing studio start",
        )
    return Interrupted(
        scratch,
        "undoing",
        f"a restore was ended midway: what was there before lies in {old}",
        "put it back: framing studio start; then restore again: framing studio restore FILE --replace",
    )


def _holds_data(folder: Path) -> bool:
    return (folder / "data" / DATABASE).is_file() or bool(remembered(folder))


def settle(folder: Path) -> str:
    """Undo or finish an ended restore, so that a server's folder is there again; nothing is lost by it.

    Returns
    -------
    str
        What was done; empty if there was nothing to do.

    Raises
    ------
    StudioError
        If the folder is missing and somebody has to decide what takes its place.
    """
    left = interrupted(folder)
    if left is None:
        return ""
    if left.settled_by == "hand":
        if not folder.exists():
            raise StudioError(left.message, hint=left.hint)
        return ""
    if left.settled_by == "undoing":
        (left.scratch / OLD).rename(folder)  # what is left beside it is a copy of the backup
        return "a restore was ended midway; what was there before is back"
    (left.scratch / NEW).rename(folder)
    put_away(left.scratch)
    return "a restore was ended midway; it is finished now"


def put_away(scratch: Path) -> None:
    """Remove a finished restore's scratch folder, with what it has replaced."""
    if (scratch / OLD).exists():
        (scratch / OLD).rename(scratch / REPLACED)  # killed from here on, the rest is rubbish like any other
    shutil.rmtree(scratch, ignore_errors=True)
