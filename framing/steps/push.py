"""`framing push`: units to tasks, each exactly once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.errors import ServerError
from framing.records import Unit, Unusable
from framing.sampling import Drawn, Sample
from framing.steps.lock import locked
from framing.steps.models import find_model
from framing.steps.rounds import LeftOut, Wanted, draw_round, pool_of
from framing.steps.split import Splitting
from framing.steps.studio import connect
from framing.steps.study import Study

if TYPE_CHECKING:
    from framing.labelstudio.connection import Connection
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
    columns : mapping of str to str
        As for `split`.
    answers : mapping of str to tuple of Answer
        Answers by unit id that go in with their tasks.
    dry_run : bool
        Count only; nothing is made or sent.
    """

    round: str = ""
    wanted: Wanted = field(default_factory=Wanted)
    coders: int = 2
    columns: Mapping[str, str] = field(default_factory=dict)
    answers: "Mapping[str, tuple[Answer, ...]]" = field(default_factory=dict)
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class PushedTo:
    """What went to one project: `kind` ``main`` or ``blind``."""

    kind: str
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
    WorkspaceError
        If another push or pull is at work here.
    """
    asked = order or Push()
    named = replace(asked, round=asked.round or study.settings.round)
    with locked(study.needed, "push"):
        splitting = Splitting(inputs, named.columns, unit=study.codebook.unit)
        units = list(splitting)
        sample, left = draw_round(study, units, named.wanted, study.codebook)
        connection = connect(study)
        sending = _Sending(study, named, connection, units, sample)
        done = [sending.to(kind, say) for kind in sending.kinds()]
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
        dry_run=named.dry_run,
    )


class _Sending:
    """A drawn round on its way to the server."""

    def __init__(
        self, study: Study, order: Push, connection: "Connection", units: list[Unit], sample: Sample
    ) -> None:
        from framing.labelstudio.tasks import Setting, neighbours

        self.study, self.order, self.connection, self.sample = study, order, connection, sample
        self.near = neighbours(units)
        self.pool = pool_of(units, order.wanted)
        self.setting = Setting(study.settings.show_outlet, study.codebook.values_fingerprint, self.pool)
        self.suggestions: dict[str, Suggestion] = {}
        self.model = ""
        if order.wanted.suggest:
            self._suggest(units)

    def kinds(self) -> "list[Kind]":
        return ["main", "blind"] if any(item.blind for item in self.sample.drawn) else ["main"]

    def to(self, kind: "Kind", say: Tick) -> PushedTo:
        """Send what belongs to one project."""
        from framing.labelstudio.importing import push_tasks, stored_tasks
        from framing.labelstudio.projects import find_project

        tasks = [self._task(item) for item in self.sample.drawn if item.blind == (kind == "blind")]
        if self.order.dry_run:
            found = find_project(self.connection, self.study.settings.study, self.order.round, kind)
            there = {item.unit for item in stored_tasks(self.connection, found.id)} if found else set()
            new = sum(task["data"]["uid"] not in there for task in tasks)
            return self._told(kind, found, len(tasks), new)
        project = self._project(kind)
        new = push_tasks(self.connection, project.id, tasks, say=say)
        if kind == "main" and self.model:
            self._show_model(project)
        return self._told(kind, project, len(tasks), new)

    def _told(self, kind: str, project: "Project | None", units: int, new: int) -> PushedTo:
        url = f"{self.connection.url}/projects/{project.id}" if project else self.connection.url
        return PushedTo(kind, project.id if project else None, url, units, new, units - new)

    def _project(self, kind: "Kind") -> "Project":
        from framing.labelstudio.projects import ensure_project, keep_design
        from framing.labelstudio.upkeep import follow_codebook

        study = self.study
        coders = self.order.coders if kind == "blind" else 1
        project = ensure_project(
            self.connection, study.settings.study, self.order.round, study.codebook, kind, coders
        )
        follow_codebook(self.connection, project, study.codebook)
        keep_design(self.connection, project, self.pool, self.sample.strata)
        return project

    def _show_model(self, project: "Project") -> None:
        """Label Studio knows a model only once a task has a suggestion by it."""
        from framing.labelstudio.projects import show_model

        shown = show_model(self.connection, project.id, self.model)
        if shown != self.model:
            raise ServerError(
                f"project {project.id} shows suggestions of {shown or 'no model'}, expected {self.model}",
                hint="disconnect other models under Settings, Model; then push again",
            )

    def _task(self, drawn: Drawn) -> dict[str, Any]:
        from framing.labelstudio.tasks import task_of

        uid = drawn.unit.unit_id
        suggestion = None if drawn.blind else self.suggestions.get(uid)
        return task_of(drawn, self.near[uid], self.setting, self.order.answers.get(uid, ()), suggestion)

    def _suggest(self, units: list[Unit]) -> None:
        """Ask the model about whole pages: a unit's neighbours count."""
        from framing.serving.suggestions import suggest

        model = find_model(self.study, self.order.wanted.suggest)
        self.model = model.id
        told = suggest(model, units)
        self.suggestions = {unit.unit_id: item for unit, item in zip(units, told, strict=True)}
