"""The first half of `framing compare`: articles taken in, and grouped."""

import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import compress, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from framing.articles import read_articles
from framing.codebook import Codebook, Variable
from framing.errors import FramingError, InputError
from framing.findings.boilerplate import Boilerplate
from framing.findings.dates import day
from framing.findings.pages import Makeup, Share, makeup
from framing.findings.stories import REPORT, TELLING, Grouping, Known, group_articles
from framing.records import Article
from framing.resources import packaged
from framing.similarity import Runs
from framing.steps.stories.shelf import Shelf
from framing.terms import TermCounts

if TYPE_CHECKING:
    from framing.classifier import Model

ARTICLE = ("article_id", "source", "outlet", "title", "published", "story")


@dataclass(frozen=True, slots=True)
class Card:
    """One article without its text.

    Attributes
    ----------
    article : dict of str to str
        Columns as in `ARTICLE`.
    makeup : Makeup
    """

    article: dict[str, str]
    makeup: Makeup

    @property
    def title(self) -> str:
        """The known title, else the headline on the page."""
        return self.article["title"] or self.makeup.headline

    @property
    def outlet(self) -> str:
        """Who tells it: the outlet, else the source."""
        return self.article["outlet"] or self.article["source"]


class Taken:
    """Articles taken in one after another; all but their ids, dates and places goes to disk.

    Parameters
    ----------
    model : Model or None
        Has scored them.
    scratch : callable
        Opens an empty file.
    """

    def __init__(self, model: "Model | None", scratch: Callable[[], BinaryIO]) -> None:
        self.model = model
        self._scratch = scratch
        self._units, self._cards, self._lines = (Shelf(scratch()) for _ in range(3))
        self._boilerplate = Boilerplate(scratch())
        self._days = array("d")
        self._stories: list[str] = []
        #: The number of each article, by its id.
        self.numbers: dict[str, int] = {}

    @cached_property
    def variable(self) -> Variable | None:
        """The model's variable as its own codebook has it."""
        book = self.model.description.get("codebook") if self.model else None
        return Codebook.model_validate(book).variable(self.model.variable) if book and self.model else None

    @property
    def values(self) -> tuple[str, ...]:
        """The model's values; none without a model."""
        return self.model.values if self.model else ()

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take whole articles.

        Raises
        ------
        InputError
            If the units of an article do not stand together.
        """
        for name, group in groupby(rows, key=lambda row: str(row["article_id"])):
            self._take(name, list(group))

    def _take(self, name: str, units: Sequence[Mapping[str, Any]]) -> None:
        if name in self.numbers:
            raise InputError(
                f"the units of {units[0]['source']!r} do not stand together",
                hint="sort the table by article_id, the units in their order",
            )
        article = {column: str(units[0].get(column) or "") for column in ARTICLE}
        when = day(article["published"])
        self.numbers[name] = self._units.put([dict(unit) for unit in units])
        self._cards.put({"article": article, "makeup": asdict(makeup(units, self.variable, self.values))})
        self._days.append(float("nan") if when is None else when)
        self._stories.append(article["story"])
        lines = telling(units)
        self._boilerplate.add(article["outlet"], [text for _, text in lines])
        self._lines.put([article["outlet"], lines])

    def units(self, number: int) -> list[dict[str, Any]]:
        """The units of the article of that number, in the order of the page."""
        units: list[dict[str, Any]] = self._units.get(number)
        return units

    def card(self, number: int) -> Card:
        """The article of that number without its text."""
        found = self._cards.get(number)
        made = found["makeup"]
        shares = {value: Share(**share) for value, share in made["shares"].items()}
        return Card(found["article"], Makeup(**made | {"shares": shares}))

    def cards(self) -> Iterator[Card]:
        """All articles in the order in which they were taken in."""
        return map(self.card, range(len(self.numbers)))

    def grouping(self) -> Grouping:
        """Group them; the starter pages tell which words are common."""
        background, counts, reports = TermCounts(), TermCounts(self._scratch()), Runs(self._scratch())
        background.add(item.text for item in read_articles([packaged("seeds")]) if isinstance(item, Article))
        for number in range(len(self.numbers)):
            outlet, lines = self._lines.get(number)
            told = self._boilerplate.told(outlet, [text for _, text in lines])
            own = list(compress(lines, told))
            counts.add([text_of(own, TELLING)])
            reports.add([text_of(own, REPORT)])
        known = Known(list(self.numbers), self._days, self._stories)
        return group_articles(known, counts, reports, background=background, scratch=self._scratch)


def telling(units: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Region and text of the units that tell what an article is about; of all if none does."""
    lines = [(str(unit["region"]), str(unit["text"])) for unit in units]
    return [line for line in lines if line[0] in TELLING] or lines


def text_of(lines: Sequence[tuple[str, str]], regions: frozenset[str]) -> str:
    """The text of the lines of these regions; of all lines if there are none."""
    return " ".join([text for region, text in lines if region in regions] or [text for _, text in lines])


@contextmanager
def taking(model: "Model | None", folder: Path | None = None) -> Iterator[Taken]:
    """Take articles in, with files that are gone afterwards.

    Parameters
    ----------
    model : Model or None
        Has scored them.
    folder : Path, optional
        Where the files lie meanwhile, or beside it; where the system keeps such files by default.

    Raises
    ------
    FramingError
        If there is no room for them.
    """
    # The folder itself is made once there is something to put into it.
    place = next((path for path in (folder, *folder.parents) if path.is_dir()), None) if folder else None
    try:
        with ExitStack() as opened:
            yield Taken(
                model,
                lambda: opened.enter_context(tempfile.TemporaryFile(prefix="framing-compare-", dir=place)),
            )
    except OSError as error:
        raise FramingError(
            f"{place or tempfile.gettempdir()}: can't be written: {error.strerror or error}",
            hint="free some space or choose another place with -o",
        ) from error
