"""A PostgreSQL server of the tests' own, on loopback, with a password asked for."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.install_postgresql import programs

#: Needs quoting wherever a password would be pasted together with something else.
PASSWORD = "p@ss:w/ord 'ü\"$x"
USER = "labeller"


@dataclass(frozen=True)
class Cluster:
    """A running server."""

    folder: Path
    port: int

    def address(self, name: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def sql(self, command: str) -> str:
        """Run a command as the server's owner, over its socket."""
        done = _as_owner(
            ["psql", "-X", "-A", "-t", "-h", str(self.folder), "-p", str(self.port), "-d", "postgres"],
            "-c", command,
        )  # fmt: skip
        return done.stdout.strip()

    def create(self, name: str) -> str:
        """Make an empty database; gives its address."""
        self.sql(f"create database {name} owner {USER}")
        return self.address(name)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Start a server; PostgreSQL refuses root, so that then the package's user runs it."""
    folder = Path(tempfile.mkdtemp(prefix="framing-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        data = folder / "data"
        _as_owner(["initdb", "-D", str(data), "-E", "UTF8", "--locale=C.UTF-8", "-U", "postgres"],
                  "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync")  # fmt: skip
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = ["pg_ctl", "-D", str(data), "-w"]
        _as_owner(control, "-l", str(folder / "log"), "-o", options, "start")
        try:
            made = Cluster(folder, port)
            quoted = PASSWORD.replace("'", "''")
            made.sql(f"set client_encoding = 'UTF8'; create role {USER} login password '{quoted}'")
            yield made
        finally:
            _as_owner(control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _as_owner(command: list[str], *more: str) -> "subprocess.CompletedProcess[str]":
    folder = programs()
    assert folder is not None
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(
        [str(folder / command[0]), *command[1:], *more],
        check=False, cwd="/", text=True, stdin=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        stdout=subprocess.DEVNULL if "start" in more else subprocess.PIPE,
        stderr=subprocess.DEVNULL if "start" in more else subprocess.PIPE, **user,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done
