"""Which language a page is in, and whose sentence rules hold."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.pages import Languages, split_articles
from framing.pages.languages import language_of
from framing.pages.lines import lines_of
from framing.records import Article
from framing.steps.split import split

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {
    "de": "Der Rat will die Brücke über den Winter schließen, sagte die Bürgermeisterin am Montag.",
    "nl": "De gemeente is van plan de brug in de winter te sluiten, zei de burgemeester maandag.",
    "fr": "La ville veut fermer le pont pendant tout l'hiver, a annoncé la maire lundi soir.",
    "es": "El ayuntamiento quiere cerrar el puente durante el invierno, dijo la alcaldesa el lunes.",
    "ru": "Городской совет хочет закрыть мост на зиму, сообщила мэр города в понедельник.",
    "tr": "Belediye başkanı pazartesi günü, meclisin köprüyü kışın kapatmak istediğini söyledi.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_sentence_is_enough(language: str) -> None:
    menu = "Home | News | Sport\n" * 3
    assert language_of(lines_of(menu + TEXTS[language])) == language


def test_all_starter_pages_are_english_at_a_glance() -> None:
    """The common words are enough: no model is loaded for them."""
    code = (
        "import sys; from framing.steps.split import split; found = split(['seeds'], unit='sentence');"
        "list(found); print(dict(found.languages.found), found.languages.unsure, 'py3langid' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "{'en': 90} 0 False\n"


@pytest.mark.parametrize(
    "text", ["qz xkv wpl rtz mnk vrr hgf", "Zorba Kvisto Ptolemaeus Xi Fjell", "ŋŋɣ " * 9]
)
def test_what_tells_nothing_is_cut_by_english_rules_and_counted(text: str) -> None:
    languages = Languages()
    assert languages(lines_of(text)) == "en"
    assert languages.unsure == 1


@pytest.mark.parametrize("text", ["12:30", "Rain", "© 2024 | +++ | 17", "…", "\ud800" * 90])
def test_what_has_nothing_to_cut_is_read_as_english(text: str) -> None:
    assert language_of(lines_of(text)) == "en"


def test_a_language_that_is_given_holds_for_all() -> None:
    languages = Languages("de")
    list(split_articles([Article("a", "It is the end of the day."), Article("b", "1")], language=languages))
    assert (dict(languages.found), languages.unsure) == ({"de": 2}, 0)


def test_paragraphs_and_pages_need_no_language() -> None:
    languages = Languages()
    for unit in ("paragraph", "article"):
        list(split_articles([Article("a", TEXTS["de"])], language=languages, unit=unit))
    assert not languages.found


@given(st.text())
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert len(language_of(lines_of(text))) in (0, 2, 3)


def test_a_foreign_page_is_cut_by_its_own_rules(tmp_path: Path) -> None:
    text = "Am 3. Mai wurde die Brücke geschlossen. Dr. Weber sagte z. B. nichts. Das war der ganze Tag."
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    found = split([tmp_path])
    assert [unit.text for unit in found] == [
        "Am 3. Mai wurde die Brücke geschlossen.",
        "Dr. Weber sagte z. B. nichts.",
        "Das war der ganze Tag.",
    ]
    assert dict(found.languages.found) == {"de": 1}


def _framing(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "framing", "split", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8")


def test_the_command_says_what_it_took_for_no_english(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, text in (
        ("a", TEXTS["de"]),
        ("b", "Zorba Kvisto Ptolemaeus Xi Fjell"),
        ("c", "It is the end of the day."),
    ):
        (tmp_path / "in" / f"{name}.txt").write_text(text, encoding="utf-8")
    done = _framing("in", "-o", "units.csv", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        "1 article cut into sentences by the rules of: de",
        "1 article cut by English rules: the language could not be told",
        "3 articles, 3 units",
    ]
    given = _framing("in", "-o", "units.csv", "--language", "en", cwd=tmp_path)
    assert given.stderr == "3 articles, 3 units\n"
    with (tmp_path / "units.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["source"] for row in csv.DictReader(stream)] == ["a.txt", "b.txt", "c.txt"]


def test_a_language_that_is_no_code_is_refused(tmp_path: Path) -> None:
    done = _framing(".", "--language", "German", cwd=tmp_path)
    assert done.returncode == 2
    assert "found 'German', expected a code of ISO 639-1, for example de" in " ".join(done.stderr.split())
