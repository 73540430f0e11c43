"""Make sure that a PostgreSQL is there, from Debian's packages where apt and root are; else say so."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def programs() -> Path | None:
    """The folder of PostgreSQL's server programs, the newest if there are several; None without any."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    found = shutil.which("initdb")
    folders = [*reversed(debian), *([Path(found).parent] if found else [])]
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def main() -> None:
    if programs() and shutil.which("pg_dump"):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=True, **quiet)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql"]
        subprocess.run(command, check=True, **quiet)
        return
    sys.stderr.write("no PostgreSQL, and no apt and root to install it: its test is skipped\n")


if __name__ == "__main__":
    main()
