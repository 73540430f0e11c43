"""The screens of a study's projects follow its codebook, and never back to an older one."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from framing.files import whole_text
from framing.steps.study import Study

if TYPE_CHECKING:
    from framing.labelstudio.connection import Connection
    from framing.labelstudio.projects import Project

_FILE = "codebooks.json"


def bring_up(study: Study, connection: "Connection", project: "Project", *, replace: bool = False) -> None:
    """Bring a project's screen up to the workspace's codebook, and note here that it was.

    Parameters
    ----------
    study : Study
    connection : Connection
    project : Project
    replace : bool
        Whether to put it in the place of a codebook that is newer or that this workspace has not seen.

    Raises
    ------
    ServerError
        As `framing.labelstudio.upkeep.follow_codebook`.
    """
    from framing.labelstudio.upkeep import follow_codebook

    key = f"{connection.url}/projects/{project.id}"
    file = study.needed.root / ".framing" / _FILE
    seen = _read(file)
    follow_codebook(connection, project, study.codebook, seen=seen.get(key, ""), replace=replace)
    now = study.codebook.fingerprint
    if seen.get(key) != now:
        with whole_text(file) as stream:
            json.dump(seen | {key: now}, stream)


def _read(file: Path) -> dict[str, str]:
    """What this workspace noted; a note that can't be read is none: then pushes ask instead of guessing."""
    try:
        noted = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in noted.items()} if isinstance(noted, dict) else {}
