"""Which language a page is in, told from its longer lines.

Most pages are English, which a few common words show at almost no cost; only for others the
model of py3langid is loaded. Where even that is unsure, English rules hold, and it is counted.
"""

import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from framing.errors import FramingError
from framing.pages.lines import Line

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH = "en"

#: Characters that are looked at: enough for any language, and cheap on pages of megabytes.
_READ = 2000
#: Lines of so many characters are text rather than links and buttons.
_TEXT_LINE = 60
#: Fewer letters tell nothing, and hold nothing to cut.
_FEWEST_LETTERS = 20
#: Share of `_COMMON` among the words from which on a text is English.
_ENGLISH_SHARE = 0.12
#: Below this probability a language counts as unknown.
_SURE = 0.7
#: What py3langid calls text in no language.
_NO_LANGUAGE = "zxx"
#: English words that are common in no other large language.
_COMMON = frozenset(
    "the of and is that with said are for it be by from this have has will not they their "
    "his her were been would which you your we our to but or who about when there what".split()
)
_LETTER = re.compile(r"[^\W\d_]")


def language_of(lines: Sequence[Line]) -> str:
    """Tell a page's language.

    Parameters
    ----------
    lines : sequence of Line
        The page's non-blank lines.

    Returns
    -------
    str
        ISO 639-1 code; empty where no language is likely enough. A page with next to no letters, which
        has no sentences to find, counts as English.

    Examples
    --------
    >>> from framing.pages.lines import lines_of
    >>> language_of(lines_of("The council said that it will close the bridge for the winter."))
    'en'
    >>> language_of(lines_of("Der Rat will die Brücke über den Winter schließen, teilte er gestern mit."))
    'de'
    >>> language_of(lines_of("12:30"))
    'en'
    """
    text = _sample(lines)
    found = text.lower().split()
    if sum(map(_COMMON.__contains__, found)) > _ENGLISH_SHARE * len(found):
        return ENGLISH
    if len(_LETTER.findall(text)) < _FEWEST_LETTERS:
        return ENGLISH
    language, probability = _identifier().classify(text)
    if language == ENGLISH:
        return ENGLISH
    return str(language) if probability >= _SURE and language != _NO_LANGUAGE else ""


def _sample(lines: Sequence[Line]) -> str:
    """The beginning of a page's text: its longer lines, or all where there are none."""
    chosen: list[str] = []
    size = 0
    for line in lines:
        if len(line.text) >= _TEXT_LINE:
            chosen.append(line.text[: _READ - size])
            size += len(line.text)
            if size >= _READ:
                break
    return " ".join(chosen or [line.text for line in lines[:_READ]])[:_READ]


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    try:
        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:  # it is unpacked into a temporary file
        raise FramingError(
            f"{tempfile.gettempdir()}: no room to tell a page's language: {error.strerror or error}",
            hint="free some space there, or name the language, for example: --language en",
        ) from error


class Languages:
    """Gives each page its language, and counts.

    Parameters
    ----------
    given : str
        The language of all pages; empty: each page tells.

    Attributes
    ----------
    found : Counter of str
        Pages by language, as they were read.
    unsure : int
        Pages read as English because their language could not be told.
    """

    def __init__(self, given: str = "") -> None:
        self.given = given
        self.found: Counter[str] = Counter()
        self.unsure = 0

    def __call__(self, lines: Sequence[Line]) -> str:
        """Tell the language whose rules hold for a page."""
        told = self.given or language_of(lines)
        self.unsure += not told
        language = told or ENGLISH
        self.found[language] += 1
        return language
