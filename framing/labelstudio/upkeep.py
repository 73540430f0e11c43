"""A project's screen follows the codebook, as long as no answer is left without its value."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from framing.codebook import Change, Codebook, differences
from framing.errors import ServerError
from framing.labelstudio.answers import export
from framing.labelstudio.connection import Connection
from framing.labelstudio.projects import Project, update_screen
from framing.labelstudio.screen import NOTE, REASON, UNSURE, screen
from framing.plural import counted


def follow_codebook(
    connection: Connection,
    project: Project,
    codebook: Codebook,
    *,
    seen: str = "",
    replace: bool = False,
) -> bool:
    """Bring a project's screen up to the codebook.

    Parameters
    ----------
    connection : Connection
    project : Project
        As it stands on the server.
    codebook : Codebook
        What its screen is to show.
    seen : str
        Fingerprint of the codebook that the project showed when this workspace last pushed there; empty:
        it never did.
    replace : bool
        Whether to put the codebook in the place of one that is newer or that this workspace has not seen.

    Returns
    -------
    bool
        Whether the screen was another one.

    Raises
    ------
    ServerError
        If the project shows a newer codebook, or one that this workspace has not seen; if answers have a
        value or variable that the codebook no longer has, or a variable with answers was renamed, which
        Label Studio can't follow; names each.
    """
    same = (
        project.label_config.split() == screen(codebook, adjudication=project.kind == "adjudication").split()
    )
    if same and project.codebooks[-1:] == (codebook.fingerprint,):
        return False
    if not replace:
        _refuse_older(project, codebook, seen)
    _refuse(export(connection, project.id), project, codebook)
    update_screen(connection, project, codebook)
    return True


def _refuse_older(project: Project, codebook: Codebook, seen: str) -> None:
    shown = project.codebooks[-1] if project.codebooks else ""
    if shown in ("", codebook.fingerprint, seen):
        return
    older = codebook.fingerprint in project.codebooks
    what = (
        "a newer codebook than this workspace's" if older else "a codebook that this workspace has not seen"
    )
    raise ServerError(
        f"project {project.id} ({project.title}): coders see {what}, found {codebook.fingerprint}, "
        f"expected {shown}",
        hint="get it from whoever pushed it (git pull), or keep this one: framing push INPUT --new-codebook",
        faults=[f"there: {change}" for change in _differences(codebook, project.book)],
    )


def _differences(codebook: Codebook, book: str) -> list[Change]:
    """What a project's codebook has otherwise; nothing where it does not keep one that can be read."""
    try:
        return differences(codebook, Codebook.model_validate_json(book)) if book else []
    except ValidationError:
        return []


def _refuse(tasks: list[dict[str, Any]], project: Project, codebook: Codebook) -> None:
    where = f"project {project.id} ({project.title})"
    lost = orphans(tasks, codebook)
    if lost:
        raise ServerError(
            f"{where}: found answers that config/codebook.yaml no longer has: {_told(lost)}",
            hint="give them back, or name what they became with formerly: [OLD]; "
            "or start a new round: framing push --round NAME",
        )
    moved = _counted(tasks, lambda name, _value: name if name in codebook.renamed else "")
    if moved:
        raise ServerError(
            f"{where}: Label Studio can't rename a variable that has answers: {_told(moved)}",
            hint="the labels are mapped as they are; go on in a new round: framing push --round NAME",
        )


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({counted(count, 'answer')})" for name, count in sorted(counts.items()))


def orphans(tasks: Iterable[Mapping[str, Any]], codebook: Codebook) -> Counter[str]:
    """Count the answers that a codebook has no place for, by ``variable=value``.

    Parameters
    ----------
    tasks : iterable of mapping
        As `framing.labelstudio.answers.export` gives them.
    codebook : Codebook
        Former names have a place.
    """

    def lost(name: str, value: str) -> str:
        known = codebook.variable(codebook.renamed.get(name, name))
        return "" if known and known.today(value) in known.names else f"{name}={value}"

    return _counted(tasks, lost)


def _counted(tasks: Iterable[Mapping[str, Any]], name_of: Callable[[str, str], str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for task in tasks:
        for annotation in task.get("annotations") or []:
            for part in annotation.get("result") or []:
                name = str(part.get("from_name"))
                if name not in (UNSURE, NOTE, REASON):
                    values = (part.get("value") or {}).get("choices") or []
                    found.update(told for value in values if (told := name_of(name, str(value))))
    return found
