"""`framing pull`: answers to `labels/<round>.csv`."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framing.errors import ServerError
from framing.formats import read_frame, writing
from framing.records import Unusable
from framing.steps.identity import adopt, names_before, note_names, note_server
from framing.steps.lock import locked
from framing.steps.studio import connect
from framing.steps.study import Study
from framing.tables import LABELS

if TYPE_CHECKING:
    import pandas as pd

    from framing.labels.merge import Missing
    from framing.labelstudio.answers import Pulled
    from framing.labelstudio.connection import Connection
    from framing.labelstudio.gone import Reason
    from framing.labelstudio.projects import Project
    from framing.labelstudio.pseudonyms import Pseudonyms


@dataclass(frozen=True, slots=True)
class Renamed:
    """A coder who has another name now.

    Attributes
    ----------
    before, now : str
    answers : int
        Rows of `labels/` that carry the new name.
    """

    before: str
    now: str
    answers: int

    def __str__(self) -> str:
        return (
            f"{self.before} is now {self.now}: {self.answers} {'answer' if self.answers == 1 else 'answers'}"
        )


@dataclass(frozen=True, slots=True)
class NotThere:
    """Answers that were pulled before, that the server does not show, and that count all the same.

    Attributes
    ----------
    reason : {"set back", "unclear", "no project", "earlier server"}
    project : int
    coder : str
    answers : int
    """

    reason: str
    project: int
    coder: str
    answers: int

    def __str__(self) -> str:
        return f"project {self.project}, {self.coder}: {self.answers} not there ({_REASONS[self.reason]})"


_REASONS = {
    "set back": "the server's database is older than they are: a backup was restored",
    "unclear": "deleted, or a backup was restored",
    "no project": "the project is gone or has lost the study's mark",
    "earlier server": "given before this server was copied or restored from another",
}


@dataclass(frozen=True, slots=True)
class PulledLabels:
    """What a pull brought.

    Attributes
    ----------
    file : Path
        The round's LABELS file.
    server : str
        Fingerprint of the server that was asked.
    another_server : bool
        Whether it is not the study's own, nor a copy of that: its coders are named apart.
    rows, current, new : int
        Answers in the file, those that count, and those that were not in it before.
    coders : int
    withdrawn, returned : int
        Answers found deleted on the server by this pull, and answers that are there again.
    unopened : int
        Suggestions that Label Studio turned into answers although nobody had opened them; left out.
    renamed : list of Renamed
    not_there : list of NotThere
        Answers that the server does not show and that stay current.
    unknown_variables : dict of str to int
        Answers by variable, of variables that the codebook does not have; kept.
    tasks_gone : int
        Tasks that were deleted in Label Studio since the last push; another push makes them anew.
    doubtful_names, clock : list of str
        Names that stand for two accounts or two names for one; orders that had to be decided.
    unusable : list of Unusable
        What stands in Label Studio and can't be used, with the reason.
    """

    file: Path
    server: str
    another_server: bool
    rows: int
    current: int
    new: int
    coders: int
    withdrawn: int
    returned: int
    unopened: int
    renamed: list[Renamed]
    not_there: list[NotThere]
    unknown_variables: dict[str, int]
    tasks_gone: int
    doubtful_names: list[str]
    clock: list[str]
    unusable: list[Unusable]


@dataclass(frozen=True)
class Fetched:
    """What a round's projects hold.

    Attributes
    ----------
    connection : Connection
    projects : list of Project
        Each was answered in full.
    coders : Pseudonyms
        Also says which server it is.
    pulled : Pulled
    """

    connection: "Connection"
    projects: "list[Project]"
    coders: "Pseudonyms"
    pulled: "Pulled"


def pull(
    study: Study, *, round_: str = "", accept_withdrawn: bool = False, adopt_project: bool = False
) -> PulledLabels:
    """Fetch the round's answers and join them with those in its file.

    Parameters
    ----------
    study : Study
    round_ : str
        Empty: the settings'.
    accept_withdrawn : bool
        Whether answers count as withdrawn that the server does not show for a reason that is not certain.
    adopt_project : bool
        Whether to take over the study's projects of version 0.1.0, which carry no id.

    Raises
    ------
    ServerError
        If the round has no project, it is another study's, or the server does not answer.
    TableError
        If the round's file has a cell that can't be what its column holds.
    """
    from framing.labels.merge import Answered, Merging
    from framing.labelstudio.complete import tasks_gone

    name = round_ or study.settings.round
    with locked(study.needed, "pull"):
        study = adopt(study, connect(study)) if adopt_project else study
        fetched = fetch(study, name)
        study = note_server(study, fetched.coders.server)
        file = study.needed.labels / f"{name}.csv"
        old = stored(file)
        merging = Merging(old)
        server = fetched.coders.server
        names = fetched.coders.renamed(names_before(study, server.fingerprint))
        merging.take(Answered(fetched.pulled.rows, server.family, server.of_answer, names))
        gone, kept = _absent(fetched, merging.missing(), accept_withdrawn=accept_withdrawn)
        withdrawn = merging.withdraw(gone)
        rows = merging.rows()
        with writing(file, LABELS.columns) as table:
            table.write(rows)
        renamed = {**merging.renames}
        for pair, count in _rename_elsewhere(study, file, merging.names(names), server.family).items():
            renamed[pair] = renamed.get(pair, 0) + count
        note_names(study, server.fingerprint)
    return PulledLabels(
        file=file,
        server=server.fingerprint,
        another_server=bool(study.settings.server) and study.settings.server not in server.family,
        rows=len(rows),
        current=sum(row["current"] == "true" for row in rows),
        new=len(rows) - len(old),
        coders=len({row["coder"] for row in rows}),
        withdrawn=withdrawn,
        returned=merging.returned,
        unopened=fetched.pulled.unopened,
        renamed=[Renamed(*pair, count) for pair, count in sorted(renamed.items())],
        not_there=kept,
        unknown_variables=dict(sorted(fetched.pulled.unknown.items())),
        tasks_gone=sum(map(tasks_gone, fetched.projects)),
        doubtful_names=name_doubts(study, {str(row["coder"]) for row in rows}),
        clock=merging.clock,
        unusable=fetched.pulled.unusable,
    )


def name_doubts(study: Study, coders: set[str]) -> list[str]:
    """Say which names stand for two accounts, and which two for one."""
    from framing.labels.people import doubtful_names, two_names

    names = study.settings.coders
    return [*doubtful_names(names), *two_names(coders, names)]


def fetch(study: Study, round_: str) -> Fetched:
    """Fetch the answers of all of a round's projects as LABELS rows; writes nothing.

    Raises
    ------
    ServerError
        If the round has no project, it is another study's, or the server does not answer.
    """
    from framing.labelstudio.answers import Pulled, Reading, complete_suggestions, export, label_rows
    from framing.labelstudio.identity import identity_of
    from framing.labelstudio.projects import find_projects
    from framing.labelstudio.pseudonyms import Pseudonyms

    connection = connect(study)
    projects = find_projects(connection, study.settings.name, round_)
    if not projects:
        kept = stored(study.needed.labels / f"{round_}.csv")
        gone = f"; labels/{round_}.csv keeps {len(kept)} of its answers" if len(kept) else ""
        raise ServerError(
            f"{connection.url} has no project of study {study.settings.study!r}, round {round_!r}{gone}",
            hint="make it with: framing push seeds/",
        )
    coders = Pseudonyms(study.settings.coders, study.settings.server, identity_of(connection))
    pulled = Pulled()
    for project in projects:
        reading = Reading(study.codebook, project, coders)
        tasks = export(connection, project.id)
        complete_suggestions(connection, project.id, tasks)
        pulled.add(label_rows(tasks, reading))
    return Fetched(connection, projects, coders, pulled)


def _absent(
    fetched: Fetched, missing: "Sequence[Missing]", *, accept_withdrawn: bool
) -> "tuple[list[Missing], list[NotThere]]":
    """Part the answers that the server does not show into those withdrawn and those that stay."""
    gone: list[Missing] = []
    counts: defaultdict[tuple[str, int, str], int] = defaultdict(int)
    for item, reason in _judged(fetched, missing):
        if reason == "deleted" or accept_withdrawn:
            gone.append(item)
        else:
            counts[reason, item.project, item.coder] += 1
    return gone, [NotThere(*key, count) for key, count in sorted(counts.items())]


def _judged(fetched: Fetched, missing: "Sequence[Missing]") -> "list[tuple[Missing, Reason | str]]":
    from framing.labelstudio.gone import Absent, reasons

    here = fetched.coders.server.fingerprint
    projects = {project.id: project for project in fetched.projects}
    judged: list[tuple[Missing, Reason | str]] = []
    own: defaultdict[int, list[Missing]] = defaultdict(list)
    for item in missing:
        if item.server != here:
            judged.append((item, "earlier server"))
        elif item.project not in projects:
            judged.append((item, "no project"))
        else:
            own[item.project].append(item)
    for number, items in own.items():
        absent = [Absent(item.task, item.place[3], item.made_at, item.survived) for item in items]
        judged += zip(items, reasons(fetched.connection, projects[number], absent), strict=True)
    return judged


def _rename_elsewhere(
    study: Study, done: Path, names: Mapping[str, str], family: Collection[str]
) -> Mapping[tuple[str, str], int]:
    """Give coders their new names in the files of other rounds, too."""
    if not names:
        return {}
    counts: defaultdict[tuple[str, str], int] = defaultdict(int)
    for file in sorted(study.needed.labels.glob("*.csv")):
        if file == done:
            continue
        frame = read_frame(file)
        if not {"server", "coder"} <= set(frame.columns):
            continue
        own = frame["server"].isin(family) & frame["coder"].isin(names)
        if not own.any():
            continue
        for before, rows in frame["coder"][own].value_counts().items():
            counts[str(before), names[str(before)]] += int(rows)
        frame.loc[own, "coder"] = frame["coder"][own].map(names)
        with writing(file, list(frame.columns)) as table:
            table.write(frame.to_dict("records"))  # type: ignore[arg-type]
    return counts


def stored(file: Path) -> "pd.DataFrame":
    """Read a round's LABELS file; without one the table has no rows."""
    from framing.labels.read import read_round

    return read_round(file)
