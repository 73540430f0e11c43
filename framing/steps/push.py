"""`framing push`: units to tasks, each exactly once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.errors import ServerError
from framing.records import Unit, Unusable
from framing.sampling import Drawn, Sample, rank
from framing.steps.by_story import LINE, ByStory, Stories
from framing.steps.identity import adopt, identified, note_server
from framing.steps.lock import locked
from framing.steps.models import find_model
from framing.steps.rounds import LeftOut, Wanted, draw_round, pool_of
from framing.steps.screens import bring_up
from framing.steps.split import Splitting
from framing.steps.stale import Stale, stale_labels
from framing.steps.studio import connect
from framing.steps.study import Study

if TYPE_CHECKING:
    from framing.labelstudio.connection import Connection
    from framing.labelstudio.importing import State
    from framing.labelstudio.projects import Kind, Project
    from framing.labelstudio.tasks import Answer, Suggestion

Tick = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Push:
    """What to push, and how.

    Attributes
    ----------
    round : str
        Empty: the one in settings.
    wanted : Wanted
        Which units.
    coders : int
        How many coders answer each unit of the blind project.
    per_coder : tuple of str
        Coders who each get a project of their own with an equal share of what is not blind, dealt
        by chance; empty: one main project for all.
    columns : mapping of str to str
        As for `split`.
    language : str
        As for `split`.
    presplit : bool
        Each row of the inputs is a unit already.
    answers : mapping of str to tuple of Answer
        Answers by unit id that go in with their tasks.
    by_story : {"", "together", "apart"}
        Whether coders get the units of one story one after another, all of a story to one coder
        where each has a project, or never two in a row; empty: neither.
    adopt : bool
        Take over the study's projects of version 0.1.0, which carry no id, if they hold these articles.
    new_codebook : bool
        Show coders this workspace's codebook even in the place of one that is newer or not known here.
    dry_run : bool
        Count only; nothing is made or sent.
    """

    round: str = ""
    wanted: Wanted = field(default_factory=Wanted)
    coders: int = 2
    per_coder: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    presplit: bool = False
    answers: "Mapping[str, tuple[Answer, ...]]" = field(default_factory=dict)
    by_story: ByStory = ""
    adopt: bool = False
    new_codebook: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class PushedTo:
    """What went to one project: `kind` ``main`` or ``blind``; `owner` the coder whose it is."""

    kind: str
    owner: str
    project: int | None
    url: str
    units: int
    new: int
    already: int


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did.

    Attributes
    ----------
    round, url : str
        The round, and where to code its main project.
    project : int or None
        The main project; None after a dry run without one.
    articles, units, new, already : int
        Articles and drawn units; tasks made now, and units that had one.
    population : int
        Units that could have been drawn.
    strata : dict of str to tuple
        Drawn and available units by stratum.
    projects : list of PushedTo
    left_out : LeftOut
    suggested_by : str
        ``name@hash`` of the model whose suggestions are shown; empty: none.
    unusable : list of Unusable
    stale : list of Stale
        Units of these pages that have labels and are no longer there.
    dry_run : bool
    """

    round: str
    url: str
    project: int | None
    articles: int
    units: int
    new: int
    already: int
    population: int
    strata: dict[str, tuple[int, int]]
    projects: list[PushedTo]
    left_out: LeftOut
    suggested_by: str
    unusable: list[Unusable]
    stale: list[Stale]
    dry_run: bool


def push(
    study: Study, inputs: Sequence[str | Path], order: Push | None = None, *, say: Tick = lambda _d, _t: None
) -> Pushed:
    """Make a task for each drawn unit that has none in the round's projects.

    Parameters
    ----------
    study : Study
    inputs : sequence of str or Path
        Articles.
    order : Push, optional
        What to push; everything by default.
    say : callable
        Takes how many of how many new tasks are there.

    Raises
    ------
    ServerError
        If the server refuses or does not answer.
    InputError
        If nothing in the inputs can be used.
    TableError
        If a file of labels breaks the contract.
    WorkspaceError
        If another push or pull is at work here.
    """
    asked = order or Push()
    named = replace(asked, round=asked.round or study.settings.round)
    with locked(study.needed, "push"):
        splitting = Splitting(
            inputs, named.columns, named.presplit, unit=study.codebook.unit, language=named.language
        )
        units = list(splitting)
        stale = stale_labels(study.needed.labels, units)
        connection = connect(study)
        study = _own(study, connection, named, units)
        sample, left = draw_round(
            study, units, named.wanted, study.codebook, lambda: _there(study, connection, named.round)
        )
        sending = _Sending(study, named, connection, units, sample)
        done = [sending.to(kind, owner, say) for kind, owner in sending.places()]
    main = done[0]
    return Pushed(
        round=named.round,
        url=main.url,
        project=main.project,
        articles=splitting.articles,
        units=sum(item.units for item in done),
        new=sum(item.new for item in done),
        already=sum(item.already for item in done),
        population=sample.population,
        strata=sample.strata,
        projects=done,
        left_out=left,
        suggested_by=sending.model,
        unusable=splitting.unusable,
        stale=stale,
        dry_run=named.dry_run,
    )


