"""Where the packaged config, seeds and labels lie."""

from pathlib import Path
from typing import Literal

from framing.errors import WorkspaceError

_PACKAGE = Path(__file__).resolve().parent


def packaged(part: Literal["config", "seeds", "labels"]) -> Path:
    """Find a packaged folder, the same way from a checkout, an editable install and a wheel.

    Raises
    ------
    WorkspaceError
        If the installation is incomplete.

    Examples
    --------
    >>> packaged("config").name
    'config'
    """
    for folder in (_PACKAGE / "_data" / part, _PACKAGE.parent / part):
        if folder.is_dir():
            return folder
    raise WorkspaceError(
        f"the packaged folder {part!r} is missing from this installation",
        hint="install framing again",
    )
