"""`framing stats`: what the labels hold."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from framing.formats import writing
from framing.steps.study import Study

if TYPE_CHECKING:
    from framing.labels import Stats


def stats(
    study: Study,
    labels: Sequence[Path] = (),
    *,
    by: Sequence[str] = ("coder", "outlet", "region"),
    output: Path | None = None,
) -> "Stats":
    """Count labels by value, and by coder, outlet, region, round or story.

    Parameters
    ----------
    study : Study
    labels : sequence of Path
        LABELS; none: the workspace's.
    by : sequence of str
        Dimensions.
    output : Path, optional
        Takes the table; its ending decides the format.

    Raises
    ------
    TableError
        If there are no labels or a dimension is not known.
    """
    from framing.labels import label_stats, read_labels
    from framing.labels.stats import COLUMNS

    found = label_stats(read_labels(study.label_paths(list(labels))), study.codebook, by)
    if output:
        with writing(output, COLUMNS) as rows:
            rows.write(found.table)
    return found
