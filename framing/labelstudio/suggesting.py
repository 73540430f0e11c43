"""Suggestions: those that a project has, and a new model's for tasks that were pushed before."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from framing.errors import BodyTooLarge, ServerBusy
from framing.labelstudio.bodies import body_of, shrink
from framing.labelstudio.connection import AGAIN, Connection
from framing.labelstudio.importing import BATCH, stored_tasks
from framing.labelstudio.patience import Patience
from framing.labelstudio.tasks import Suggestion, prediction_of


def stored_suggestions(connection: Connection, project: int) -> Counter[tuple[str, str, str]]:
    """Count what is suggested in a project, by model version, variable and value."""
    with connection.speaking() as client:
        made = client.predictions.list(project=project, request_options=AGAIN)
    return Counter(
        (item.model_version or "", str(part.get("from_name")), str(value))
        for item in made
        for part in item.result or []
        for value in (part.get("value") or {}).get("choices") or [""]
    )


def renew(connection: Connection, project: int, suggestions: Mapping[str, Suggestion]) -> int:
    """Give a project's tasks a model's suggestions, unless they have answers or one by that model.

    Parameters
    ----------
    connection : Connection
    project : int
    suggestions : mapping of str to Suggestion
        By unit id, all of one model.

    Returns
    -------
    int
        How many tasks got one.
    """
    patience, new = Patience(), 0
    while True:
        wanted = _missing(connection, project, suggestions)
        try:
            while wanted:
                body = body_of(wanted, 0, BATCH, connection.body_limit)
                try:
                    connection.post_once(f"api/projects/{project}/import/predictions", body.data)
                except BodyTooLarge:
                    shrink(connection, body, f"the suggestion for task {wanted[0]['task']}")
                else:
                    wanted, new = wanted[body.count :], new + body.count
            return new
        except ServerBusy as error:
            if not patience.wait(error.retry_after):
                raise


def _missing(
    connection: Connection, project: int, suggestions: Mapping[str, Suggestion]
) -> list[dict[str, Any]]:
    """The suggestions that a project's tasks are to get and do not have."""
    with connection.speaking() as client:
        made = client.predictions.list(project=project, request_options=AGAIN)
    has = {(item.task, item.model_version) for item in made}
    return [
        {"task": item.task, **prediction_of(suggestion)}
        for item in stored_tasks(connection, project)
        if not item.answers
        and (suggestion := suggestions.get(item.unit)) is not None
        and (item.task, suggestion.model) not in has
    ]
