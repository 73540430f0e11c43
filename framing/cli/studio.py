"""`framing studio start | stop | status | coder add`."""

import sys
from typing import Annotated

import typer

from framing.cli.options import Json, WorkspaceOption
from framing.cli.output import print_json, say

app = typer.Typer(
    help="The embedded Label Studio and its coders.", no_args_is_help=True, rich_markup_mode=None
)
coder = typer.Typer(help="Accounts for coders.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(coder, name="coder")


@app.command()
def start(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8080,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Start it and wait until it answers; installs Label Studio on first use."""
    from framing.steps.studio import start as run
    from framing.steps.study import Study

    quiet = not sys.stderr.isatty()
    status_ = run(Study.find(workspace), host=host, port=port, say=say, quiet=quiet)
    if as_json:
        print_json(status_)
        return
    typer.echo(status_.url)
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
    from framing.steps.studio import embedded
    from framing.steps.study import Study

    found = embedded(Study.find(workspace)).status()
    if as_json:
        print_json(found)
    elif found.running:
        typer.echo(f"running at {found.url} (process {found.pid})")
        say(f"sign in as {found.username}; the password is in {found.password_file}")
    else:
        typer.echo("not running")


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
    say(f"in labels/ this coder is {made.coder}; name them under coders: in config/settings.yaml")
