"""What the headers of a comment section have in common: labels of the site, which name nobody."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

_DIGITS = re.compile(r"\d+")
#: A line in at least this share of a section's headers is the site's, unless it is all that names anybody.
_SHARE = 0.6
#: Fewer headers show no habit.
_LEAST = 3


def site_labels(
    runs: Sequence[Sequence[str]], names: Callable[[str], bool], timed: Callable[[str], bool]
) -> frozenset[str]:
    """Lines that come again in most headers of a section, as `label_of` writes them.

    What a site prints around every comment (“Award”, “Respect 3”, “Well-Known Member”) can't be
    listed for all sites, but it repeats where names change.

    Parameters
    ----------
    runs : sequence of sequence of str
        The lines between one comment's text and the next.
    names : callable
        Whether a line could name the author of a comment.
    timed : callable
        Whether a line tells a time, which no label does.

    Examples
    --------
    >>> runs = [["Ann", "1h"], ["Award 2", "Bo", "2h"], ["Award 5", "Cy", "3h"], ["Award 1"]]
    >>> site_labels(runs, lambda line: line[0].isupper(), lambda line: line[0].isdigit())
    frozenset({'award 0'})
    """
    if len(runs) < _LEAST:
        return frozenset()
    written = [{label_of(line): line for line in run} for run in runs]
    counts = Counter(label for lines in written for label in lines)
    example = {label: line for lines in written for label, line in lines.items()}
    usual = {
        label
        for label, count in counts.items()
        if count >= _SHARE * len(runs) and names(example[label]) and not timed(example[label])
    }
    alone: Counter[str] = Counter()
    for lines in written if usual else ():
        if not any(names(line) for label, line in lines.items() if label not in usual):
            alone.update(usual & lines.keys())
    return frozenset(label for label in usual if alone[label] * 2 <= counts[label])


@lru_cache(maxsize=1024)
def label_of(line: str) -> str:
    """A line without what changes from comment to comment: its figures.

    Examples
    --------
    >>> label_of("Respect 12")
    'respect 0'
    """
    return _DIGITS.sub("0", line).casefold()
