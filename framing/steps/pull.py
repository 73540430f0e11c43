"""`framing pull`: answers to `labels/<round>.csv`."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framing.errors import ServerError
from framing.formats import read_frame, writing
from framing.records import Unusable
from framing.steps.lock import locked
from framing.steps.studio import connect
from framing.steps.study import Study
from framing.tables import LABELS, checked

if TYPE_CHECKING:
    import pandas as pd

    from framing.labelstudio.answers import Pulled


@dataclass(frozen=True, slots=True)
class PulledLabels:
    """What a pull brought.

    Attributes
    ----------
    file : Path
        The round's LABELS file.
    rows, current, new : int
        Answers in it, those that count, and those that were not in it before.
    coders : int
    unusable : list of Unusable
        What stands in Label Studio and can't be used, with the reason.
    """

    file: Path
    rows: int
    current: int
    new: int
    coders: int
    unusable: list[Unusable]


def pull(study: Study, *, round_: str = "") -> PulledLabels:
    """Fetch the round's answers and join them with those in its file.

    Raises
    ------
    ServerError
        If the round has no project or the server does not answer.
    """
    from framing.labels.merge import merge

    name = round_ or study.settings.round
    with locked(study.needed, "pull"):
        pulled = fetch(study, name)
        file = study.needed.labels / f"{name}.csv"
        old = stored(file)
        rows = merge(old, pulled.rows)
        with writing(file, LABELS.columns) as table:
            table.write(rows)
    return PulledLabels(
        file=file,
        rows=len(rows),
        current=sum(row["current"] == "true" for row in rows),
        new=len(rows) - len(old),
        coders=len({row["coder"] for row in rows}),
        unusable=pulled.unusable,
    )


def fetch(study: Study, round_: str) -> "Pulled":
    """Fetch the answers of all of a round's projects as LABELS rows; writes nothing.

    Raises
    ------
    ServerError
        If the round has no project or the server does not answer.
    """
    from framing.labelstudio.answers import Pulled, export, label_rows
    from framing.labelstudio.projects import find_projects

    connection = connect(study)
    projects = find_projects(connection, study.settings.study, round_)
    if not projects:
        raise ServerError(
            f"{connection.url} has no project of study {study.settings.study!r}, round {round_!r}",
            hint="make it with: framing push seeds/",
        )
    pulled = Pulled()
    for project in projects:
        found = label_rows(
            export(connection, project.id),
            study.codebook,
            project,
            round_=round_,
            coders=study.settings.coders,
        )
        pulled.rows.extend(found.rows)
        pulled.unusable.extend(found.unusable)
        pulled.ground_truth += found.ground_truth
    return pulled


def stored(file: Path) -> "pd.DataFrame":
    """Read a round's LABELS file; without one the table has no rows."""
    import pandas as pd

    if not file.is_file():
        return pd.DataFrame(columns=list(LABELS.columns))
    return checked(read_frame(file), LABELS, str(file))
