"""`framing serve`: a model behind HTTP, for Label Studio and for anyone."""

import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framing.errors import FramingError
from framing.files import write_secret
from framing.private import NAME, keep_private
from framing.scoring.table import article_rows, score_units
from framing.steps.models import find_model, model_folder
from framing.steps.study import Study

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from framing.serving import Limits

PORT = 9090
_LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"]


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that listens; `run` answers requests until the process is told to stop.

    Attributes
    ----------
    url : str
    model : str
        ``name@hash`` of the model at the start.
    token_file : str
        Holds the token alone, mode 600; empty if none is asked for.
    """

    url: str
    model: str
    token_file: str
    app: "Starlette"
    listening: socket.socket
    limits: "Limits"

    def run(self) -> None:
        """Answer requests."""
        from framing.serving import run

        run(self.app, self.listening, self.limits)


def serve(
    study: Study,
    *,
    model: str = "",
    host: str = "127.0.0.1",
    port: int = PORT,
    require_token: bool = False,
    limits: "Limits | None" = None,
    say: Callable[[str], None] = lambda _: None,
) -> Serving:
    """Load the model and take the port.

    Parameters
    ----------
    study : Study
    model : str
        A folder, a name under `models/`, or empty for the default.
    host : str
        Address to listen on. Beyond loopback a token is asked for.
    port : int
        0 takes a free one.
    require_token : bool
        Whether a token is asked for on loopback, too.
    limits : Limits, optional
    say : callable
        Takes a line when another model is taken over, or Label Studio asks for training.

    Raises
    ------
    ModelError
        If there is no model or it is made for other values.
    WorkspaceError
        If a token is asked for and there is no workspace to keep it in.
    FramingError
        If the port is taken or the address is not this machine's.
    """
    from framing import __version__
    from framing.serving import CurrentModel, Desk, Limits, Stages, application, is_loopback, listen

    kept = limits or Limits()
    token_file = None if is_loopback(host) and not require_token else token_of(study)
    current = CurrentModel(
        lambda: model_folder(Study(study.workspace), model),
        # The codebook may have changed since with the model.
        lambda: find_model(Study(study.workspace), model),
        say,
    )
    stages = Stages(score_units, article_rows, study.codebook.unit)
    token = token_file.read_text(encoding="utf-8").strip() if token_file else ""
    desk = Desk(current, stages, token, kept, __version__, say)
    app = application(desk, ["*"] if token else _LOOPBACK_NAMES)
    listening = listen(host, port)
    return Serving(
        url=_url(host, listening.getsockname()[1]),
        model=current.id,
        token_file=str(token_file or ""),
        app=app,
        listening=listening,
        limits=kept,
    )


def token_of(study: Study) -> Path:
    """Find the file with the workspace's token; made if missing.

    Raises
    ------
    WorkspaceError
        If there is no workspace.
    FramingError
        If the file is empty, or others than its owner can read it.
    """
    file = study.needed.root / NAME / "serve" / "token"
    if not file.exists():
        keep_private(file.parent)
        write_secret(file, secrets.token_urlsafe(32))
    if not file.read_text(encoding="utf-8").strip():
        raise FramingError(f"{file}: empty, expected a token", hint=f"remove it: rm {file}")
    if file.stat().st_mode & 0o077:
        raise FramingError(
            f"{file}: others can read it (mode {file.stat().st_mode & 0o777:o}), expected mode 600",
            hint=f"make a new one: rm {file}",
        )
    return file


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
