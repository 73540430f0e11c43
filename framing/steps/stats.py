"""`framing stats`: what the labels hold."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from framing.files import whole_text
from framing.formats import check_suffix, writing
from framing.steps.study import Study

if TYPE_CHECKING:
    from framing.labels import Stats


def stats(
    study: Study,
    labels: Sequence[Path] = (),
    *,
    by: Sequence[str] = ("coder", "outlet", "region"),
    planned: int | None = None,
    output: Path | None = None,
    plot: Path | None = None,
) -> "Stats":
    """Count labels by value, and by coder, outlet, region, round, day or story.

    Parameters
    ----------
    study : Study
    labels : sequence of Path
        LABELS; none: the workspace's.
    by : sequence of str
        Dimensions.
    planned : int, optional
        Units that are to be coded in all.
    output : Path, optional
        Takes the table; its ending decides the format; ``.json``: everything.
    plot : Path, optional
        Takes a picture, PNG or SVG.

    Raises
    ------
    TableError
        If there are no labels or a dimension is not known.
    """
    from framing.labels import label_stats, read_labels
    from framing.labels.plots import SUFFIXES, draw_stats
    from framing.labels.stats import COLUMNS

    if output:
        check_suffix(output)
    if plot:
        check_suffix(plot, SUFFIXES)
    table = read_labels(study.label_paths(list(labels)), study.codebook)
    found = label_stats(table, study.codebook, by, planned=planned)
    if output and output.suffix.lower() == ".json":
        with whole_text(output) as stream:
            json.dump(asdict(found), stream, ensure_ascii=False, allow_nan=False, indent=1)
            stream.write("\n")
    elif output:
        with writing(output, COLUMNS) as rows:
            rows.write(found.table)
    if plot:
        draw_stats(found, plot)
    return found
