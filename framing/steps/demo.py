"""`framing demo`: the whole job on the starter corpus, with an embedded Label Studio."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framing.errors import WorkspaceError
from framing.resources import packaged
from framing.settings import Workspace
from framing.steps.compare import Compared, compare
from framing.steps.identity import change
from framing.steps.init import init
from framing.steps.pull import PulledLabels, pull
from framing.steps.push import Push, Pushed, push
from framing.steps.report import Reported, report
from framing.steps.score import Scored, score
from framing.steps.studio import PORT, ensure_coder, start
from framing.steps.study import Study
from framing.steps.train import Trained, train

if TYPE_CHECKING:
    from framing.labelstudio.server import ServerStatus
    from framing.labelstudio.tasks import Answer


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo left behind.

    Attributes
    ----------
    workspace : Path
    studio : ServerStatus
    pushed : Pushed
    pulled : PulledLabels
    trained : Trained
    scored : Scored
    compared : Compared
    reported : Reported
    unmatched : int
        Starter answers whose unit the splitter cuts otherwise; they stay out of the demo.
    files : dict of str to str
        What to look at, by name.
    """

    workspace: Path
    studio: "ServerStatus"
    pushed: Pushed
    pulled: PulledLabels
    trained: Trained
    scored: Scored
    compared: Compared
    reported: Reported
    unmatched: int
    files: dict[str, str]


def demo(
    folder: Path,
    *,
    port: int = PORT,
    say: Callable[[str], None],
    quiet: bool = True,
    tick: Callable[[int, int], None] = lambda _done, _total: None,
) -> Demo:
    """Run the whole job in a workspace of its own; a second run finds what is there.

    Parameters
    ----------
    folder : Path
        The workspace; made if missing.
    port : int
        For Label Studio; a free one is taken if this one is in use.
    say : callable
        Takes a line for each stage.
    quiet : bool
        Whether the installer keeps silent.
    tick : callable
        Takes how many of how many tasks are there.

    Raises
    ------
    WorkspaceError
        If the folder holds something else.
    """
    study = _study(folder, say)
    studio = _started(study, port, say, quiet)
    say("pushing the starter pages with their answers, which were made by machine")
    answers, total = _answers(study)
    study = Study(study.workspace)  # the coders' names were written into the settings
    inputs = [study.needed.seeds]
    pushed = push(study, inputs, Push(answers=answers), say=tick)
    say("pulling the answers back")
    pulled = pull(study)
    say("training and testing a classifier on them")
    trained = train(study)
    say("scoring all pages")
    scores = study.needed.scores
    units, articles = scores / "units.csv", scores / "articles.csv"
    scored = score(study, inputs, output=units, articles=articles, explain=True)
    say("comparing how the outlets told the same events")
    compared = compare(study, inputs, study.needed.root / "stories")
    say("writing the report")
    reported = report(study, study.needed.root / "report.html")
    return Demo(
        workspace=folder,
        studio=studio,
        pushed=pushed,
        pulled=pulled,
        trained=trained,
        scored=scored,
        compared=compared,
        reported=reported,
        unmatched=total - pulled.rows,
        files={
            "labels": str(pulled.file),
            "model card": str(trained.folder / "card.md"),
            "scores": str(units),
            "articles": str(articles),
            "stories": str(compared.index),
            "report": str(reported.file),
        },
    )


def _study(folder: Path, say: Callable[[str], None]) -> Study:
    workspace = Workspace(folder.resolve())
    if not workspace.codebook.exists():
        if folder.is_dir() and any(folder.iterdir()):
            raise WorkspaceError(
                f"{folder}: holds other files, expected an empty folder or a demo's workspace",
                hint="choose another folder: framing demo DIR",
            )
        say(f"making a workspace in {folder}")
        init(folder, seeds=True)
    return Study(workspace)


def _started(study: Study, port: int, say: Callable[[str], None], quiet: bool) -> "ServerStatus":
    from framing.labelstudio.server import port_is_free

    return start(study, port=port if port_is_free(port) else 0, say=say, quiet=quiet)


def _answers(study: Study) -> tuple[dict[str, tuple["Answer", ...]], int]:
    """Read the starter labels as answers of accounts on the server, and name these in settings."""
    from framing.labels import current_answers, read_labels
    from framing.labelstudio.tasks import Answer

    starter = current_answers(read_labels([packaged("labels") / "starter.csv"]))
    users = {str(name): ensure_coder(study, str(name)) for name in sorted(set(starter["coder"]))}
    _name_coders(Study(study.workspace), users)
    found: dict[str, list[Answer]] = {}
    for row in starter.to_dict("records"):
        answer = Answer(
            user=users[row["coder"]],
            values={row["variable"]: [v for v in row["value"].split("|") if v]},
            unsure=bool(row["unsure"]),
            note=str(row["note"]),
        )
        found.setdefault(str(row["unit_id"]), []).append(answer)
    return {unit: tuple(given) for unit, given in found.items()}, len(starter)


def _name_coders(study: Study, users: dict[str, int]) -> None:
    """Name accounts that were there before the settings were written."""
    named = {user: name for name, user in users.items() if str(user) not in study.settings.coders}
    if named:
        change(study, {"coders": named})
