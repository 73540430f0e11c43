"""How a project hands out its tasks, and whose suggestions it shows."""

from dataclasses import dataclass

from framing.labelstudio.connection import AGAIN, Connection


@dataclass(frozen=True, slots=True)
class Queue:
    """How a project hands out its tasks, as the server has it now.

    Attributes
    ----------
    sampling : str
        Label Studio's name of the order.
    model_version : str
        Whose suggestions are shown; empty: none in particular.
    coders : int
        How many coders answer each task.
    shows_suggestions : bool
    suggestions : int
        How many suggestions are stored.
    shared : int
        Percent of the tasks that go to that many coders; the others go to one.
    explains, skips : bool
        Whether the codebook opens at the start, and whether a task can be skipped.
    """

    sampling: str
    model_version: str
    coders: int
    shows_suggestions: bool
    suggestions: int
    shared: int
    explains: bool
    skips: bool


def queue_of(connection: Connection, project: int) -> Queue:
    """Read how a project hands out its tasks."""
    with connection.speaking() as client:
        found = client.projects.get(id=project, request_options=AGAIN)
    return Queue(
        sampling=str(found.sampling or ""),
        model_version=str(found.model_version or ""),
        coders=int(found.maximum_annotations or 1),
        shows_suggestions=bool(found.show_collab_predictions),
        suggestions=int(found.total_predictions_number or 0),
        shared=100 if found.overlap_cohort_percentage is None else int(found.overlap_cohort_percentage),
        explains=bool(found.show_instruction and found.expert_instruction),
        skips=bool(found.show_skip_button),
    )


def show_model(connection: Connection, project: int, model: str) -> str:
    """Make a project show a model's suggestions; gives what the server says it shows now."""
    with connection.speaking() as client:
        client.projects.update(id=project, model_version=model, request_options=AGAIN)
        return str(client.projects.get(id=project, request_options=AGAIN).model_version or "")


@dataclass(frozen=True, slots=True)
class Backend:
    """A model that someone connected to a project under Settings, Model.

    Attributes
    ----------
    title, url : str
    connected : bool
        Whether Label Studio reached it when it last tried.
    error : str
        What it said otherwise.
    """

    title: str
    url: str
    connected: bool
    error: str


def backends_of(connection: Connection, project: int) -> list[Backend]:
    """List the models that are connected to a project."""
    with connection.speaking() as client:
        found = client.ml.list(project=project, request_options=AGAIN)
    return [
        Backend(
            title=str(item.title or ""),
            url=str(item.url or ""),
            connected=item.state == "CO",
            error=" ".join(str(item.error_message or "").split())[:200],
        )
        for item in found
    ]
