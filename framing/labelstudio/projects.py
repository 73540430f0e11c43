"""A study's projects on the server, found by the study, round and kind that they carry."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from framing.codebook import Codebook
from framing.errors import ServerBusy, ServerError
from framing.labelstudio.connection import AGAIN, ONCE, Connection
from framing.labelstudio.marks import (
    BOOK,
    hidden,
    lasting,
    own_lines,
    restored,
    split_screen,
    with_line,
    with_lines,
)
from framing.labelstudio.patience import Patience
from framing.labelstudio.screen import instructions, screen
from framing.settings import StudyName

#: `main` holds a round's units; `blind` those that several coders code without seeing a suggestion;
#: `adjudication` those on which they disagree.
Kind = Literal["main", "blind", "adjudication"]
KINDS: tuple[Kind, ...] = ("main", "blind", "adjudication")
_MARK, _ID, _DESIGN, _CODER = "framing-study: ", "framing-id: ", "framing-designs: ", " / coder "
_CODEBOOK = "framing-codebook: "
#: Stands in every labelling screen that the tool draws.
_SCREEN = "framing-unit"
_FIELDS = "id,title,description,label_config,task_number"
_TITLE = 50
_PAGE = 100

Designs = Mapping[str, Mapping[str, tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Project:
    """One Label Studio project of a study.

    Attributes
    ----------
    id : int
        On that server.
    title : str
        As it stands in Label Studio now.
    kind : {"main", "blind", "adjudication"}
    study : StudyName
        As the project carries it.
    round : str
    label_config : str
        The labelling screen as XML, without the lines that are kept in it.
    designs : dict of str to dict
        By pool, how many units of each stratum were drawn out of how many.
    description : str
        As it stood when the project was looked up; with the tool's own lines, also those that were
        taken out of it and stand in the screen alone.
    owner : str
        The coder for whom a main project is; empty: for all.
    fresh : bool
        Whether it was made just now, so that it holds nothing yet.
    codebooks : tuple of str
        Fingerprints of the codebooks that its screen was made from, the one that coders see last.
    book : str
        That codebook as JSON; empty where the project does not keep it.
    tasks : int
        How many tasks it has.
    unmarked : bool
        Whether somebody took the tool's lines out of its description or its screen; 0.1.0 wrote none there.
    """

    id: int
    title: str
    kind: Kind
    study: StudyName
    round: str
    label_config: str
    designs: Designs = field(default_factory=dict)
    description: str = ""
    owner: str = ""
    fresh: bool = False
    codebooks: tuple[str, ...] = ()
    book: str = ""
    tasks: int = 0
    unmarked: bool = False


def mark(study: StudyName, round_: str, kind: Kind = "main", owner: str = "") -> str:
    """Write the lines in a project's description by which it is found again."""
    name = f"{_MARK}{study.name} / {round_}{_suffix(kind, owner)}"
    return f"{name}\n{_ID}{study.id}" if study.id else name


def _suffix(kind: Kind, owner: str) -> str:
    if owner:
        return f"{_CODER}{owner}"
    return "" if kind == "main" else f" / {kind}"


def find_project(
    connection: Connection, study: StudyName, round_: str, kind: Kind = "main", owner: str = ""
) -> Project | None:
    """Find a round's project, whatever it is titled now; the oldest if there are several."""
    place = (kind, owner)
    listed = find_projects(connection, study, round_)
    return next((item for item in listed if (item.kind, item.owner) == place), None)


def find_projects(connection: Connection, study: StudyName, round_: str) -> list[Project]:
    """Find all projects of a round: main, blind, adjudication, then the coders' own by name.

    Raises
    ------
    ServerError
        If the study's name stands in a project that carries another study's id or none.
    """
    named = [item for item in all_projects(connection) if item.study.name == study.name]
    own = [item for item in named if study.id and item.study.id == study.id]
    here: dict[tuple[Kind, str], Project] = {}
    for item in own:
        if item.round == round_:
            here.setdefault((item.kind, item.owner), item)
    if not here:
        others = [item for item in named if item not in own]
        # A project of 0.1.0 may be this study's, whatever its round; one with an id is in the way in its own.
        unnamed = [item for item in others if not own and not (item.study.id and study.id)]
        _refuse_others(connection, study, [item for item in others if item.round == round_] or unnamed)
    return sorted(here.values(), key=lambda item: (bool(item.owner), KINDS.index(item.kind), item.owner))


