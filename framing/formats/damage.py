"""What is wrong in a table, gathered so that one error names the first of it and counts the rest."""

from collections import Counter
from dataclasses import dataclass, field

from framing.errors import TableError
from framing.plural import counted

#: How many faults of a column are named; the others are counted.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Fault:
    row: int
    column: str
    text: str
    hint: str

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        return f"row {self.row}{column}: {self.text}"


@dataclass
class Damage:
    """Faults of one file.

    Attributes
    ----------
    where : str
        The file's name, for messages.
    noun : str
        What has the faults: ``cell``, or ``row``.
    """

    where: str
    noun: str = "cell"
    _named: list[_Fault] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def add(self, row: int, column: str, text: str, hint: str) -> None:
        """Take a fault.

        Parameters
        ----------
        row : int
            As a spreadsheet counts them: the header is row 1.
        column : str
            Empty where the row as a whole is meant.
        text : str
            What was found and what was expected.
        hint : str
            What can be done about it.
        """
        self._counts[column] += 1
        if self._counts[column] <= _NAMED:
            self._named.append(_Fault(row, column, text, hint))

    def refuse(self) -> None:
        """Raise if there is any.

        Raises
        ------
        TableError
            Its message names the fault of the first row and counts the others; `faults` names the
            first few of each column.
        """
        if not self._named:
            return
        named = sorted(self._named, key=lambda fault: fault.row)
        more = sum(self._counts.values()) - 1
        raise TableError(
            f"{self.where}: {named[0]}"
            + (f" (and {counted(more, f'more {self.noun}', ',')})" if more else ""),
            hint=named[0].hint,
            faults=[*(f"{self.where}: {fault}" for fault in named), *self._rest()] if more else (),
        )

    def _rest(self) -> list[str]:
        return [
            f"{self.where}: {f'column {column}: ' if column else ''}"
            f"{counted(count - _NAMED, f'more such {self.noun}', ',')}"
            for column, count in self._counts.items()
            if count > _NAMED
        ]
