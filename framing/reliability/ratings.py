"""Answers as numbers: which coder gave which answer to which unit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from framing.records import former_article, former_unit

if TYPE_CHECKING:
    import pandas as pd

NONE = -1


@dataclass(frozen=True, slots=True)
class Ratings:
    """One variable's answers as a table of units × coders.

    Attributes
    ----------
    units : tuple of str
    coders : tuple of str
    answers : tuple of str
        The answers that occur, in the codebook's order where it knows them; the rank of an answer
        in an ordered variable is its place here.
    table : array of int, shape (units, coders)
        Places in `answers`; -1: no answer.
    clusters : array of int, shape (units,)
        Number of the unit's article from 0; a unit without one stands for itself.
    by_article : bool
        Whether any unit has an article.
    """

    units: tuple[str, ...]
    coders: tuple[str, ...]
    answers: tuple[str, ...]
    table: NDArray[np.int64]
    clusters: NDArray[np.int64]
    by_article: bool

    @classmethod
    def from_answers(cls, answers: "pd.DataFrame", order: Sequence[str] = ()) -> "Ratings":
        """Number a table with ``unit_id coder value`` and, if known, ``article_id``.

        Parameters
        ----------
        answers : DataFrame
            One row for each unit and coder, one variable.
        order : sequence of str
            How the answers are ordered; others follow, sorted.

        Examples
        --------
        >>> import pandas as pd
        >>> rows = [("u1", "a", "x"), ("u1", "b", "y"), ("u2", "a", "x")]
        >>> found = Ratings.from_answers(pd.DataFrame(rows, columns=["unit_id", "coder", "value"]))
        >>> found.table.tolist()
        [[0, 1], [0, -1]]
        """
        import pandas as pd

        former = answers.assign(_unit=answers["unit_id"].astype(str).map(former_unit))
        # Intervals are drawn by the order of articles: it is that of 0.1.0.
        frame = former.sort_values(["_unit", "coder"], kind="stable")
        unit_codes, units = pd.factorize(frame["unit_id"])
        coder_codes, coders = pd.factorize(frame["coder"], sort=True)
        occurring = set(frame["value"])
        names = [name for name in order if name in occurring]
        names += sorted(occurring - set(names))
        place = {name: index for index, name in enumerate(names)}
        table = np.full((len(units), len(coders)), NONE, dtype=np.int64)
        table[unit_codes, coder_codes] = [place[value] for value in frame["value"]]
        first = frame.drop_duplicates("unit_id")
        given = first["article_id"].astype(str) if "article_id" in first.columns else first["_unit"]
        articles = given.map(former_article)
        known = articles != ""
        clusters, _ = pd.factorize(articles.where(known, "unit " + first["_unit"]), sort=True)
        return cls(
            units=tuple(map(str, units)),
            coders=tuple(map(str, coders)),
            answers=tuple(names),
            table=table,
            clusters=clusters.astype(np.int64),
            by_article="article_id" in first.columns and bool(known.any()),
        )

    @property
    def pairable(self) -> "Ratings":
        """The units with two answers or more: the others say nothing on agreement."""
        return self.only((self.table >= 0).sum(axis=1) >= 2)

    def only(self, units: NDArray[np.bool_]) -> "Ratings":
        """The ratings of some of the units; clusters are numbered anew."""
        _, clusters = np.unique(self.clusters[units], return_inverse=True)
        kept = tuple(compress(self.units, units.tolist()))
        return replace(self, units=kept, table=self.table[units], clusters=clusters)

    def counts(self) -> NDArray[np.float64]:
        """How many coders gave each answer, shape (units, answers)."""
        size = len(self.answers)
        rows, columns = np.nonzero(self.table >= 0)
        flat = np.bincount(rows * size + self.table[rows, columns], minlength=len(self.units) * size)
        return flat.reshape(len(self.units), size).astype(float)

    def against_rest(self, value: str, *, several: bool = False) -> "Ratings":
        """Turn the answers into ``no`` and ``yes``: whether the value was given.

        Parameters
        ----------
        value : str
        several : bool
            Whether an answer is a set of values joined by ``|``.
        """
        given = [value in answer.split("|") if several else answer == value for answer in self.answers]
        recoded = np.where(self.table >= 0, np.array([*given, False])[self.table].astype(np.int64), NONE)
        return replace(self, answers=("no", "yes"), table=recoded)

    def pair(self, first: int, second: int) -> "Ratings":
        """Two coders on the units that both coded."""
        both = (self.table[:, first] >= 0) & (self.table[:, second] >= 0)
        chosen = replace(
            self, coders=(self.coders[first], self.coders[second]), table=self.table[:, [first, second]]
        )
        return chosen.only(both)
