"""`framing adjudicate`: what coders disagree on, to a project where one person settles it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.errors import TableError
from framing.formats import read_frame
from framing.steps.lock import locked
from framing.steps.screens import bring_up
from framing.steps.studio import connect
from framing.steps.study import Study

if TYPE_CHECKING:
    import pandas as pd

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
        Units that coders disagree on now, or that are doubted, and those that had no task yet.
    left_out : list of str
        Units of the table of doubts that have no answer in the round or are settled already.
    """

    round: str
    url: str
    project: int
    units: int
    new: int
    left_out: list[str] = field(default_factory=list)


def adjudicate(study: Study, *, round_: str = "", doubts: Path | None = None) -> Adjudication:
    """Make a task for each unit of a round that coders disagree on, the worst first.

    Parameters
    ----------
    study : Study
    round_ : str
        Empty: the settings'.
    doubts : Path, optional
        A model's ``doubts.csv``: its units are settled instead, in its order.

    Raises
    ------
    TableError
        If the round has no labels, no disagreement or doubt is open, or the table of doubts lacks
        a column.
    ServerError
        If the server refuses or does not answer.
    """
    from framing.labels import read_labels
    from framing.labelstudio.importing import push_tasks
    from framing.labelstudio.projects import Role, ensure_project, mark

    name = round_ or study.settings.round
    labels = read_labels([study.needed.labels / f"{name}.csv"], study.codebook)
    found, left_out = _doubted(labels, name, doubts) if doubts else (_disagreements(labels, name), [])
    connection = connect(study)
    with locked(study.needed, "adjudicate"):
        role = Role("adjudication")
        project = ensure_project(connection, study.settings.name, name, study.codebook, role)
        bring_up(study, connection, project)
        new, _ = push_tasks(
            connection,
            project.id,
            [_task(item, mark(study.settings.name, name, "adjudication")) for item in found],
            say=lambda _done, _total: None,
            empty=project.fresh,
        )
    url = f"{connection.public_url}/projects/{project.id}"
    return Adjudication(name, url, project.id, len(found), new, left_out)


def _disagreements(labels: "pd.DataFrame", name: str) -> "list[Disagreement]":
    from framing.labels.disagreement import disagreements

    found = disagreements(labels)
    if not found:
        raise TableError(
            f"round {name!r}: no open disagreement, expected units that two coders answered differently",
            hint="fetch new answers: framing pull; or have more units coded twice: framing push --overlap",
        )
    return found


def _doubted(labels: "pd.DataFrame", name: str, file: Path) -> "tuple[list[Disagreement], list[str]]":
    from framing.labels.doubted import doubted

    table = read_frame(file)
    missing = [column for column in ("unit_id", "suggested") if column not in table.columns]
    if missing:
        raise TableError(
            f"{file}: found the columns {' '.join(table.columns)}, expected also {' '.join(missing)}",
            hint="give the doubts.csv that framing train wrote beside the model",
        )
    found = doubted(labels, _rows(table))
    if not found.units:
        raise TableError(
            f"{file}: none of its {len(found.left_out)} units has an open answer in round {name!r}",
            hint="name the round that the model learnt from: framing adjudicate --round NAME --doubts FILE",
        )
    return found.units, found.left_out


def _rows(table: "pd.DataFrame") -> list[dict[str, str]]:
    return [{str(k): str(v) for k, v in row.items()} for row in table.to_dict("records")]


_DATA = ("text", "before", "after", "title")
_META = (
    "article_id", "source", "start", "end", "region", "region_before", "region_after", "position",
    "paragraph", "outlet", "published", "story", "sampling", "probability", "codebook",
)  # fmt: skip


def _task(item: "Disagreement", lines: str) -> dict[str, Any]:
    row = item.row
    where = str(row["region"])
    if item.agreement is not None:
        where = f"{where} · agreement {item.agreement:.2f}"
    data = {"uid": item.unit_id, "answers": item.told, "where": where}
    return {
        "data": data | {name: str(row[name]) for name in _DATA},
        "meta": {name: _plain(row[name]) for name in _META} | {"study": lines},
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
