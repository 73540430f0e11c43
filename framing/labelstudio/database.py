"""Where the embedded Label Studio keeps its data: SQLite of its own, or a PostgreSQL that is named."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

from framing.errors import StudioError
from framing.files import whole_text
from framing.labelstudio.environment import DATABASE

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
_REMEMBERED = "database.txt"
_PORT = 5432
_ADDRESS = re.compile(
    r"postgres(?:ql)?://(?P<user>[^:@/?#]+)(?P<secret>:.*)?@"
    r"(?P<host>\[[^\]/]+\]|[^:/?#@]+)(?::(?P<port>\d{1,5}))?/(?P<name>[^/?#]+)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Postgres:
    """A PostgreSQL database; as text its address, without the password.

    Attributes
    ----------
    user, host, name : str
        As whom, where (a name, an address, or the folder of a socket), and which database.
    port : int
    password : str
        Empty where the server asks for none, or finds it by libpq's own means.
    """

    user: str
    host: str
    port: int
    name: str
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, address: str, password: str = "") -> "Postgres":
        """Read an address.

        Raises
        ------
        StudioError
            If it is none, or holds a password; it is not repeated in the message.

        Examples
        --------
        >>> str(Postgres.parse("postgresql://ls@db.example/study"))
        'postgresql://ls@db.example:5432/study'
        >>> Postgres.parse("postgresql://ls@%2Frun%2Fpostgresql/study").host
        '/run/postgresql'
        """
        found = _ADDRESS.fullmatch(address)
        if found is None or int(found["port"] or _PORT) not in range(1, 65536):
            raise StudioError(
                "the address of the database can't be read, expected postgresql://USER@HOST[:PORT]/NAME",
                hint="for example: framing studio start --database postgresql://framing@db.example/framing",
            )
        if found["secret"] is not None:
            raise StudioError(
                "the address of the database holds a password, which process lists and logs would show",
                hint="leave it out (postgresql://USER@HOST/NAME) and set PGPASSWORD in the environment",
            )
        host = found["host"].strip("[]")
        port = int(found["port"] or _PORT)
        return cls(unquote(found["user"]), unquote(host), port, unquote(found["name"]), password)

    def __str__(self) -> str:
        quoted = f"[{self.host}]" if ":" in self.host else self.host.replace("/", "%2F")
        return f"postgresql://{self.user}@{quoted}:{self.port}/{self.name}"

    def for_label_studio(self) -> dict[str, str]:
        """The environment in which Label Studio uses it."""
        return {
            "DJANGO_DB": "default",
            "POSTGRE_USER": self.user,
            "POSTGRE_PASSWORD": self.password,
            "POSTGRE_NAME": self.name,
            "POSTGRE_HOST": self.host,
            "POSTGRE_PORT": str(self.port),
        }

    def tables(self) -> int:
        """Count the tables that it has.

        Raises
        ------
        StudioError
            If PostgreSQL's programs are missing, or the server refuses.
        """
        told = self._run(["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--command", _TABLES])
        return int(told.stdout)

    def row(self, command: str, *values: str) -> list[str] | None:
        """Run one command of SQL with ``?`` for each value; gives its first row as text, None without one.

        Raises
        ------
        StudioError
            As for `tables`.
        """
        for number in range(len(values)):
            command = command.replace("?", f":'v{number}'", 1)
        given = [f"--set=v{number}={value}" for number, value in enumerate(values)]
        told = self._run(
            ["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--field-separator=\t", *given],
            text=f"set time zone 'UTC';\n{command};\n",
        )
        lines = [line for line in told.stdout.decode().splitlines() if "\t" in line]
        return lines[0].split("\t") if lines else None

    def dump(self, target: BinaryIO) -> None:
        """Write all of it, as it is at one moment, in PostgreSQL's own format.

        Raises
        ------
        StudioError
            As for `tables`.
        """
        self._run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges"], target)

    def load(self, dump: Path) -> None:
        """Put a dump in place of what it holds, whole or not at all.

        Raises
        ------
        StudioError
            As for `tables`.
        """
        self._run(
            [
                "pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--exit-on-error",
                "--single-transaction", f"--dbname={self.name}", str(dump),
            ]
        )  # fmt: skip

    def _run(
        self, command: list[str], target: BinaryIO | int = subprocess.PIPE, text: str = ""
    ) -> "subprocess.CompletedProcess[bytes]":
        if shutil.which(command[0]) is None:
            raise StudioError(
                f"{command[0]} is not installed; PostgreSQL's own programs back up and restore a database",
                hint="install the client of your PostgreSQL, on Debian: apt install postgresql-client",
            )
        known = {
            "PGUSER": self.user, "PGHOST": self.host, "PGPORT": str(self.port), "PGDATABASE": self.name,
        } | ({"PGPASSWORD": self.password} if self.password else {})  # fmt: skip
        done = subprocess.run(
            [command[0], "--no-password", *command[1:]],
            check=False,
            env=os.environ | known,
            input=text.encode(),
            stdout=target,
            stderr=subprocess.PIPE,
        )
        if done.returncode:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
            raise StudioError(
                f"{self}: {command[0]} failed: {lines[0][:300]}",
                hint="check user, host, name and the password in PGPASSWORD",
            )
        return done


_TABLES = "select count(*) from pg_catalog.pg_tables where schemaname = 'public'"


def remembered(folder: Path) -> str:
    """Read the address that a server was started with; empty: SQLite, or never started."""
    file = folder / _REMEMBERED
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


def remember(folder: Path, database: Postgres) -> None:
    """Note the address, without the password, so that later starts find the data again."""
    with whole_text(folder / _REMEMBERED, mode=0o600) as stream:
        stream.write(f"{database}\n")


def database_of(folder: Path, given: str, password: str) -> Postgres | None:
    """The database that a server's data lie in; None for SQLite.

    Parameters
    ----------
    folder : Path
        The server's folder.
    given : str
        An address, or empty: the one it was started with before.
    password : str

    Raises
    ------
    StudioError
        If the address can't be read, or the data lie elsewhere already.
    """
    before = remembered(folder)
    if not given:
        return Postgres.parse(before, password) if before else None
    asked = Postgres.parse(given, password)
    if before and before != str(asked):
        raise StudioError(
            f"this workspace's Label Studio keeps its data in {before}, expected {asked}",
            hint="start it without --database; another database needs a workspace of its own",
        )
    if not before and (folder / "data" / DATABASE).exists():
        raise StudioError(
            f"this workspace's Label Studio keeps its data in SQLite already, expected {asked}",
            hint="start it without --database; framing pull, then push again from a new workspace to move",
        )
    return asked
