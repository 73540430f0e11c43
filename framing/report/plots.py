"""A model's calibration and learning curve as SVG that follows the page's colours."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from framing.errors import TableError

#: Colours that stand in the drawing for those of the page, light or dark.
_PAGE = {
    "#010203": "var(--ink)",
    "#040506": "var(--soft)",
    "#070809": "var(--line)",
    "#0a0b0c": "var(--accent)",
}
_INK, _SOFT, _LINE, _ACCENT = _PAGE
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "framing",
    "font.family": "sans-serif",
    "font.size": 11,
    "text.color": _INK,
    "axes.edgecolor": _LINE,
    "axes.labelcolor": _SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": _LINE,
    "grid.linewidth": 0.6,
    "xtick.color": _SOFT,
    "ytick.color": _SOFT,
}
_SIZE = (4.6, 3.5)


def calibration(bins: Sequence[Mapping[str, Any]], name: str) -> str:
    """Draw how often predictions were right against how sure they were.

    Parameters
    ----------
    bins : sequence of mapping
        ``units confidence right`` of units that are about equally sure, both 0 to 1.
    name : str
        What the drawing's ids begin with; another one for each drawing of a page.

    Raises
    ------
    TableError
        If matplotlib is missing.
    """

    def draw(axis: Any) -> None:
        most = max(item["units"] for item in bins)
        axis.plot([0, 1], [0, 1], linestyle="--", color=_SOFT, linewidth=1)
        axis.scatter(
            [item["confidence"] for item in bins],
            [item["right"] for item in bins],
            s=[30 + 270 * (item["units"] / most) ** 0.5 for item in bins],
            color=_ACCENT,
            alpha=0.75,
            zorder=3,
        )
        axis.set(
            xlim=(0, 1.04), ylim=(0, 1.04), xlabel="how sure the model was", ylabel="how often it was right"
        )

    return _svg(draw, name)


def learning_curve(points: Sequence[Mapping[str, Any]], name: str) -> str:
    """Draw macro-F1 against the number of units learnt from.

    Parameters
    ----------
    points : sequence of mapping
        ``units_learnt macro_f1``.
    name : str
        As for `calibration`.

    Raises
    ------
    TableError
        If matplotlib is missing.
    """

    def draw(axis: Any) -> None:
        learnt = [item["units_learnt"] for item in points]
        scores = [item["macro_f1"] for item in points]
        axis.plot(learnt, scores, marker="o", color=_ACCENT, linewidth=2)
        for x, y in zip(learnt, scores, strict=True):
            axis.annotate(f"{y:.2f}", (x, y), xytext=(0, 8), textcoords="offset points", ha="center")
        axis.set(xlim=(0, 1.1 * max(learnt)), ylim=(0, 1.08), xlabel="units learnt from", ylabel="macro-F1")

    return _svg(draw, name)


def _svg(draw: Any, name: str) -> str:
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        raise TableError(
            "plots need matplotlib, which is not installed", hint="pip install 'framing[plots]'"
        ) from None
    with mpl.rc_context(_STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=_SIZE, layout="constrained")
        draw(figure.subplots())
        stream = io.StringIO()
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    return _for_page(stream.getvalue(), name)


def _for_page(svg: str, name: str) -> str:
    """Take the drawing out of its file: colours of the page, ids that no other drawing has."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", body)
    body = re.sub(
        r'<svg [^>]*viewBox="([^"]*)"[^>]*>', r'<svg viewBox="\1" aria-hidden="true">', body, count=1
    )
    body = body.replace("xlink:href", "href")
    body = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font: \1 system-ui, sans-serif", body)
    for colour, variable in _PAGE.items():
        body = body.replace(colour, variable)
    return body.strip()
