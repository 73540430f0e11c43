"""A table for ReCal: numbers alone, one row a unit, one column a coder, no gaps."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framing.errors import TableError
from framing.files import whole_text
from framing.plural import counted

if TYPE_CHECKING:
    from framing.reliability import Ratings


@dataclass(frozen=True, slots=True)
class Recal:
    """What a table for ReCal holds.

    Attributes
    ----------
    coders : tuple of str
        In the order of the columns.
    codes : dict of str to int
        Value → the number that stands for it, from 1.
    units, left_out : int
        Units written; units that not all of these coders coded.
    """

    coders: tuple[str, ...]
    codes: dict[str, int]
    units: int
    left_out: int


def write_recal(ratings: "Ratings", file: Path) -> Recal:
    """Write the units that all coders coded, as ReCal2 and ReCal3 read them: no header, no gaps.

    Parameters
    ----------
    ratings : Ratings
        Of one variable.
    file : Path
        Numbers with commas between, whatever its name.

    Raises
    ------
    TableError
        If no unit was coded by two coders or more and by all of them.
    """
    whole = ratings.only((ratings.table >= 0).sum(axis=1) == len(ratings.coders))
    if not whole.units or len(whole.coders) < 2:
        raise TableError(
            f"{counted(len(ratings.units), 'unit')}, {counted(len(ratings.coders), 'coder')} "
            f"({' '.join(ratings.coders)}), no unit "
            "that two coders or more and all of them coded; ReCal takes no gaps",
            hint="write the table with gaps with --units FILE, or name the LABELS of a round all coded",
        )
    with whole_text(file) as stream:
        stream.writelines(",".join(map(str, row)) + "\n" for row in (whole.table + 1).tolist())
    return Recal(
        coders=whole.coders,
        codes={answer or "(none)": place for place, answer in enumerate(whole.answers, 1)},
        units=len(whole.units),
        left_out=len(ratings.units) - len(whole.units),
    )
