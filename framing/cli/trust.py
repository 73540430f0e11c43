"""`framing trust`."""

from typing import Annotated

import typer

from framing.cli.options import Json
from framing.cli.output import print_json, say
from framing.plural import counted


def trust(
    url: Annotated[str, typer.Argument(metavar="[URL]", help="A server or an endpoint.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Take it back.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List those that were confirmed.")] = False,
    as_json: Json = False,
) -> None:
    """Let keys of the environment go to a server that only a settings file names; once a machine and user."""
    from framing.trust import address_of, distrust, trusted
    from framing.trust import trust as confirm

    if bool(url) == list_ or (list_ and remove):
        raise typer.BadParameter("expected a URL, or --list")
    changed = False
    if url:
        changed = distrust(url) if remove else confirm(url)
    held = trusted()
    if as_json:
        print_json({"trusted": held, "changed": changed})
    elif list_:
        for address in held:
            typer.echo(address)
        say(counted(len(held), "address"))
    else:
        _tell(address_of(url), remove=remove, changed=changed)


def _tell(address: str, *, remove: bool, changed: bool) -> None:
    if remove:
        say(f"no key goes to {address} any more" if changed else f"{address} was not confirmed")
        return
    say(f"keys may go to {address}" if changed else f"{address} was confirmed before")
    if address.startswith("http://") and not address.startswith(
        ("http://127.", "http://localhost", "http://[::1]")
    ):
        say("http:// is not encrypted: who listens on the way can read the key")
