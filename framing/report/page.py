"""The report's page: one file that loads nothing and runs no script but its own."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from framing.report.look import TEMPLATES, environment


def report_page(view: Mapping[str, Any]) -> str:
    """Render the report.

    Parameters
    ----------
    view : mapping
        What `framing.steps.report` gathers: ``title date made_from version codebook corpus sampling
        answers reliability gold model findings headlines stories articles data methods references
        gaps tiles key``. A section that the study has nothing for is None, and ``gaps`` has its
        ``what`` and ``command``.

    Returns
    -------
    str
        HTML; all text is escaped, and no script runs but the one whose hash its policy names.
    """
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    plots = {name: Markup(svg) for name, svg in view["plots"].items()}  # noqa: S704 - drawn by `plots`
    return (
        environment()
        .get_template("report.html")
        .render(view=view, plots=plots, script=Markup(script), script_hash=digest)  # noqa: S704 - our own file
    )
