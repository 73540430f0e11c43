"""`framing doctor`."""

import typer

from framing.cli.options import Json, WorkspaceOption
from framing.cli.output import print_json

_SIGNS = {"ok": "ok     ", "warning": "warning", "fault": "fault  "}


def doctor(workspace: WorkspaceOption = None, as_json: Json = False) -> None:
    """Check server, token, versions, project and stored answers; each fault with its remedy."""
    from framing.steps.doctor import doctor as run
    from framing.steps.study import Study

    findings = run(Study.find(workspace))
    if as_json:
        print_json(findings)
    else:
        for item in findings:
            typer.echo(f"{_SIGNS[item.state]}  {item.check}: {item.found}")
            if item.remedy:
                typer.echo(f"         → {item.remedy}")
    if any(item.state == "fault" for item in findings):
        raise typer.Exit(1)
