"""SCORES by column are what they are row by row."""

from io import StringIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.formats import streaming
from framing.records import Unit
from framing.scoring import work
from framing.scoring.table import printed, rounded, score_columns, score_units, scores_of
from framing.steps.models import find_model
from framing.steps.study import Study


@pytest.mark.parametrize("form", [".csv", ".tsv", ".jsonl"])
def test_rows_by_column_are_the_same_bytes_as_rows_by_name(form: str):
    model = find_model(Study(None))
    texts = ["=1+1", "a\rb", 'with "marks", and\nlines', "plain", "\u2028 \x07 ü 😀", "100 % of it"]
    units = [
        Unit(f"u{n}", "a", "a", n, n + 1, text, "comment" if n % 2 else "headline", n, n, "=outlet",
             reply_depth=n if n % 2 else None)
        for n, text in enumerate(texts)
    ]  # fmt: skip
    columns = score_columns(model)
    table = scores_of(model, units)
    stream = StringIO(newline="")
    streaming(stream, form, columns).write(score_units(model, units))
    expected = stream.getvalue().encode()
    assert work.header(form, columns) + b"".join(work.portions(form, columns, [table])) == expected
    parts = [table.part(n, n + 1) for n in range(len(units))]
    assert work.header(form, columns) + b"".join(work.portions(form, columns, parts)) == expected


@given(st.lists(st.floats(0, 1) | st.integers(0, 10**6 - 1).map(lambda n: (n + 0.5) / 1e6), min_size=1))
def test_shares_are_rounded_and_printed_as_python_does(numbers: list[float]):
    expected = [round(number, 6) for number in numbers]
    found = rounded(np.array(numbers))
    assert found.tolist() == expected
    assert printed(found) == list(map(repr, expected))
