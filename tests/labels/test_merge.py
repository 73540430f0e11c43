"""Answers of servers and files into one table: which is which, whose, and which counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from framing.labels.merge import Answered, Merging, Missing, merge
from framing.tables import LABELS, checked
from framing.times import moment

OWN, COPY = "s" + "1" * 15, "s" + "2" * 15


def given(value: str, annotation: int = 5, **more: Any) -> dict[str, Any]:
    """A row as a pull gives it: a task's only answer, made on the first of May."""
    day = "2026-05-01T10:00:00.000000Z"
    filled = dict.fromkeys(LABELS.columns, "") | {
        "round": "main", "unit_id": "u-1", "article_id": "u", "start": 0, "variable": "frame", "value": value,
        "coder": "coder-2", "kind": "human", "made_at": day, "created_at": day, "unsure": False,
        "skipped": False, "saw_suggestion": False, "server": OWN, "project": 1, "task": 3,
        "annotation": annotation,
    }  # fmt: skip
    return filled | more


def frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as they come back from a file."""
    table = pd.DataFrame([{name: row.get(name, "") for name in LABELS.columns} for row in rows])
    return checked(table.astype(str).replace("nan", ""), LABELS, "labels.csv")


def answered(
    *rows: dict[str, Any], family: Sequence[str] = (OWN,), renamed: Mapping[str, str] | None = None
) -> Answered:
    def home(annotation: int, changed: datetime) -> str:
        return family[0]

    return Answered(rows, family, home, renamed or {})


def pulled(old: Sequence[Mapping[str, Any]], now: Answered) -> list[dict[str, Any]]:
    merging = Merging(frame(old) if old else pd.DataFrame(columns=list(LABELS.columns)))
    merging.take(now)
    return merging.rows()


def told(rows: Sequence[Mapping[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return sorted(tuple(row[name] for name in names) for row in rows)


def test_the_same_answers_again_change_nothing() -> None:
    first = pulled([], answered(given("a"), given("b", 6, unit_id="u-2")))
    assert pulled(first, answered(given("b", 6, unit_id="u-2"), given("a"))) == first


def test_what_the_server_has_now_counts_even_if_its_clock_ran_back() -> None:
    first = pulled([], answered(given("a", made_at="2026-05-01T12:00:00Z")))
    again = pulled(first, answered(given("b", made_at="2026-05-01T10:30:00Z")))
    assert told(again, "value", "current") == [("a", "false"), ("b", "true")]


def test_of_two_answers_the_one_made_last_counts_though_the_clock_ran_back() -> None:
    merging = Merging(pd.DataFrame(columns=list(LABELS.columns)))
    early = "2026-04-30T10:00:00Z"
    merging.take(answered(given("a", 5), given("b", 6, made_at=early, created_at=early)))
    assert told(merging.rows(), "value", "current") == [("a", "false"), ("b", "true")]
    assert merging.clock == [
        "unit u-1, frame, coder-2: the server's clock ran back; the answer that came last counts"
    ]


def test_an_answer_that_was_edited_later_than_another_was_made_counts() -> None:
    later, edited = "2026-05-02T10:00:00Z", "2026-05-03T10:00:00Z"
    rows = pulled([], answered(given("a", 5, made_at=edited), given("b", 6, made_at=later, created_at=later)))
    assert told(rows, "value", "current") == [("a", "true"), ("b", "false")]


def test_a_name_reaches_answers_that_the_server_does_not_show() -> None:
    old = [given("a"), given("b", 6, unit_id="u-2", project=9)]
    merging = Merging(frame(pulled([], answered(*old))))
    merging.take(answered(given("a", coder="ada")))
    assert told(merging.rows(), "value", "coder") == [("a", "ada"), ("b", "ada")]
    assert merging.renames == {("coder-2", "ada"): 2}


def test_a_name_of_two_people_is_not_spread() -> None:
    """Both were called ada; the row of a project that is gone may be either's."""
    rows = [
        given("a", coder="ada"),
        given("b", 6, unit_id="u-2", coder="ada"),
        given("c", 7, project=9, coder="ada"),
    ]
    now = answered(given("a", coder="ada"), given("b", 6, unit_id="u-2", coder="ben"))
    assert told(pulled(pulled([], answered(*rows)), now), "value", "coder") == [
        ("a", "ada"), ("b", "ben"), ("c", "ada")
    ]  # fmt: skip


