"""What a cell of a table can hold, and what is read from its text."""

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime

from framing.formats import CONFLICT
from framing.times import moment, written

#: As times are written.
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{6})?Z)?", re.ASCII)
#: An id that framing made: of an article, or of a unit in it.
OWN_ID = re.compile(r"(u?[0-9a-f]{16})(?:-[0-9a-f]{12})?")
#: What stands in a cell whose formula failed, in several languages.
SHEET_ERRORS = frozenset(
    "#N/A #NAME? #REF! #VALUE! #DIV/0! #NUM! #NULL! #SPILL! #CALC! #NV #WERT! #BEZUG! #ZAHL! #NOM? #VALEUR! "
    "#NOMBRE! #N/D #NOME? #RIF! #VALORE! #¿NOMBRE? #¡REF! #¡VALOR! #VALOR! #NAAM? #VERW! #WAARDE! "
    "Err:502 Err:508 Err:509 Err:522".split()
)
#: What programs write where nothing is known.
_MISSING = frozenset("NA N/A n/a nan NaN NAN NaT <NA> None null NULL inf -inf Inf -Inf INF Infinity".split())
#: What may stand around a cell: blanks, and a byte order mark where files were joined.
_AROUND = " \t\r\n\f\v\ufeff\xa0"
_POWER = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE][+-]\d{1,3}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"\d{1,18}(?:\.0*)?", re.ASCII)
_CONFLICT = re.compile("^<{7} .*?^={7}$.*?^>{7} ", re.MULTILINE | re.DOTALL)
_FLAGS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "1", "yes", "1.0"), True),
    **dict.fromkeys(("false", "0", "no", "0.0"), False),
    "": None,
}
_BEFORE = "take the file as it was before (git, a backup)"
_IDS = (
    f"spreadsheets make numbers of ids that look like one: {_BEFORE}, and next time import the column as text"
)
_ERROR = f"a spreadsheet took the cell for a formula: {_BEFORE}, and next time import the column as text"
_NUMBERS = (
    "write it in digits, with a point before decimals, and leave the cell empty where nothing is known "
    "(in R: write.csv(..., na = ''))"
)
_FLAG = f"spreadsheets write true in their own language: {_BEFORE}, or write true or false"
_TIMES = (
    "spreadsheets write dates in the order of their country, which can't be told from the cell: "
    f"{_BEFORE}, and next time import the column as text"
)
_ONE = f"{_BEFORE}, or empty the cell if it is not known"

#: Between date and time; `fromisoformat` takes any character for it.
_PARTED = re.compile(r"[\dW-]{7,10}(?:[T ].*)?", re.ASCII)


def instant(text: str) -> datetime | None:
    """Read a time of ISO 8601; one without an offset is UTC, a date alone is its midnight.

    Parameters
    ----------
    text : str
        As `made_at` holds it; spaces around it don't count.

    Returns
    -------
    datetime or None
        In UTC; None if the text is empty.

    Raises
    ------
    ValueError
        If it is no such time: a date in another order is never guessed.

    Examples
    --------
    >>> instant("2026-05-04T10:00:00+02:00").isoformat()
    '2026-05-04T08:00:00+00:00'
    >>> instant("") is None
    True
    >>> instant("03/04/2021 10:00")
    Traceback (most recent call last):
    ValueError: found '03/04/2021 10:00', expected a time like 2026-05-04T10:00:00Z
    """
    plain = text.strip().upper()
    if not plain:
        return None
    try:
        if not _PARTED.fullmatch(plain):
            raise ValueError
        return moment(plain if " " not in plain else re.sub(" (?=[Z+])", "", plain))
    except (ValueError, OverflowError):
        raise ValueError(f"found {text!r}, expected a time like 2026-05-04T10:00:00Z") from None


def written_instant(text: str) -> str:
    """Write a time as tables hold it: in UTC with a ``Z``; a date alone stays one.

    Raises
    ------
    ValueError
        As `instant`.

    Examples
    --------
    >>> written_instant("2026-05-04 10:00:00.5+02:00"), written_instant("2026-05-04"), written_instant("")
    ('2026-05-04T08:00:00.500000Z', '2026-05-04', '')
    """
    found = instant(text)
    if found is None:
        return ""
    if _WRITTEN.fullmatch(text):
        return text
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return written(found)


class CellError(ValueError):
    """A cell that can't be what its column holds.

    Parameters
    ----------
    expected : str
        What the column holds.
    hint : str
        How such a cell comes about, and what can be done.
    """

    def __init__(self, expected: str, hint: str) -> None:
        super().__init__(expected)
        self.expected, self.hint = expected, hint


