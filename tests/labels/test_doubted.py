"""Doubted units as something to settle."""

import pandas as pd

from framing.labels.disagreement import disagreements
from framing.labels.doubted import doubted
from framing.tables import LABELS, checked


def answers(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["unit_id", "value", "coder"]).assign(variable="frame", file="l.csv")
    return checked(frame.assign(row=[str(n + 2) for n in range(len(rows))]), LABELS, "l.csv")


def test_units_come_in_the_table_s_order_with_what_contradicts_them() -> None:
    table = answers(
        ("u1", "appeal", "ada"),
        ("u2", "report", "ada"),
        ("u2", "report", "ben"),
        ("u3", "report", "ada"),
        ("u3", "appeal", "adjudicator"),
    )
    found = doubted(
        table,
        [
            {"unit_id": "u2", "suggested": "appeal", "kind": "model", "p_suggested": "0.91"},
            {"unit_id": "u9", "suggested": "appeal"},
            {"unit_id": "u1", "suggested": "report", "kind": "copy", "copy_of": "u2"},
            {"unit_id": "u3", "suggested": "report"},
            {"unit_id": "u2", "suggested": ""},
        ],
    )
    assert [item.unit_id for item in found.units] == ["u2", "u1"]
    assert [item.told for item in found.units] == [
        "frame: 2 × report\nheld-out model: appeal (p 0.91)\nheld-out model: (none of them)",
        "frame: 1 × appeal\nnear copy u2: report",
    ]
    assert [item.agreement for item in found.units] == [1.0, None]
    assert found.left_out == ["u9", "u3"]


def test_one_answer_is_no_disagreement() -> None:
    assert disagreements(answers(("u1", "appeal", "ada"))) == []
