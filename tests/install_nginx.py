"""Make sure that an nginx is there, from Debian's packages where apt and root are; else say so."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def program() -> str | None:
    """The nginx of this machine, which is seldom in the path of a user; None without one."""
    usual = Path("/usr/sbin/nginx")
    return shutil.which("nginx") or (str(usual) if usual.exists() else None)


def main() -> None:
    if program() and shutil.which("openssl"):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=True, **quiet)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "nginx", "openssl"]
        subprocess.run(command, check=True, **quiet)
        return
    sys.stderr.write("no nginx, and no apt and root to install it: its tests are skipped\n")


if __name__ == "__main__":
    main()
