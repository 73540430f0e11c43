"""Names that stand for two people, and people with two names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

#: So much of a fingerprint stands in the name of an unnamed coder of another server.
_SHORT = 6


def doubtful_names(names: Mapping[str, str]) -> list[str]:
    """Say which names in settings stand for two accounts of a server, or two names for one account.

    Parameters
    ----------
    names : mapping of str to str
        ``coders:`` of the settings.

    Examples
    --------
    >>> doubtful_names({"2": "ada", "3": "ada", "s12/2": "ada"})
    ['ada is the name of two accounts of one server: 2 and 3']
    """
    accounts: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for key, name in names.items():
        accounts[key.rpartition("/")[0], name].append(key)
    return [
        f"{name} is the name of two accounts of one server: {' and '.join(keys)}"
        for (_, name), keys in accounts.items()
        if len(keys) > 1
    ]


def two_names(coders: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """Say which coders of LABELS are one person by the settings.

    Examples
    --------
    >>> two_names({"coder-2", "ada", "ben"}, {"2": "ada", "3": "ben"})
    ['coder-2 and ada are one person: account 2']
    """
    there = set(coders)
    told = []
    for key, name in names.items():
        server, _, user = key.rpartition("/")
        before = f"coder-{user}-{server[:_SHORT]}" if server else f"coder-{user}"
        if name != before and {name, before} <= there:
            told.append(f"{before} and {name} are one person: account {key}")
    return told
