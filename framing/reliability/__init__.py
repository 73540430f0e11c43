"""LABELS to coefficients of agreement, with intervals that hold for whole articles."""

from framing.reliability.agreement import (
    Agreement,
    Draws,
    PairAgreement,
    agreement,
    agreement_by_pair,
    agreement_by_value,
    level_of,
)
from framing.reliability.planning import Plan, plan
from framing.reliability.ratings import Ratings

__all__ = [
    "Agreement",
    "Draws",
    "PairAgreement",
    "Plan",
    "Ratings",
    "agreement",
    "agreement_by_pair",
    "agreement_by_value",
    "level_of",
    "plan",
]
