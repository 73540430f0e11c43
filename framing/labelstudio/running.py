"""The process of an embedded server: which folder's it is, also after a move, and never a copy's."""

import json
from dataclasses import dataclass
from pathlib import Path

import psutil

from framing.files import whole_text

_DATA = "LABEL_STUDIO_BASE_DATA_DIR"


@dataclass(frozen=True, slots=True)
class Running:
    """A server that was started for a folder and is alive.

    Attributes
    ----------
    pid : int
    url : str
    moved : bool
        Whether its folder has another path than when it was started, so that it no longer finds its data.
    public_url : str
        Where people open it, if a proxy stands before it; empty: at `url`.
    """

    pid: int
    url: str
    moved: bool
    public_url: str = ""


def note_running(file: Path, process: psutil.Popen, url: str, public_url: str = "") -> None:
    """Write a server's state into its folder."""
    state = {
        "pid": process.pid,
        "created": process.create_time(),
        "url": url,
        "public": public_url,
        "folder": str(file.parent.resolve()),
    }
    with whole_text(file, mode=0o600) as stream:
        json.dump(state, stream)


def find_running(file: Path) -> Running | None:
    """Find the server that a state file names; None if it has ended, or belongs to another folder.

    The working directory of a process follows a rename of its folder, so it says whose it is: a copy's
    state names the original's process, which works in the original's folder.
    """
    try:
        state = json.loads(file.read_text(encoding="utf-8"))
        process = psutil.Process(int(state["pid"]))
        same = abs(process.create_time() - state["created"]) < 1
        if not same or process.status() == psutil.STATUS_ZOMBIE:
            return None
        url, noted = str(state["url"]), str(state.get("folder", ""))
        here = str(file.parent.resolve())
        if not _works_in(process, file.parent, noted == here):
            return None
        # Version 0.1.0 noted no folder; the process knows where its data were.
        moved = (noted or _started_in(process, here)) != here
        return Running(process.pid, url, moved, str(state.get("public", "")))
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None


def _works_in(process: psutil.Process, folder: Path, noted: bool) -> bool:
    try:
        return Path(process.cwd()).samefile(folder)
    except psutil.AccessDenied:
        return noted


def _started_in(process: psutil.Process, otherwise: str) -> str:
    try:
        data = process.environ().get(_DATA, "")
    except psutil.AccessDenied:
        return otherwise
    return str(Path(data).parent) if data else otherwise
