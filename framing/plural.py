"""Numbers with their noun, in the form that the number asks for."""


def counted(number: float, noun: str, form: str = "d") -> str:
    """Write a number and its noun.

    Parameters
    ----------
    number : int or float
    noun : str
        In the singular; of several words the last one takes the plural.
    form : str
        How the number is written: ``d``, ``,`` with thousands apart, or ``g`` where it has decimals.

    Examples
    --------
    >>> counted(1, "unit"), counted(0, "story"), counted(1200, "new answer", ",")
    ('1 unit', '0 stories', '1,200 new answers')
    """
    return f"{number:{form}} {noun if number == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """Give a noun's plural.

    Examples
    --------
    >>> plural("copy"), plural("day"), plural("box")
    ('copies', 'days', 'boxes')
    """
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"
