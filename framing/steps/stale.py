"""Labels whose unit is no longer on its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from framing.formats import read_numbered, with_todays_ids
from framing.plural import counted
from framing.records import Unit
from framing.tables import LABELS, checked, columns_present, with_known_names


@dataclass(frozen=True, slots=True)
class Stale:
    """A unit that has labels but is no longer on its page.

    Attributes
    ----------
    file : Path
        The LABELS file.
    source, unit_id : str
        The page, and the unit that it had.
    answers : int
        Rows of the file on that unit.
    """

    file: Path
    source: str
    unit_id: str
    answers: int

    def __str__(self) -> str:
        return (
            f"{self.file}: {counted(self.answers, 'answer')} on unit {self.unit_id}, no longer "
            f"in {self.source}"
        )


def stale_labels(folder: Path, units: Iterable[Unit]) -> list[Stale]:
    """Find labels on units that their pages, as they are now, no longer have.

    Parameters
    ----------
    folder : Path
        `labels/`; each CSV file in it is looked at.
    units : iterable of Unit
        Of whole pages. Labels of pages that are not among them can't be judged and are left out.

    Returns
    -------
    list of Stale
        By file, then in the order of the file.

    Raises
    ------
    TableError
        If a file of answers breaks the contract of LABELS.
    """
    listed = list(units)
    sources = {unit.article_id: unit.source for unit in listed}
    there = {unit.unit_id for unit in listed}
    found = []
    for file in sorted(folder.glob("*.csv")):
        frame, numbers = read_numbered(file)
        frame = with_known_names(frame, LABELS.columns, str(file))
        if not columns_present(frame, ("unit_id", "article_id")):
            continue
        if columns_present(frame, LABELS.required):
            frame = checked(frame, LABELS, str(file), numbers)
        else:
            frame = with_todays_ids(frame)
        gone = frame[frame["article_id"].isin(sources) & ~frame["unit_id"].isin(there)]
        for (unit, article), rows in gone.groupby(["unit_id", "article_id"], sort=False):
            found.append(Stale(file, sources[str(article)], str(unit), len(rows)))
    return found
