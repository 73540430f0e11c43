"""Which study a workspace's projects are, and which server is its own: checked, written down, taken over."""

import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.errors import ServerError
from framing.files import whole_text
from framing.formats import read_frame
from framing.plural import counted
from framing.private import FILE, NAME, keep_private
from framing.records import Unit
from framing.settings import change_settings
from framing.steps.study import Study

if TYPE_CHECKING:
    from framing.labelstudio.connection import Connection
    from framing.labelstudio.identity import ServerIdentity
    from framing.labelstudio.projects import Project

_ID_BYTES = 6
_NAMES = "coders.json"
#: Of the articles in a project's tasks, so many must be this workspace's before it is taken over.
_SHARE = 0.5


def new_id() -> str:
    """Draw an id for a study; it begins with a letter, so that no spreadsheet takes it for a number."""
    return f"f{secrets.token_hex(_ID_BYTES)[1:]}"


def change(study: Study, changes: Mapping[str, object]) -> Study:
    """Write settings and give the study as it is then."""
    from filelock import FileLock

    folder = keep_private(study.needed.root / NAME)
    with FileLock(folder / "settings.lock", mode=FILE, timeout=60):
        change_settings(study.needed.settings, changes)
    return Study(study.workspace)


def note_server(study: Study, server: "ServerIdentity") -> Study:
    """Write down the study's own server if none is known yet: the first one that it works with."""
    if study.settings.server:
        return study
    oldest = server.lines[0].fingerprint if server.lines else server.fingerprint
    return change(study, {"server": oldest})


def names_before(study: Study, server: str) -> dict[str, str]:
    """The coders' names in settings at this workspace's last pull of a server; empty where none was noted."""
    names = _noted(study).get(server, {})
    return {str(key): str(name) for key, name in names.items()} if isinstance(names, dict) else {}


def note_names(study: Study, server: str) -> None:
    """Note the coders' names, so that a later pull knows who was called what, also of deleted answers."""
    if names_before(study, server) != study.settings.coders:
        with whole_text(study.needed.root / ".framing" / _NAMES) as stream:
            json.dump(_noted(study) | {server: study.settings.coders}, stream)


def _noted(study: Study) -> dict[str, Any]:
    try:
        noted = json.loads((study.needed.root / ".framing" / _NAMES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def identified(study: Study, connection: "Connection", round_: str) -> Study:
    """A study that has an id; one of version 0.1.0 gets one unless it has projects that are to be taken over.

    Raises
    ------
    ServerError
        If there are projects of the study's name that carry another id or none.
    """
    from framing.labelstudio.projects import find_projects

    if study.settings.study_id:
        return study
    find_projects(connection, study.settings.name, round_)
    return change(study, {"study_id": new_id()})


def adopt(study: Study, connection: "Connection", units: Sequence[Unit] = ()) -> Study:
    """Take over the projects of a study that version 0.1.0 made, and write its id into them and the settings.

    A second clone of the study takes the id that the projects carry already.

    Parameters
    ----------
    study : Study
    connection : Connection
    units : sequence of Unit
        Units of the articles at hand, beside those that `labels/` and `seeds/` name.

    Raises
    ------
    ServerError
        If there is no such project, its tasks are not of this workspace's articles, or the projects
        carry several ids.
    """
    from framing.labelstudio.projects import all_projects, give_id

    name = study.settings.name
    named = [item for item in all_projects(connection) if item.study.name == name.name]
    open_ = [item for item in named if not item.study.id or not name.id]
    if not open_:
        if any(item.study.id == name.id for item in named):
            return study
        raise ServerError(
            f"{connection.url} has no project of study {name.name!r} that could be taken over",
            hint="make one with: framing push INPUT",
        )
    ids = {item.study.id for item in open_ if item.study.id}
    if len(ids) > 1:
        raise ServerError(
            f"{connection.url}: projects of study {name.name!r} carry the ids {', '.join(sorted(ids))}",
            hint="write the right one as study_id: into config/settings.yaml",
        )
    _check_corpus(study, connection, open_, units)
    chosen = name.id or next(iter(ids), "") or new_id()
    for project in open_:
        if not project.study.id:
            give_id(connection, project, chosen)
    return study if name.id else change(study, {"study_id": chosen})


def _check_corpus(
    study: Study, connection: "Connection", projects: "Sequence[Project]", units: Sequence[Unit]
) -> None:
    from framing.labelstudio.importing import stored_tasks

    tasks = [task.unit for project in projects for task in stored_tasks(connection, project.id)]
    articles = {unit.partition("-")[0] for unit in tasks} if tasks else set()
    known = articles & _articles(study, units) if articles else set()
    if len(known) < _SHARE * len(articles):
        raise ServerError(
            f"{connection.url}: {len(known)} of {counted(len(articles), 'article')} in the tasks of study "
            f"{study.settings.study!r} are in labels/, seeds/ or the inputs given, expected at least half",
            hint="take it over with the pages that were pushed: framing push INPUT --adopt",
        )


def _articles(study: Study, units: Sequence[Unit]) -> set[str]:
    from framing.steps.split import Splitting

    known = {unit.article_id for unit in units}
    for file in sorted(Path(study.needed.labels).glob("*.csv")):
        frame = read_frame(file)
        if "article_id" in frame.columns:
            known |= set(frame["article_id"])
    if study.needed.seeds.is_dir() and any(study.needed.seeds.iterdir()):
        known |= {unit.article_id for unit in Splitting([study.needed.seeds])}
    return known
