from pathlib import Path

import pytest

from framing.codebook import Codebook, Value, Variable
from framing.errors import CodebookError
from framing.resources import packaged

FAULTY = """title: x
variabels: 3
variables:
  - name: a b
    type: many
    values:
      - {name: x, definition: d, hotkey: '1', regions: [body, moon]}
      - {name: x, hotkey: '1', colour: red}
      - foo
"""


def test_the_default_codebook_has_the_five_values() -> None:
    book = Codebook.read(packaged("config") / "codebook.yaml")
    frame = book.variable("frame")
    assert frame is not None
    assert frame.names == (
        "alarmist_headline",
        "advocacy_appeal",
        "neutral_report",
        "reader_comment",
        "site_furniture",
    )
    assert all(value.use_when and value.dont_use_when and value.examples for value in frame.values)
    assert len({value.hotkey for value in frame.values}) == 5


def test_every_fault_is_named_at_once_with_its_line() -> None:
    with pytest.raises(CodebookError) as caught:
        Codebook.parse(FAULTY, name="c.yaml")
    assert caught.value.message == "c.yaml: 9 faults in the codebook"
    assert caught.value.faults == (
        "c.yaml:2: variabels: unknown key",
        "c.yaml:4: variables.0.name: found 'a b', expected a word of letters, digits, _ and - that "
        "begins with a letter (no |, no space)",
        "c.yaml:5: variables.0.type: found 'many', expected 'one' or 'several'",
        "c.yaml:7: variables.0.values.0.regions.1: found 'moon', expected regions out of headline "
        "standfirst subhead byline body caption related appeal comment comment_meta furniture",
        "c.yaml:8: variables.0.values.1.colour: found 'red', expected a colour like '#c62828'",
        "c.yaml:8: variables.0.values.1.definition: missing",
        "c.yaml:8: variables.0.values.1.hotkey: hotkey '1' stands twice, expected once",
        "c.yaml:8: variables.0.values.1.name: value 'x' stands twice, expected once",
        "c.yaml:9: variables.0.values.2: found 'foo', expected a mapping with name and definition",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "c.yaml: 1 fault in the codebook"),
        ("- a\n- b\n", "c.yaml: 1 fault in the codebook"),
        ("variables: []\n", "c.yaml: 1 fault in the codebook"),
        ("variables: [\n", "c.yaml:2: no YAML: "),
        ("a: &a [*a]\n", "c.yaml: 2 faults in the codebook"),
        ("!!python/object/apply:os.system ['true']\n", "c.yaml:1: no YAML: "),
    ],
)
def test_what_is_no_codebook_is_refused(text: str, told: str) -> None:
    with pytest.raises(CodebookError) as caught:
        Codebook.parse(text, name="c.yaml")
    assert caught.value.message.startswith(told)
    assert caught.value.hint


def test_names_that_the_screen_uses_are_refused() -> None:
    text = "variables: [{name: note, values: [{name: a, definition: d}, {name: b, definition: d}]}]"
    with pytest.raises(CodebookError) as caught:
        Codebook.parse(text, name="c.yaml")
    assert caught.value.faults == (
        "c.yaml:1: variables.0.name: 'note' is a name that the labelling screen uses, expected another",
    )


def test_a_missing_codebook_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CodebookError) as caught:
        Codebook.read(tmp_path / "none.yaml")
    assert caught.value.message == f"{tmp_path / 'none.yaml'}: no such codebook"
    assert caught.value.hint == "make a workspace with: framing init DIR"


def _book(definition: str, *names: str) -> Codebook:
    values = tuple(Value(name=name, definition=definition) for name in names)
    return Codebook(variables=(Variable(name="tone", values=values),))


def test_a_typo_changes_one_hash_and_a_value_both() -> None:
    first, mended, changed = _book("Quite", "a", "b"), _book("Quiet", "a", "b"), _book("Quite", "a", "c")
    assert first.fingerprint != mended.fingerprint
    assert first.values_fingerprint == mended.values_fingerprint
    assert first.values_fingerprint != changed.values_fingerprint


def test_one_takes_exactly_one_value() -> None:
    tone = _book("d", "a", "b").variables[0]
    assert tone.parse("a") == ("a",)
    assert tone.parse("a|b") is None
    assert tone.parse("") is None


def test_values_can_be_numbers() -> None:
    text = "variables: [{name: grade, ordered: true, values: [%s]}]"
    book = Codebook.parse(text % "{name: 1, definition: d, hotkey: 1}, {name: '2', definition: d}")
    assert book.variables[0].names == ("1", "2")
    with pytest.raises(CodebookError) as caught:
        Codebook.parse(
            text % "{name: 1, definition: d}, {name: '1', definition: d}, {name: yes, definition: d}"
        )
    assert caught.value.faults == (
        "codebook:1: variables.0.values.1.name: value '1' stands twice, expected once",
        "codebook:1: variables.0.values.2.name: found True, expected it in quotes: YAML reads yes, no, on "
        "and off as true and false",
    )
