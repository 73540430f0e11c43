"""The work of coding: how fast, by whom, and how many days are left."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

#: The pace is that of so many latest days on which anyone coded.
PACE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the coding has come.

    Attributes
    ----------
    done : int
        Units with an answer, or skipped.
    planned : int or None
        Units that are to be coded; None: not said.
    share : float or None
        done / planned, 0 to 1.
    units_per_day : float or None
        New units on the latest `PACE_DAYS` days of coding; None where no time is known.
    days_left : int or None
        Days of coding at this pace; None where the plan or the pace is not known.
    """

    done: int
    planned: int | None
    share: float | None
    units_per_day: float | None
    days_left: int | None


def progress(labels: "pd.DataFrame", answers: "pd.DataFrame", planned: int | None) -> Progress:
    """Compare what is done with what is planned.

    Parameters
    ----------
    labels : DataFrame
        LABELS, skipped answers among them.
    answers : DataFrame
        Current answers with their `day`.
    planned : int or None
        Units.
    """
    done = int(labels.loc[labels["current"], "unit_id"].nunique())
    first = answers.loc[answers["day"] != ""].groupby("unit_id")["day"].min()
    days = first.value_counts().sort_index()
    pace = float(days.tail(PACE_DAYS).mean()) if len(days) else None
    left = None
    if planned is not None and pace:
        left = max(0, math.ceil((planned - done) / pace))
    return Progress(
        done=done,
        planned=planned,
        share=round(min(1.0, done / planned), 4) if planned else None,
        units_per_day=round(pace, 2) if pace is not None else None,
        days_left=left,
    )


def by_coder(labels: "pd.DataFrame", answers: "pd.DataFrame") -> list[dict[str, Any]]:
    """Count each coder's work.

    Returns
    -------
    list of dict
        ``coder answers units skipped unsure unsure_share days seconds seconds_low seconds_high
        units_per_hour``: median and quartiles of the seconds an answer took, None where no time was
        kept; a share is 0 to 1.
    """
    rows = []
    answered = dict(list(answers.groupby("coder")))
    for coder, every in labels[labels["current"]].groupby("coder", sort=True):
        own = answered.get(coder, answers[:0])
        seconds = own["seconds"].dropna()
        low, middle, high = (
            (round(float(seconds.quantile(q)), 2) for q in (0.25, 0.5, 0.75)) if len(seconds) else (None,) * 3
        )
        rows.append(
            {
                "coder": str(coder),
                "answers": len(own),
                "units": int(own["unit_id"].nunique()),
                "skipped": int(every["skipped"].sum()),
                "unsure": int(own["unsure"].sum()),
                "unsure_share": round(float(own["unsure"].mean()), 4) if len(own) else None,
                "days": int(own.loc[own["day"] != "", "day"].nunique()),
                "seconds": middle,
                "seconds_low": low,
                "seconds_high": high,
                "units_per_hour": round(3600 * len(seconds) / float(seconds.sum()), 1)
                if seconds.sum() > 0
                else None,
            }
        )
    return rows


def by_day(answers: "pd.DataFrame") -> list[dict[str, Any]]:
    """Count the work of each day on which anyone coded.

    Returns
    -------
    list of dict
        ``day answers new_units units_so_far coders hours``: `hours` from the seconds kept, None
        where there are none. Answers without a time are on no day.
    """
    dated = answers[answers["day"] != ""]
    new = dated.groupby("unit_id")["day"].min().value_counts()
    rows: list[dict[str, Any]] = []
    so_far = 0
    for day, own in dated.groupby("day", sort=True):
        seconds = own["seconds"].dropna()
        fresh = int(new.get(day, 0))
        so_far += fresh
        rows.append(
            {
                "day": str(day),
                "answers": len(own),
                "new_units": fresh,
                "units_so_far": so_far,
                "coders": int(own["coder"].nunique()),
                "hours": round(float(seconds.sum()) / 3600, 2) if len(seconds) else None,
            }
        )
    return rows