def _own(study: Study, connection: "Connection", order: Push, units: list[Unit]) -> Study:
    """The study with its id, which the projects that it finds or makes carry."""
    from framing.labelstudio.identity import identity_of

    if order.adopt:
        study = adopt(study, connection, units)
    if order.dry_run:
        return study
    return note_server(identified(study, connection, order.round), identity_of(connection))


def _there(study: Study, connection: "Connection", round_: str) -> set[str]:
    """The units that a round's projects for coders have tasks for."""
    from framing.labelstudio.importing import stored_tasks
    from framing.labelstudio.projects import find_projects

    found = find_projects(connection, study.settings.name, round_)
    coded = [project for project in found if project.kind != "adjudication"]
    return {item.unit for project in coded for item in stored_tasks(connection, project.id)}


class _Sending:
    """A drawn round on its way to the server."""

    def __init__(
        self, study: Study, order: Push, connection: "Connection", units: list[Unit], sample: Sample
    ) -> None:
        from framing.labelstudio.tasks import Setting, neighbours

        self.study, self.order, self.connection = study, order, connection
        self.stories = Stories.among(study, units, order.by_story)
        self.sample = self.stories.order(sample)
        self.owner_of: dict[str, str] = {}
        self.near = neighbours(units)
        self.pool = pool_of(units, order.wanted)
        self.setting = Setting(study.settings.show_outlet, study.codebook.values_fingerprint, self.pool)
        self.suggestions: dict[str, Suggestion] = {}
        self.model = ""
        self.found: dict[tuple[Kind, str], Project] = {}
        self.states: dict[int, State] = {}
        if order.wanted.suggest:
            self._suggest(units)

    def places(self) -> "list[tuple[Kind, str]]":
        """The projects that the units go to, each by its kind and owner.

        Raises
        ------
        ServerError
            If the round's units were dealt to others before: some would get a second task; if it
        did something else with stories.
        """
        from framing.labelstudio.importing import state_of
        from framing.labelstudio.projects import find_projects

        owners = sorted(set(self.order.per_coder)) or [""]
        found = find_projects(self.connection, self.study.settings.name, self.order.round)
        self.found = {(item.kind, item.owner): item for item in found}
        before = [item.owner for item in found if item.kind == "main"]
        if before and before != owners:
            raise ServerError(
                f"round {self.order.round!r} has {_named(before)}, expected {_named(owners)}",
                hint="push as before, or start a new round: framing push --round NAME",
            )
        coded = [item for item in found if item.kind != "adjudication"]
        self.states = {item.id: state_of(self.connection, item.id) for item in coded}
        for item in coded:
            # One without tasks was made by a push that was stopped.
            if self.states[item.id].count:
                self.stories.check(self.order.round, item.description)
        if self.stories.choice == "together" and len(owners) > 1:
            self._deal(owners, found)
        blind = any(item.blind for item in self.sample.drawn)
        return [("main", owner) for owner in owners] + ([("blind", "")] if blind else [])

    def _place_of(self, drawn: Drawn) -> "tuple[Kind, str]":
        if drawn.blind:
            return "blind", ""
        if self.owner_of:
            return "main", self.owner_of[self.stories.story(drawn.unit)]
        owners = sorted(set(self.order.per_coder)) or [""]
        dealt = int(rank(self.order.wanted.plan.seed, drawn.unit.unit_id, "coder"), 16)
        return "main", owners[dealt % len(owners)]

    def _deal(self, owners: Sequence[str], found: "Sequence[Project]") -> None:
        """Give each story to one coder: who has units of it already, else by chance."""
        from framing.labelstudio.importing import stored_tasks

        story = {item.unit.unit_id: self.stories.story(item.unit) for item in self.sample.drawn}
        for project in found:
            if project.kind == "main":
                for task in stored_tasks(self.connection, project.id):
                    if task.unit in story:
                        self.owner_of.setdefault(story[task.unit], project.owner)
        for name in story.values():
            dealt = int(rank(self.order.wanted.plan.seed, name, "coder"), 16)
            self.owner_of.setdefault(name, owners[dealt % len(owners)])

    def to(self, kind: "Kind", owner: str, say: Tick) -> PushedTo:
        """Send what belongs to one project."""
        from framing.labelstudio.complete import holds, note_down
        from framing.labelstudio.importing import push_tasks, stored_tasks

        tasks = [self._task(item) for item in self.sample.drawn if self._place_of(item) == (kind, owner)]
        if self.order.dry_run:
            found = self.found.get((kind, owner))
            there = {item.unit for item in stored_tasks(self.connection, found.id)} if found else set()
            new = sum(task["data"]["uid"] not in there for task in tasks)
            return self._told((kind, owner), found, len(tasks), new)
        project = self._project(kind, owner)
        new = 0
        known = self.states.get(project.id)
        if known is None or not holds(project, tasks, known):
            new, state = push_tasks(
                self.connection, project.id, tasks, say=say, empty=project.fresh, state=known
            )
            note_down(self.connection, project, tasks, state)
        if kind == "main" and self.model:
            self._show_model(project, begun=new < len(tasks))
        return self._told((kind, owner), project, len(tasks), new)

    def _told(self, place: tuple[str, str], project: "Project | None", units: int, new: int) -> PushedTo:
        url = self.connection.public_url
        url = f"{url}/projects/{project.id}" if project else url
        return PushedTo(*place, project.id if project else None, url, units, new, units - new)

    def _project(self, kind: "Kind", owner: str) -> "Project":
        from framing.labelstudio.projects import Role, keep_design, keep_line, make_project, mark_again

        study = self.study
        role = Role(kind, owner, self.order.coders if kind == "blind" else 1)
        project = self.found.get((kind, owner)) or make_project(
            self.connection, study.settings.name, self.order.round, study.codebook, role
        )
        bring_up(study, self.connection, project, replace=self.order.new_codebook)
        if project.unmarked:
            mark_again(self.connection, project)
        keep_design(self.connection, project, self.pool, self.sample.strata)
        if self.stories.choice and self.stories.line() not in project.description.splitlines():
            keep_line(self.connection, project, LINE, self.stories.line())
        return project

    def _show_model(self, project: "Project", *, begun: bool) -> None:
        """Show the model's suggestions, also on tasks that were there before it."""
        from framing.labelstudio.handing_out import queue_of, show_model
        from framing.labelstudio.suggesting import renew

        if begun and queue_of(self.connection, project.id).model_version != self.model:
            renew(self.connection, project.id, self.suggestions)
        shown = show_model(self.connection, project.id, self.model)
        if shown != self.model:
            raise ServerError(
                f"project {project.id} shows suggestions of {shown or 'no model'}, expected {self.model}",
                hint="disconnect other models under Settings, Model; then push again",
            )

    def _task(self, drawn: Drawn) -> dict[str, Any]:
        from framing.labelstudio.projects import mark
        from framing.labelstudio.tasks import task_of

        uid = drawn.unit.unit_id
        suggestion = None if drawn.blind else self.suggestions.get(uid)
        task = task_of(drawn, self.near[uid], self.setting, self.order.answers.get(uid, ()), suggestion)
        task["meta"] |= self.stories.noted(drawn.unit)
        task["meta"]["study"] = mark(self.study.settings.name, self.order.round, *self._place_of(drawn))
        return task

    def _suggest(self, units: list[Unit]) -> None:
        """Ask the model about whole pages: a unit's neighbours count."""
        from framing.serving.suggestions import suggest

        model = find_model(self.study, self.order.wanted.suggest)
        self.model = model.id
        told = suggest(model, units)
        self.suggestions = {unit.unit_id: item for unit, item in zip(units, told, strict=True)}


def _named(owners: Sequence[str]) -> str:
    return f"a project each for {', '.join(owners)}" if owners != [""] else "one project for all"
