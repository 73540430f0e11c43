"""`framing adjudicate`: what coders disagree on, to a project where one person settles it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from framing.errors import TableError
from framing.steps.lock import locked
from framing.steps.studio import connect
from framing.steps.study import Study

if TYPE_CHECKING:
    from framing.labels.disagreement import Disagreement


@dataclass(frozen=True, slots=True)
class Adjudication:
    """What there is to settle.

    Attributes
    ----------
    round, url : str
        The round, and where to settle it.
    project : int
    units, new : int
        Units that coders disagree on now, and those that had no task yet.
    """

    round: str
    url: str
    project: int
    units: int
    new: int


def adjudicate(study: Study, *, round_: str = "") -> Adjudication:
    """Make a task for each unit of a round that coders disagree on, the worst first.

    Raises
    ------
    TableError
        If the round has no labels, or no disagreement is open.
    ServerError
        If the server refuses or does not answer.
    """
    from framing.labels import read_labels
    from framing.labels.disagreement import disagreements
    from framing.labelstudio.importing import push_tasks
    from framing.labelstudio.projects import ensure_project
    from framing.labelstudio.upkeep import follow_codebook

    name = round_ or study.settings.round
    found = disagreements(read_labels([study.needed.labels / f"{name}.csv"], study.codebook))
    if not found:
        raise TableError(
            f"round {name!r}: no open disagreement, expected units that two coders answered differently",
            hint="fetch new answers: framing pull; or have more units coded twice: framing push --overlap",
        )
    connection = connect(study)
    with locked(study.needed, "adjudicate"):
        project = ensure_project(connection, study.settings.study, name, study.codebook, kind="adjudication")
        follow_codebook(connection, project, study.codebook)
        new = push_tasks(
            connection, project.id, [_task(item) for item in found], say=lambda _done, _total: None
        )
    return Adjudication(name, f"{connection.url}/projects/{project.id}", project.id, len(found), new)


_DATA = ("text", "before", "after", "title")
_META = (
    "article_id", "source", "start", "end", "region", "region_before", "region_after", "position",
    "paragraph", "outlet", "published", "story", "sampling", "probability", "codebook",
)  # fmt: skip


def _task(item: "Disagreement") -> dict[str, Any]:
    row = item.row
    where = f"{row['region']} · agreement {item.agreement:.2f}"
    data = {"uid": item.unit_id, "answers": item.told, "where": where}
    return {
        "data": data | {name: str(row[name]) for name in _DATA},
        "meta": {name: _plain(row[name]) for name in _META},
        "annotations": [],
        "predictions": [],
    }


def _plain(value: Any) -> Any:
    """A cell as JSON takes it; a missing number is null."""
    import pandas as pd

    if isinstance(value, str):
        return value
    if pd.isna(value):
        return None
    return float(value) if isinstance(value, float) else int(value)