def _refuse_others(connection: Connection, study: StudyName, others: list[Project]) -> None:
    if not others:
        return
    listed = ", ".join(f"{item.id} ({item.title})" for item in others[:3])
    first = others[0]
    if study.id and first.study.id:
        raise ServerError(
            f"{connection.url}: project {listed} belongs to study {first.study}, this workspace is "
            f"study {study}",
            hint="give this study another name in config/settings.yaml, study:; "
            f"or, if it is the same study, write study_id: {first.study.id} there",
        )
    made = "carries no id, as version 0.1.0 made it" if not first.study.id else f"carries {first.study.id}"
    mine = "has none" if not study.id else f"is study {study}"
    raise ServerError(
        f"{connection.url}: project {listed} of study {study.name!r} {made}; this workspace {mine}",
        hint="take it over once: framing push INPUT --adopt, or framing pull --adopt; "
        "if it is somebody else's, change study: in config/settings.yaml",
    )


def all_projects(connection: Connection) -> list[Project]:
    """List every project on the server that a push made, the oldest first."""
    with connection.speaking() as client:
        page: Any = client.projects.list(page_size=_PAGE, include=_FIELDS, request_options=AGAIN)
        listed = list(page.items)
        # The SDK's own iterator asks for one page more than there is, which the server calls an error.
        while page.items and len(listed) < page.response.count:
            page = page.next_page()
            listed += page.items
    listed.sort(key=lambda item: int(item.id))
    return [project for item in listed if (project := _read(item) or _by_tasks(connection, item)) is not None]


def _by_tasks(connection: Connection, item: Any) -> Project | None:
    """A project that has lost its lines in both places, by those that its first task carries."""
    if _SCREEN not in (item.label_config or ""):
        return None
    with connection.speaking() as client:
        page: Any = client.tasks.list(
            project=int(item.id),
            fields="task_only",
            include=["id", "meta"],
            page_size=1,
            request_options=AGAIN,
        )
    meta = page.items[0].meta if page.items else None
    lines = own_lines(str(meta.get("study", ""))) if isinstance(meta, dict) else []
    return _read(item, lines) if lines else None


def _read(item: Any, known: Sequence[str] = ()) -> Project | None:
    """A project by the tool's own lines; None if it has none, or not of this form."""
    screen_xml, kept = split_screen(item.label_config or "")
    description = restored(item.description or "", [*kept, *known])
    lines = description.splitlines()
    study, _, place = _line(lines, _MARK).partition(" / ")
    round_, _, rest = place.partition(" / ")
    suffix = f" / {rest}" if rest else ""
    owner = suffix.removeprefix(_CODER) if suffix.startswith(_CODER) else ""
    kind = next((kind for kind in KINDS if _suffix(kind, owner) == suffix), None)
    if kind is None or not study or not round_:
        return None
    return Project(
        id=int(item.id),
        title=item.title or "",
        kind=kind,
        study=StudyName(study, _line(lines, _ID)),
        round=round_,
        label_config=screen_xml,
        designs=_designs(description),
        description=description,
        owner=owner,
        codebooks=tuple(_line(lines, _CODEBOOK).split()),
        book=_line(hidden(kept), BOOK),
        tasks=int(item.task_number or 0),
        unmarked=not {*own_lines(item.description or "")} >= {*lasting(own_lines(description))} or not kept,
    )


def _line(lines: Sequence[str], start: str) -> str:
    """What stands behind a line's start; empty without such a line."""
    return next((line.removeprefix(start).strip() for line in lines if line.startswith(start)), "")


def _designs(description: str) -> Designs:
    for line in description.splitlines():
        if line.startswith(_DESIGN):
            try:
                told = json.loads(line.removeprefix(_DESIGN))
                return {pool: {s: (int(n), int(of)) for s, (n, of) in t.items()} for pool, t in told.items()}
            except (ValueError, TypeError, AttributeError):
                return {}
    return {}


@dataclass(frozen=True, slots=True)
class Role:
    """What a project is for within its round.

    Attributes
    ----------
    kind : {"main", "blind", "adjudication"}
    owner : str
        The coder for whom a main project is; empty: for all.
    coders : int
        How many coders answer each task.
    """

    kind: Kind = "main"
    owner: str = ""
    coders: int = 1


def ensure_project(
    connection: Connection,
    study: StudyName,
    round_: str,
    codebook: Codebook,
    role: Role | None = None,
) -> Project:
    """Find a round's project or make it from the codebook; by default the main one."""
    wanted = role or Role()
    found = find_project(connection, study, round_, wanted.kind, wanted.owner)
    return found or make_project(connection, study, round_, codebook, wanted)


