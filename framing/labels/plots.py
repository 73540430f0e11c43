"""Label stats as pictures."""

import warnings
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.errors import TableError
from framing.files import whole
from framing.formats import check_suffix

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from framing.labels.stats import Stats

SUFFIXES = (".png", ".svg")


def draw_stats(stats: "Stats", file: Path) -> None:
    """Draw each variable's shares by value, over everything and by each dimension, and the progress.

    Parameters
    ----------
    stats : Stats
    file : Path
        PNG or SVG by its ending.

    Raises
    ------
    TableError
        If the ending is another one, matplotlib is missing, or there is nothing to draw.
    """
    suffix = check_suffix(file, SUFFIXES)
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        raise TableError(
            "plots need matplotlib, which is not installed",
            hint="pip install 'framing[plots]', or write a table with -o",
        ) from None
    panels = list(dict.fromkeys((row["variable"], row["by"]) for row in stats.table))
    if not panels:
        raise TableError("no answers to draw", hint="fetch answers with: framing pull")
    heights = [_height(stats, *panel) for panel in panels] + ([3.0] if stats.by_day else [])
    figure = Figure(figsize=(10, sum(heights)), layout="constrained")
    axes = figure.subplots(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axis, panel in zip(axes, panels, strict=False):
        _draw_shares(figure, axis, stats, *panel)
    if stats.by_day:
        _draw_days(axes[-1], stats)
    with whole(file) as scratch, mpl.rc_context({"svg.fonttype": "none"}), warnings.catch_warnings():
        # A script that the font lacks is boxes in PNG; in SVG text stays text, for any font.
        warnings.filterwarnings("ignore", message="Glyph")
        # Without a date the same labels give the same bytes.
        figure.savefig(
            scratch, format=suffix[1:], dpi=150, metadata={"Date": None} if suffix == ".svg" else None
        )


def _groups(stats: "Stats", variable: str, by: str) -> tuple[list[str], list[str], dict[Any, Any]]:
    rows = [row for row in stats.table if (row["variable"], row["by"]) == (variable, by)]
    groups = list(dict.fromkeys(str(row["group"]) for row in rows))
    values = list(dict.fromkeys(str(row["value"]) for row in rows))
    return groups, values, {(row["group"], row["value"]): row for row in rows}


def _height(stats: "Stats", variable: str, by: str) -> float:
    groups, values, _ = _groups(stats, variable, by)
    return 1.2 + 0.32 * (len(values) if by == "all" else len(groups))


def _draw_shares(figure: "Figure", axis: Any, stats: "Stats", variable: str, by: str) -> None:
    groups, values, rows = _groups(stats, variable, by)
    if by == "all":
        found = [rows["all", value] for value in values]
        bars = axis.barh(range(len(values)), [100 * (row["share"] or 0) for row in found], color="#1565c0")
        axis.bar_label(bars, [f"{row['count']:,} of {row['eligible']:,}" for row in found], padding=3)
        axis.set_yticks(range(len(values)), [_plain(value) for value in values])
        axis.invert_yaxis()
        axis.set_xlabel("% of answers on eligible units")
        axis.set_title(_plain(variable), loc="left")
        axis.set_xlim(0, 125)
        axis.set_xticks(range(0, 101, 20))
        return
    shares = [[rows[group, value]["share"] for value in values] for group in groups]
    filled = [[float("nan") if share is None else 100 * share for share in line] for line in shares]
    image = axis.imshow(filled, aspect="auto", cmap="Blues", vmin=0, vmax=100)
    axis.set_yticks(range(len(groups)), [_plain(group) for group in groups])
    axis.set_xticks(range(len(values)), [_plain(value) for value in values])
    for line, group_shares in enumerate(shares):
        for column, share in enumerate(group_shares):
            text = "–" if share is None else f"{100 * share:.0f}"
            colour = "white" if share is not None and share > 0.6 else "black"
            axis.text(column, line, text, ha="center", va="center", fontsize=8, color=colour)
    axis.set_title(f"{_plain(variable)} by {by}: % of answers on eligible units", loc="left")
    figure.colorbar(image, ax=axis, fraction=0.03)


def _draw_days(axis: Any, stats: "Stats") -> None:
    from matplotlib import dates

    formatter: Any = dates.ConciseDateFormatter

    days = [date.fromisoformat(row["day"]) for row in stats.by_day]
    axis.plot(days, [row["units_so_far"] for row in stats.by_day], marker="o", color="#1565c0")
    if stats.progress.planned:
        axis.axhline(stats.progress.planned, linestyle="--", color="#616161")
    axis.set_ylim(bottom=0)
    axis.set_title("Units coded so far, by day", loc="left")
    axis.xaxis.set_major_formatter(formatter(axis.xaxis.get_major_locator()))


def _plain(text: str, longest: int = 40) -> str:
    """Text as it is: a dollar sign begins no formula, and a control character is no glyph."""
    shown = "".join(mark if mark.isprintable() else " " for mark in text[:longest])
    return shown.replace("$", r"\$")