def test_two_coders_swap_their_names() -> None:
    old = [given("a", coder="ada"), given("b", 6, coder="ben"), given("c", 7, project=9, coder="ada")]
    now = answered(given("a", coder="ben"), given("b", 6, coder="ada"))
    assert told(pulled(pulled([], answered(*old)), now), "value", "coder") == [
        ("a", "ben"), ("b", "ada"), ("c", "ben")
    ]  # fmt: skip


def test_another_servers_answer_in_the_same_place_is_another_answer() -> None:
    first = pulled([], answered(given("a")))
    other = given("b", server=COPY, coder="coder-2-s22222")
    rows = pulled(first, answered(other, family=(COPY,)))
    assert told(rows, "value", "coder", "current", "withdrawn") == [
        ("a", "coder-2", "true", "false"),
        ("b", "coder-2-s22222", "true", "false"),
    ]


def test_rows_without_a_server_are_not_taken_by_a_stranger() -> None:
    """A file of version 0.1.0 and another server that has given the same ids, to another person, later."""
    old = [{**given("a"), "server": "", "kind": ""}]
    later = "2026-06-01T10:00:00Z"
    other = given("b", server=COPY, coder="coder-9", made_at=later, created_at=later)
    merging = Merging(frame(old))
    merging.take(answered(other, family=(COPY,)))
    assert merging.missing() == []
    assert told(merging.rows(), "value", "coder", "server") == [("a", "coder-2", ""), ("b", "coder-9", COPY)]


def test_an_answer_from_before_a_copy_stays_the_first_servers() -> None:
    first = pulled([], answered(given("a")))
    looked_at = given("a", server=COPY, made_at="2026-05-09T10:00:00Z")
    same = pulled(first, answered(looked_at, family=(OWN, COPY)))
    assert told(same, "value", "server") == [("a", OWN)]
    changed = given("b", server=COPY, made_at="2026-05-09T10:00:00Z")
    two = pulled(first, answered(changed, family=(OWN, COPY)))
    assert told(two, "value", "server", "current") == [("a", OWN, "false"), ("b", COPY, "true")]


def test_what_the_server_lacks_is_listed_until_it_is_withdrawn() -> None:
    old = pulled([], answered(given("a"), given("b", 6, unit_id="u-2")))
    merging = Merging(frame(old))
    merging.take(answered(given("b", 6, unit_id="u-2", made_at="2026-05-02T10:00:00Z")))
    assert merging.missing() == [
        Missing(OWN, ("1", "3", "5", "u-1"), "coder-2", moment("2026-05-01T10:00:00Z"), survived=True)
    ]
    assert merging.withdraw(merging.missing()) == 1
    rows = merging.rows()
    assert told(rows, "value", "current", "withdrawn") == [("a", "false", "true"), ("b", "true", "false")]
    again = Merging(frame(rows))
    again.take(answered(given("b", 6, unit_id="u-2")))
    assert again.missing() == []
    back = Merging(frame(rows))
    back.take(answered(given("a"), given("b", 6, unit_id="u-2")))
    assert told(back.rows(), "value", "current") == [("a", "true"), ("b", "true")]
    assert back.returned == 1


def test_an_answer_emptied_on_the_server_counts_no_more() -> None:
    """It holds a value of another variable only; the one that it had is an earlier version."""
    first = pulled([], answered(given("a"), given("x", variable="tone")))
    now = pulled(first, answered(given("x", variable="tone")))
    assert told(now, "value", "current") == [("a", "false"), ("x", "true")]


def test_imported_answers_are_joined_once_and_the_latest_counts() -> None:
    def imported(value: str, day: str) -> dict[str, Any]:
        none = {"project": "", "task": "", "annotation": "", "server": "", "created_at": day}
        return given(value, made_at=day, kind="imported", coder="eve") | none

    first = merge(pd.DataFrame(columns=list(LABELS.columns)), [imported("a", "2026-01-01T00:00:00+02:00")])
    assert merge(frame(first), [imported("a", "2026-01-01T00:00:00+02:00")]) == first
    second = merge(frame(first), [imported("b", "2025-12-31T23:00:00Z")])
    assert told(second, "value", "current") == [("a", "false"), ("b", "true")]
