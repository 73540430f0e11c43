"""Where an embedded Label Studio was started last: a moved folder is the same one, a copy is not."""

import json
from dataclasses import dataclass
from pathlib import Path

from framing.files import write_secret
from framing.labelstudio.identity import from_address

_FILE = "home.json"
_MACHINE = Path("/etc/machine-id")
#: No folder has this number: what was restored begins a line of its own.
_NOWHERE = 0


@dataclass(frozen=True, slots=True)
class Home:
    """What was noted at a server's last start.

    Attributes
    ----------
    path : str
        Of the server's folder.
    inode : int
        Of the folder; a rename keeps it, a copy has another.
    machine : str
        Id of the machine; empty where it has none.
    address : str
        The server's identity, see `framing.labelstudio.identity`.
    """

    path: str
    inode: int
    machine: str
    address: str

    def is_at(self, folder: Path) -> bool:
        """Whether it was noted of this very folder, under whatever name."""
        return (self.inode, self.machine) == (folder.stat().st_ino, _machine())

    @property
    def fingerprint(self) -> str:
        """Of the server's database; empty if it is not known."""
        identity = from_address(self.address)
        return identity.fingerprint if identity else ""


def read_home(folder: Path) -> Home | None:
    """Read what was noted; None where nothing was, or nothing that can be read."""
    try:
        noted = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return Home(str(noted["path"]), int(noted["inode"]), str(noted["machine"]), str(noted["address"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_home(folder: Path, address: str) -> None:
    """Note that a server with this identity is at home in this folder."""
    _write(folder, Home(str(folder.resolve()), folder.stat().st_ino, _machine(), address))


def forget_home(folder: Path) -> None:
    """Note that what lies in a folder came from elsewhere: its next start begins a line of its own."""
    _write(folder, Home("", _NOWHERE, "", ""))


def _write(folder: Path, home: Home) -> None:
    noted = {
        "path": home.path,
        "inode": home.inode,
        "machine": home.machine,
        "address": home.address,
    }
    write_secret(folder / _FILE, json.dumps(noted))


def _machine() -> str:
    try:
        return _MACHINE.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
