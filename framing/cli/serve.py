"""`framing serve`."""

from typing import Annotated

import typer

from framing.cli.options import Json, ModelOption, WorkspaceOption
from framing.cli.output import print_json, say


def serve(
    model: ModelOption = "",
    host: Annotated[
        str, typer.Option(metavar="ADDR", help="Address to listen on; beyond loopback a token is needed.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 9090,
    token: Annotated[bool, typer.Option("--token", help="Ask for a token on loopback, too.")] = False,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Serve a model: Label Studio ML backend and a JSON scoring API; Ctrl+C ends it."""
    from framing.steps.serve import serve as start
    from framing.steps.study import Study

    serving = start(Study.find(workspace), model=model, host=host, port=port, require_token=token, say=say)
    if as_json:
        print_json({"url": serving.url, "model": serving.model, "token_file": serving.token_file})
    else:
        typer.echo(serving.url)
        say(f"model {serving.model}; what there is: {serving.url}/")
    if serving.token_file:
        say(f"the token is in {serving.token_file}; in Label Studio it is the password, the user is framing")
    serving.run()