def read_id(text: str) -> str:
    """Read the id of a unit or an article.

    Returns
    -------
    str
        One that framing made, without what stands around it; any other as it is.

    Raises
    ------
    CellError
        If it is what spreadsheets and statistics programs make of an id: a number in powers of ten, an
        error, a mark for a missing value.

    Examples
    --------
    >>> read_id(" 0505821d29ffcd0b-ac381763478a"), read_id("speech 12")
    ('0505821d29ffcd0b-ac381763478a', 'speech 12')
    >>> read_id("1.23E+15")
    Traceback (most recent call last):
    framing.columns.CellError: an id
    """
    if OWN_ID.fullmatch(text):
        return text
    bare = text.strip(_AROUND).removeprefix("'")
    if OWN_ID.fullmatch(bare) or not bare:
        return bare
    if OWN_ID.fullmatch(bare.lower()):
        raise CellError("an id in small letters", _IDS)
    if _POWER.fullmatch(bare) or bare in _MISSING or bare in SHEET_ERRORS or "\0" in bare:
        raise CellError("an id", _IDS)
    return text


def read_word(text: str) -> str:
    """Read a name: of a round, a variable, a coder, a value.

    Raises
    ------
    CellError
        If it is a spreadsheet's error.
    """
    bare = text.strip(_AROUND)
    if bare in SHEET_ERRORS or "\0" in bare:
        raise CellError("a name", _ERROR)
    return bare


def read_hash(text: str) -> str:
    """Read a hash, or the number of a run, which may end in ``.0``; any other text is left as it is.

    Raises
    ------
    CellError
        If a spreadsheet made a number in powers of ten or an error of it.
    """
    bare = text.strip(_AROUND)
    if _POWER.fullmatch(bare) or bare in SHEET_ERRORS:
        raise CellError("a hash or a number as it was written", _IDS)
    if _WHOLE.fullmatch(bare):
        return bare.partition(".")[0]
    return text if any(map(str.isspace, bare)) else bare


def read_number(text: str) -> float | None:
    """Read a number with a decimal point; None if the cell is empty.

    Raises
    ------
    CellError

    Examples
    --------
    >>> read_number("1.5e-05"), read_number("")
    (1.5e-05, None)
    """
    bare = text.strip(_AROUND)
    if not bare:
        return None
    found = float(bare) if _NUMBER.fullmatch(bare) else math.inf
    if not math.isfinite(found):
        raise CellError("a number", _NUMBERS)
    return found


def read_chance(text: str) -> float | None:
    """Read the chance with which a unit was drawn, above 0 to 1.

    Raises
    ------
    CellError
    """
    found = read_number(text)
    if found is not None and not 0 < found <= 1:
        raise CellError("a number above 0, at most 1", _NUMBERS)
    return found


def read_whole(text: str) -> int | None:
    """Read a whole number from 0, which may end in ``.0``; None if the cell is empty.

    Raises
    ------
    CellError

    Examples
    --------
    >>> read_whole("12.0")
    12
    """
    bare = text.strip(_AROUND)
    if not bare:
        return None
    if not _WHOLE.fullmatch(bare):
        negative = bare[0] == "-" and _WHOLE.fullmatch(bare[1:])
        raise CellError("0 or more" if negative else "a whole number", _NUMBERS)
    return int(bare.partition(".")[0])


def read_flag(text: str) -> bool | None:
    """Read a flag; None if the cell is empty.

    Raises
    ------
    CellError

    Examples
    --------
    >>> read_flag("TRUE"), read_flag("no"), read_flag("")
    (True, False, None)
    """
    bare = text.strip(_AROUND).lower()
    if bare in _FLAGS:
        return _FLAGS[bare]
    raise CellError("true or false", _FLAG)


def read_time(text: str) -> str:
    """Read a time and write it as tables hold it, see `written_instant`.

    Raises
    ------
    CellError
    """
    try:
        return written_instant(text)
    except ValueError:
        raise CellError("a time like 2026-05-04T10:00:00Z", _TIMES) from None


def read_remark(text: str) -> str:
    """Read what a person wrote.

    Raises
    ------
    CellError
        If git has left both versions of it.
    """
    if "<<<<<<< " in text and _CONFLICT.search(text):
        raise CellError("one version of the text", CONFLICT)
    return text


def reader_of_one(names: Sequence[str]) -> Callable[[str], str]:
    """Make a reader of cells that hold one of a few names, or nothing."""
    known = {"": "", **{name: name for name in names}}

    def read_one(text: str) -> str:
        bare = text.strip(_AROUND).lower()
        if bare in known:
            return bare
        raise CellError(f"one of {' '.join(names)}", _ONE)

    return read_one
