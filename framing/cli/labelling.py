"""`framing push`, `framing pull` and `framing adjudicate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.cli.options import Column, Inputs, Json, Language, Presplit, Round, WorkspaceOption, columns
from framing.cli.output import finish, mention, print_json, say, ticker
from framing.plural import counted

if TYPE_CHECKING:
    from framing.steps.pull import PulledLabels
    from framing.steps.push import Pushed

_SELECTIONS = ("all", "random", "uncertain")
_BY_STORY = ("together", "apart")


def _selection(given: str) -> str:
    if given not in _SELECTIONS:
        raise typer.BadParameter(f"found {given!r}, expected {', '.join(_SELECTIONS)}")
    return given


def _by_story(given: str) -> str:
    if given and given not in _BY_STORY:
        raise typer.BadParameter(f"found {given!r}, expected {', '.join(_BY_STORY)}")
    return given


def push(
    inputs: Inputs,
    round_: Round = "",
    select: Annotated[str, typer.Option(callback=_selection, help="all, random or uncertain units.")] = "all",
    n: Annotated[int | None, typer.Option("-n", min=1, help="The round's total.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Default: settings.")] = None,
    regions: Annotated[str, typer.Option(help="Only these, for example headline,standfirst.")] = "",
    strata: Annotated[str, typer.Option(help="Spread the sample over region, outlet, story.")] = "",
    coders: Annotated[int, typer.Option(min=2, help="Coders a unit of the overlap.")] = 2,
    overlap: Annotated[
        float, typer.Option(min=0, max=1, help="Share that several coders code, blind.")
    ] = 0.0,
    per_coder: Annotated[
        str, typer.Option(metavar="NAMES", help="A project for each: ada,ben share what is not blind.")
    ] = "",
    by_story: Annotated[
        str, typer.Option(callback=_by_story, help="Units of one story together or apart.")
    ] = "",
    suggest: Annotated[str, typer.Option(metavar="MODEL", help="Show its suggestions.")] = "",
    copies: Annotated[
        bool, typer.Option("--copies", help="Push articles too that copy another one.")
    ] = False,
    column: Column = None,
    language: Language = "",
    presplit: Presplit = False,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Take over this study's projects of version 0.1.0, once.")
    ] = False,
    new_codebook: Annotated[
        bool,
        typer.Option("--new-codebook", help="Show this codebook in the place of a newer or unknown one."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only; send nothing.")] = False,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Make a Label Studio task for each unit that has none yet."""
    from framing.sampling import Plan
    from framing.steps.push import Push
    from framing.steps.push import push as run
    from framing.steps.rounds import Wanted
    from framing.steps.study import Study

    study = Study.find(workspace)
    plan = Plan(
        select=select,  # type: ignore[arg-type]
        n=n,
        seed=study.settings.seed if seed is None else seed,
        strata=_names(strata),
        overlap=overlap,
    )
    order = Push(
        round=round_,
        wanted=Wanted(plan, _names(regions), suggest, copies),
        coders=coders,
        per_coder=_names(per_coder),
        columns=columns(column),
        language=language,
        presplit=presplit,
        by_story=by_story,  # type: ignore[arg-type]
        adopt=adopt,
        new_codebook=new_codebook,
        dry_run=dry_run,
    )
    done = run(study, inputs, order, say=ticker("pushed"))
    if as_json:
        print_json(done)
    else:
        _tell(done)
    finish(done.unusable)


def _names(given: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in given.split(",") if name.strip())


def _tell(done: "Pushed") -> None:
    verb = "would be new" if done.dry_run else "new"
    for part in done.projects:
        name = part.owner or part.kind
        typer.echo(
            f"round {done.round}, {name}: {counted(part.new, 'task')} {verb}, {part.already} were "
            "there already"
        )
        say(f"  code at {part.url}")
    for stratum, (drawn, of) in done.strata.items():
        if stratum:
            say(f"  {stratum}: {drawn} of {of}")
    left = done.left_out
    told = [
        (left.other_regions, "in other regions"),
        (left.ineligible, "where no value can occur"),
        (left.copied, "of articles that copy another one; --copies pushes them"),
        (left.repeated, "that repeat another article's words"),
        (left.not_drawn, "not drawn"),
    ]
    for count, reason in told:
        if count:
            say(f"  left out: {counted(count, 'unit')} {reason}")
    mention(left.copies, "left out")
    mention(done.stale, "stale")
    if done.suggested_by:
        say(f"  suggestions by {done.suggested_by}")


def pull(
    round_: Round = "",
    accept_withdrawn: Annotated[
        bool,
        typer.Option("--accept-withdrawn", help="Count answers as withdrawn that the server lacks."),
    ] = False,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Take over this study's projects of version 0.1.0, once.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Fetch the coders' answers into labels/<round>.csv; none is ever lost."""
    from framing.steps.pull import pull as run
    from framing.steps.study import Study

    done = run(Study.find(workspace), round_=round_, accept_withdrawn=accept_withdrawn, adopt_project=adopt)
    if as_json:
        print_json(done)
        return
    typer.echo(
        f"{done.file}: {counted(done.rows, 'answer')} of {counted(done.coders, 'coder')}, "
        f"{done.new} of them new, {done.rows - done.current} replaced by later ones or withdrawn"
    )
    _changes(done)
    mention(done.unusable, "to look at")


def _changes(done: "PulledLabels") -> None:
    """Say what a pull changed beside adding answers, and what it left as it was."""
    if done.another_server:
        say(f"server {done.server} is not the study's own (server: in settings); its coders are named apart")
    for item in done.renamed:
        say(str(item))
    if done.withdrawn:
        say(
            f"withdrawn: {counted(done.withdrawn, 'answer')} deleted in Label Studio; kept, no longer current"
        )
    if done.returned:
        say(f"there again: {counted(done.returned, 'answer')} that had been withdrawn")
    if done.unopened:
        say(
            f"left out: {counted(done.unopened, 'suggestion')} that Label Studio turned into answers "
            "although nobody had opened them"
        )
    for variable, count in done.unknown_variables.items():
        say(f"kept: {counted(count, 'answer')} to {variable}, which the codebook does not have")
    if done.tasks_gone:
        say(f"{counted(done.tasks_gone, 'task')} deleted since the last push; to have them anew, push again")
    mention(done.not_there, "stays current")
    if done.not_there:
        say("if these were deleted on purpose: framing pull --accept-withdrawn")
    mention(done.doubtful_names, "names")
    mention(done.clock, "order")


def adjudicate(
    round_: Round = "",
    doubts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settle a model's doubts.csv instead.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Give the units that coders disagree on to one person who settles them."""
    from framing.steps.adjudicate import adjudicate as run
    from framing.steps.study import Study

    done = run(Study.find(workspace), round_=round_, doubts=doubts)
    if as_json:
        print_json(done)
        return
    typer.echo(f"round {done.round}: {counted(done.units, 'unit')} to settle, {done.new} of them new")
    mention(done.left_out, "not in this round, or settled")
    say(f"settle them at {done.url}; then: framing pull")
