"""`framing labels import`: labels made elsewhere to `labels/<round>.csv`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from framing.errors import InputError, TableError
from framing.formats import writing
from framing.plural import counted
from framing.records import Unusable
from framing.steps.lock import locked
from framing.steps.pull import stored
from framing.steps.study import Study
from framing.tables import LABELS


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to read a file of labels.

    Attributes
    ----------
    round : str
        Where they go; empty: the round that a row names, else the one in settings.
    coder : str
        Who all of them are from; empty: whom the file names.
    variable : str
        What labels without a variable answer; empty: the codebook's only one.
    columns : mapping of str to str
        ``{"label": "code"}`` takes `label` from `code`.
    """

    round: str = ""
    coder: str = ""
    variable: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportedLabels:
    """What an import brought.

    Attributes
    ----------
    files : list of Path
        The rounds' LABELS files.
    answers, new : int
        Usable answers in the file, and those that were not there before.
    units, coders : int
        Of the usable answers.
    unusable : list of Unusable
        Rows that can't be used, each with its reason.
    """

    files: list[Path]
    answers: int
    new: int
    units: int
    coders: int
    unusable: list[Unusable]


def import_labels(study: Study, file: Path, wanted: Wanted | None = None) -> ImportedLabels:
    """Join labels of CSV, JSONL, Label Studio, doccano or Prodigy with those of the workspace.

    Parameters
    ----------
    study : Study
    file : Path
        What it holds decides how it is read.
    wanted : Wanted, optional

    Raises
    ------
    InputError
        If the file is missing or no text.
    WorkspaceError
        If there is no workspace to put them in.
    TableError
        If no row of it can be used, or it is not said which variable its labels answer.
    """
    from framing.labels.imports import Order, imported

    asked, folder = wanted or Wanted(), study.needed.labels
    round_, settings = asked.round or study.settings.round, study.settings
    coders = {int(user): name for user, name in settings.coders.items() if user.isdecimal()}
    order = Order(round_, bool(asked.round), asked.coder, asked.variable, asked.columns, coders)
    found = imported(_text(file), file.name, study.codebook, order)
    if not found.rows:
        raise TableError(
            f"{file}: none of its {counted(len(found.unusable), 'row')} can be used",
            hint="name columns with --column, the variable with --variable; docs/codebooks.md has examples",
            faults=[str(item) for item in found.unusable],
        )
    rounds: dict[Path, list[dict[str, Any]]] = {}
    for row in found.rows:
        rounds.setdefault(folder / f"{row['round']}.csv", []).append(row)
    with locked(study.needed, "labels import"):
        new = sum(_join(path, rows) for path, rows in rounds.items())
    return ImportedLabels(
        files=list(rounds),
        answers=len(found.rows),
        new=new,
        units=len({row["unit_id"] for row in found.rows}),
        coders=len({row["coder"] for row in found.rows}),
        unusable=found.unusable,
    )


def _text(file: Path) -> str:
    from framing.articles.decode import decode
    from framing.articles.streams import UnreadableError

    try:
        return decode(file.read_bytes())[0]
    except (OSError, UnreadableError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{file}: {reason}", hint="check the path, or export the labels again") from error


def _join(file: Path, rows: list[dict[str, Any]]) -> int:
    """Merge rows into a round's file; gives how many were not there before."""
    from framing.labels.imports.rows import without_known
    from framing.labels.merge import merge

    old = stored(file)
    there = old.astype(object).where(old.notna(), "").to_dict("records")
    merged = merge(old, without_known(rows, there))
    with writing(file, LABELS.columns) as table:
        table.write(merged)
    return len(merged) - len(old)
