"""Computes `tests/reliability/reference.json` by two packages that share no code with this one.

They want an older numpy than this project, so run it in an environment of its own::

    uv run --no-project --with irrCAC==0.4.4 --with krippendorff==0.9.0 \\
        python -m tools.reliability_reference
"""

import json
import math
import warnings
from collections.abc import Callable
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
from irrCAC.raw import CAC

from tests.reliability.random_tables import Table, tables

DIGITS = 9


def main() -> None:
    """Write the figures of all tables."""
    warnings.simplefilter("ignore")
    found = [_figures(table) for table in tables()]
    file = Path(__file__).parents[1] / "tests" / "reliability" / "reference.json"
    rows = ",\n".join(json.dumps(row) for row in found)
    file.write_text(f"[\n{rows}\n]\n", encoding="utf-8")


def _figures(table: Table) -> dict[str, float | None]:
    frame = pd.DataFrame(table, dtype=float)
    rated = frame[frame.notna().any(axis=1)]
    wide = frame.to_numpy().T
    cac = CAC(rated, digits=DIGITS)
    return {
        "nominal": _number(lambda: krippendorff.alpha(wide, level_of_measurement="nominal")),
        "ordinal": _number(lambda: krippendorff.alpha(wide, level_of_measurement="ordinal")),
        "ac1": _number(lambda: cac.gwet()["est"]["coefficient_value"]),
        "fleiss": _number(lambda: cac.fleiss()["est"]["coefficient_value"]),
        "irrcac_alpha": _number(lambda: cac.krippendorff()["est"]["coefficient_value"]),
    }


def _number(figure: Callable[[], float]) -> float | None:
    """Give a figure, None where the package has none."""
    try:
        value = float(figure())
    except (ValueError, ZeroDivisionError, AssertionError, IndexError, KeyError):
        return None
    return round(value, DIGITS) if math.isfinite(value) else None


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
