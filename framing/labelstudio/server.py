"""The embedded Label Studio: one server a workspace, on loopback, with secrets of its own."""

import json
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from filelock import FileLock, Timeout

from framing.errors import StudioError
from framing.files import write_secret
from framing.labelstudio import environment, public
from framing.labelstudio.connection import Connection
from framing.labelstudio.database import SQLITE, Postgres, remember, remembered
from framing.labelstudio.environment import DATABASE
from framing.labelstudio.home import read_home
from framing.labelstudio.lineage import begin, settle
from framing.labelstudio.running import find_running, note_running
from framing.labelstudio.signing import NAME, ensure_key
from framing.labelstudio.webform import WebSession
from framing.private import FILE, FOLDER, keep_private, private_file

USERNAME = "admin@framing.example"
LOOPBACK = "127.0.0.1"
_PATIENCE = 300.0
#: One plain key sends an answer; in the note's field Enter still ends the note.
_KEYS = {
    "annotation:submit": {
        "key": "enter,ctrl+enter", "mac": "enter,command+enter", "description": "Submit and go on"
    }
}  # fmt: skip

#: The server outlives this process; Python complains of a process object dropped while it runs.
_started: list[psutil.Popen] = []


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What `studio status` tells; each file holds its secret alone.

    Attributes
    ----------
    running : bool
        Whether the server that was started for this workspace answers.
    url, username : str
        Where to sign in, and as whom; the address is empty while it is stopped.
    password_file, token_file, data_dir : str
        Where the secrets and the data lie.
    pid : int or None
        None while it is stopped.
    database : str
        ``sqlite``, or the address of a PostgreSQL database.
    fingerprint : str
        Of the database, see `framing.labelstudio.identity`; empty while it was never started.
    moved : bool
        Whether its folder was moved while it ran: it is to be stopped and started.
    public_url : str
        Where coders sign in, if a proxy stands before it; empty: at `url`.
    """

    running: bool
    url: str
    username: str
    password_file: str
    token_file: str
    data_dir: str
    pid: int | None
    database: str
    fingerprint: str
    moved: bool
    public_url: str = ""


class EmbeddedServer:
    """A Label Studio that belongs to one workspace.

    Parameters
    ----------
    folder : Path
        Where its data, log and secrets lie.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.password_file = folder / "password"
        self.token_file = folder / "token"
        self.data = folder / "data"
        self.log = folder / "log.txt"
        self._state = folder / "server.json"

    def status(self) -> ServerStatus:
        """Tell whether it runs and where."""
        state = find_running(self._state)
        home = read_home(self.folder)
        return ServerStatus(
            running=state is not None,
            url=state.url if state else "",
            username=USERNAME,
            password_file=str(self.password_file),
            token_file=str(self.token_file),
            data_dir=str(self.data),
            pid=state.pid if state else None,
            database=remembered(self.folder) or SQLITE,
            fingerprint=home.fingerprint if home else "",
            moved=state is not None and state.moved,
            public_url=state.public_url if state else "",
        )

    def token(self) -> str:
        """Read the token of the server's first user; empty if it was never started."""
        return self.token_file.read_text(encoding="utf-8") if self.token_file.is_file() else ""

    def start(
        self,
        *,
        host: str,
        port: int,
        say: Callable[[str], None],
        quiet: bool = True,
        database: Postgres | None = None,
    ) -> ServerStatus:
        """Start it and wait until it answers; one that runs already is found.

        Parameters
        ----------
        host : str
            Address to listen on.
        port : int
            0 takes a free one.
        say : callable
            Takes progress messages.
        quiet : bool
            Whether the installer keeps silent.
        database : Postgres, optional
            Where the data lie; None for SQLite in the folder.

        Raises
        ------
        StudioError
            If the port is taken, the installation fails, or the server does not come up.
        """
        keep_private(self.folder)
        program = environment.ensure(environment.environment_folder(), say=say, quiet=quiet)
        try:
            with FileLock(self.folder / "start.lock", mode=FILE, timeout=_PATIENCE):
                state = find_running(self._state)
                if state is not None and state.moved:
                    raise moved_error(self.folder)
                if state is None:
                    self._launch(program, (host, port or _free_port(host)), say, database)
        except Timeout:
            raise StudioError(
                "another process has been starting Label Studio here for five minutes",
                hint="see what it does with: framing studio status",
            ) from None
        return self.status()

    def stop(self) -> bool:
        """Stop what `start` started; False if nothing ran."""
        state = find_running(self._state)
        if state is not None:
            process = psutil.Process(state.pid)
            family = [*process.children(recursive=True), process]
            for member in family:
                _quietly(member.terminate)
            _, alive = psutil.wait_procs(family, timeout=20)
            for member in alive:
                _quietly(member.kill)
            psutil.wait_procs(alive, timeout=10)
        self._state.unlink(missing_ok=True)
        _started[:] = [process for process in _started if process.poll() is None]
        return state is not None

    def _launch(
        self,
        program: Path,
        place: tuple[str, int],
        say: Callable[[str], None],
        database: Postgres | None,
    ) -> None:
        host, port = place
        _refuse_taken(host, port)
        if not self.password_file.is_file():
            write_secret(self.password_file, secrets.token_urlsafe(15))
        self.data.mkdir(mode=FOLDER, exist_ok=True)
        ensure_key(self.data)
        if database is None:
            environment.new_database(environment.environment_folder(), self.data)
        copied = begin(self.folder, self.data / DATABASE) if database is None else ""
        if copied:
            say(copied)
        say("starting Label Studio" + (f" on {database}" if database else ""))
        reach = LOOPBACK if host in ("0.0.0.0", "::") else host  # noqa: S104 - only compared
        url = f"http://{reach}:{port}"
        with private_file(self.log) as log:
            process = psutil.Popen(
                [
                    *environment.privately(program), "start", "--no-browser", "--log-level", "WARNING",
                    "--internal-host", host, "--port", str(port),
                ],
                env=self._environment(url) | (database.for_label_studio() if database else {}),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o077,
            )  # fmt: skip
        _started.append(process)
        note_running(self._state, process, url, public.remembered(self.folder))
        try:
            self._await_health(process, url)
            self._ensure_token(url)
            settle(self.folder, Connection(url, self.token()))
            if database is not None:
                remember(self.folder, database)
        except BaseException:
            self.stop()
            raise

    def _environment(self, url: str) -> dict[str, str]:
        kept = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith(("LABEL_STUDIO_", "HEARTEX_", "DJANGO_", "POSTGRE_", NAME))
        }
        return (
            kept
            | environment.PRIVATE
            | {
                "LABEL_STUDIO_BASE_DATA_DIR": str(self.data.resolve()),
                "LABEL_STUDIO_USERNAME": USERNAME,
                "LABEL_STUDIO_PASSWORD": self.password_file.read_text(encoding="utf-8"),
                "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
                "ML_BLOCK_LOCAL_IP": "false",
                "SSRF_PROTECTION_ENABLED": "false",
                "EDITOR_KEYMAP": json.dumps(_KEYS),
            }
            | public.settings_for(url, public.remembered(self.folder))
        )

    def _await_health(self, process: psutil.Popen, url: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise StudioError(
                    f"Label Studio ended while starting: {self._last_words()}",
                    hint=f"read {self.log}",
                )
            try:
                if httpx.get(f"{url}/health", timeout=5, trust_env=False).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.25)
        raise StudioError(
            f"Label Studio did not answer at {url} within {_PATIENCE:.0f} seconds",
            hint=f"read {self.log}",
        )

    def _ensure_token(self, url: str) -> None:
        with WebSession(url) as session:
            if session.knows(self.token()):
                return
            session.sign_in(USERNAME, self.password_file.read_text(encoding="utf-8"))
            write_secret(self.token_file, session.make_token())

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "no output"


def moved_error(folder: Path) -> StudioError:
    """What to say where a server's folder was moved while it ran."""
    return StudioError(
        f"{folder} was moved while its Label Studio ran, which no longer finds its data",
        hint="stop it and start it: framing studio stop; framing studio start",
    )


def _quietly(action: Callable[[], None]) -> None:
    try:
        action()
    except psutil.NoSuchProcess:
        return


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _refuse_taken(host: str, port: int) -> None:
    if not port_is_free(port, host):
        raise StudioError(
            f"port {port} on {host} is taken",
            hint=f"take another: framing studio start --port {port + 1}",
        )
