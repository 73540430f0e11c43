"""One step at a time in a workspace, with the owner named."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from framing.errors import WorkspaceError
from framing.files import whole_text
from framing.private import FILE, NAME, keep_private
from framing.settings import Workspace


@contextmanager
def locked(workspace: Workspace, step: str) -> Iterator[None]:
    """Keep other pushes and pulls out of a workspace; a killed one leaves no lock behind.

    Raises
    ------
    WorkspaceError
        If another process is at work; names it.
    """
    from filelock import FileLock, Timeout

    folder = keep_private(workspace.root / NAME)
    owner = folder / "owner.json"
    try:
        with FileLock(folder / "lock", mode=FILE, timeout=0):
            since = datetime.now(UTC).strftime("%H:%M:%S UTC")
            with whole_text(owner, mode=FILE) as stream:
                json.dump({"step": step, "pid": os.getpid(), "since": since}, stream)
            yield
    except Timeout:
        raise WorkspaceError(
            f"{workspace.root}: in use by {_owner(owner.read_text(encoding='utf-8'))}",
            hint="wait until it has ended, then try again",
        ) from None


def _owner(text: str) -> str:
    try:
        told = json.loads(text)
        return f"framing {told['step']} (process {told['pid']}, since {told['since']})"
    except (ValueError, KeyError, TypeError):
        return "another framing command"
