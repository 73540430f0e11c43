"""`framing studio start | stop | status | coder add`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from framing.cli.options import Json, WorkspaceOption
from framing.cli.output import print_json, say
from framing.plural import counted

app = typer.Typer(
    help="The embedded Label Studio and its coders.", no_args_is_help=True, rich_markup_mode=None
)
coder = typer.Typer(help="Accounts for coders.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(coder, name="coder")


@app.command()
def start(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8080,
    database: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="postgresql://USER@HOST/NAME instead of SQLite; its password from PGPASSWORD.",
        ),
    ] = "",
    public_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Where coders open it, if a proxy with TLS stands before it; remembered, '' forgets it.",
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Start it and wait until it answers; installs Label Studio on first use."""
    from framing.steps.studio import start as run
    from framing.steps.study import Study

    quiet = not sys.stderr.isatty()
    status_ = run(
        Study.find(workspace),
        host=host,
        port=port,
        database=database,
        public_url=public_url,
        say=say,
        quiet=quiet,
    )
    if as_json:
        print_json(status_)
        return
    typer.echo(status_.url)
    if status_.public_url:
        say(f"coders open {status_.public_url}")
    say(f"sign in as {status_.username}; the password is in {status_.password_file}")


@app.command()
def stop(workspace: WorkspaceOption = None, as_json: Json = False) -> None:
    """Stop what start started."""
    from framing.steps.studio import stop as run
    from framing.steps.study import Study

    stopped = run(Study.find(workspace))
    if as_json:
        print_json({"stopped": stopped})
    else:
        say("stopped" if stopped else "it was not running")


@app.command()
def status(workspace: WorkspaceOption = None, as_json: Json = False) -> None:
    """Tell whether it runs, where, and where its secrets lie."""
    import dataclasses

    from framing.steps.studio import embedded, left_behind
    from framing.steps.study import Study

    study = Study.find(workspace)
    found, left = embedded(study).status(), left_behind(study)
    if as_json:
        print_json(dataclasses.asdict(found) | {"interrupted_restore": left.message if left else ""})
    elif found.moved:
        typer.echo(f"running, but its folder was moved since (process {found.pid})")
        say("stop it and start it: framing studio stop; framing studio start")
    elif found.running:
        typer.echo(f"running at {found.url} (process {found.pid})")
        if found.public_url:
            say(f"coders open {found.public_url}")
        say(f"sign in as {found.username}; the password is in {found.password_file}")
    else:
        typer.echo("not running")
    if left and not as_json:
        say(f"{left.message}; {left.hint}")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; only its owner can read it.")],
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Write all that it holds into one file; it may run meanwhile."""
    from framing.steps.studio import backup as run
    from framing.steps.study import Study

    done = run(Study.find(workspace), file)
    if as_json:
        print_json(done)
        return
    typer.echo(
        f"{done.file}: {done.database} and {counted(done.files - 1, 'file')} beside it, {done.bytes} bytes"
    )
    say("it holds secrets: keep it as safe as the server")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What framing studio backup wrote.")],
    database: Annotated[
        str, typer.Option(metavar="URL", help="PostgreSQL to restore into, if not the one used before.")
    ] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Even if it holds data.")] = False,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Put a backup in place of what it holds; it must be stopped."""
    from framing.steps.studio import restore as run
    from framing.steps.study import Study

    done = run(Study.find(workspace), file, database=database, replace=replace)
    if as_json:
        print_json(done)
        return
    typer.echo(f"{done.database} and {counted(done.files - 1, 'file')} restored from {done.file}")
    say("go on with: framing studio start")


@coder.command()
def add(
    name: Annotated[str, typer.Argument(help="A pseudonym, for example ada.")],
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Make an account and tell how to sign in."""
    from framing.steps.studio import add_coder
    from framing.steps.study import Study

    made = add_coder(Study.find(workspace), name)
    if as_json:
        print_json(made)
        return
    typer.echo(f"{made.email} signs in at {made.url}; the password is in {made.password_file}")
    say(f"in labels/ this coder is {made.coder}, by coders: in config/settings.yaml")