def make_project(
    connection: Connection, study: StudyName, round_: str, codebook: Codebook, role: Role
) -> Project:
    """Make a round's project; if another push makes it at the same moment, give the older one."""
    kind, owner = role.kind, role.owner
    name = round_ if kind == "main" and not owner else f"{round_} · {owner or kind}"
    description = f"{codebook.title}\n{mark(study, round_, kind, owner)}\n{_CODEBOOK}{codebook.fingerprint}"
    settings: dict[str, Any] = {
        "title": f"{study.name} · {name}"[:_TITLE].ljust(3, "·"),
        "description": description,
        "label_config": with_lines(
            screen(codebook, adjudication=kind == "adjudication"),
            [*own_lines(description), _book_line(codebook)],
        ),
        "expert_instruction": instructions(codebook),
        "show_instruction": True,
        "show_skip_button": True,
        "enable_empty_annotation": False,
        "maximum_annotations": role.coders,
        "sampling": "Sequential sampling",
        "show_collab_predictions": kind == "main",
    }
    made = _create(connection, settings, lambda: find_project(connection, study, round_, kind, owner))
    if isinstance(made, Project):
        return made
    oldest = find_project(connection, study, round_, kind, owner)
    if oldest is None or oldest.id == made.id:
        own = oldest or Project(
            int(made.id or 0), made.title or "", kind, study, round_, made.label_config or "", owner=owner
        )
        return replace(own, fresh=True)
    with connection.speaking() as client:
        client.projects.delete(id=int(made.id or 0), request_options=AGAIN)
    return oldest


def _create(connection: Connection, settings: Mapping[str, Any], find: Callable[[], Project | None]) -> Any:
    """Make a project; where the server is busy, look whether it came to be before another try."""
    patience = Patience()
    while True:
        try:
            with connection.speaking() as client:
                return client.projects.create(**settings, request_options=ONCE)
        except ServerBusy as error:
            if not patience.wait(error.retry_after):
                raise
            there = find()
            if there is not None:
                return there


def update_screen(connection: Connection, project: Project, codebook: Codebook) -> None:
    """Bring a project's screen and instructions up to the codebook, and note which one it is."""
    drawn = screen(codebook, adjudication=project.kind == "adjudication")
    now = codebook.fingerprint
    history = [*(item for item in project.codebooks if item != now), now]
    description = with_line(project.description, _CODEBOOK, _CODEBOOK + " ".join(history))
    with connection.speaking() as client:
        client.projects.update(
            id=project.id,
            description=description,
            label_config=with_lines(drawn, [*own_lines(description), _book_line(codebook)]),
            expert_instruction=instructions(codebook),
            request_options=AGAIN,
        )


def _book_line(codebook: Codebook) -> str:
    return BOOK + json.dumps(codebook.model_dump(mode="json"), ensure_ascii=False)


def keep_design(
    connection: Connection, project: Project, pool: str, strata: Mapping[str, tuple[int, int]]
) -> None:
    """Write down how many units were drawn from a pool, so that pulls can tell probabilities."""
    if not strata or project.designs.get(pool) == dict(strata):
        return

    def with_design(description: str) -> str:
        designs = {**_designs(description), pool: dict(strata)}
        return with_line(description, _DESIGN, _DESIGN + json.dumps(designs, ensure_ascii=False))

    _rewrite(connection, project, with_design)


def give_id(connection: Connection, project: Project, study: str) -> None:
    """Write a study's id into a project that carries none."""
    keep_line(connection, project, _ID, f"{_ID}{study}")


def keep_line(connection: Connection, project: Project, start: str, line: str) -> None:
    """Put a line into a project in place of the one that starts the same; what was taken out comes back."""
    _rewrite(connection, project, lambda description: with_line(description, start, line))


def mark_again(connection: Connection, project: Project) -> None:
    """Put back the lines that somebody took out of a project's description or screen."""
    _rewrite(connection, project, lambda description: description)


def _rewrite(connection: Connection, project: Project, change: Callable[[str], str]) -> None:
    """Change a project's description as it is now, and the copy of its lines in the screen."""
    with connection.speaking() as client:
        now = client.projects.get(id=project.id, request_options=AGAIN)
    drawn = now.label_config or ""
    kept = own_lines(restored(project.description, split_screen(drawn)[1]))
    after = change(restored(now.description or "", kept))
    changes = {"description": after}
    with_all = with_lines(drawn, [*own_lines(after), *hidden(split_screen(drawn)[1])])
    if with_all != drawn:
        changes["label_config"] = with_all
    with connection.speaking() as client:
        client.projects.update(id=project.id, **changes, request_options=AGAIN)  # type: ignore[arg-type]
