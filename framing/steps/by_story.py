"""Stories in a round: a coder gets the units of one story one after another, or never two in a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from framing.errors import ServerError
from framing.formats import read_frame
from framing.records import Unit
from framing.sampling import Drawn, Sample, apart
from framing.steps.stories.taken import taking
from framing.steps.study import Study

ByStory = Literal["", "together", "apart"]
#: Begins the line in a project's description that keeps the choice.
LINE = "framing-by-story: "


@dataclass(frozen=True, slots=True)
class Stories:
    """What a round does with stories.

    Attributes
    ----------
    choice : {"", "together", "apart"}
        Empty: nothing.
    of : mapping of str to str
        The story of each article, by article id; empty where nothing is done with them.
    """

    choice: ByStory = ""
    of: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def among(cls, study: Study, units: Sequence[Unit], choice: ByStory) -> "Stories":
        """Find the stories that a round needs.

        The metadata's own come first, then those in the workspace's ``stories/articles.csv``; if an
        article stands in neither, all are grouped anew.

        Raises
        ------
        TableError
            If ``stories/articles.csv`` is there and can't be read.
        """
        return cls(choice, _stories(study, units)) if choice else cls()

    def story(self, unit: Unit) -> str:
        """The story of a unit; empty where nothing is done with them."""
        return self.of.get(unit.article_id, "")

    def order(self, sample: Sample) -> Sample:
        """Put what was drawn into the order in which coders should meet it."""
        if self.choice == "together":
            groups: dict[str, list[Drawn]] = {}
            for item in sample.drawn:
                groups.setdefault(self.story(item.unit), []).append(item)
            # Units that were drawn by chance lose their order here: those of an article part again.
            inside = [_parted(members) for members in groups.values()]
            return replace(sample, drawn=[item for members in inside for item in members])
        if self.choice == "apart":
            return replace(sample, drawn=apart(sample.drawn, self._of_one_story))
        return sample

    def _of_one_story(self, first: Unit, second: Unit) -> bool:
        return self.story(first) == self.story(second)

    def noted(self, unit: Unit) -> dict[str, str]:
        """What a task keeps of it: the choice, and the story that it went by."""
        return {"by_story": self.choice, "by_story_name": self.story(unit)} if self.choice else {}

    def line(self) -> str:
        """What a project keeps of it."""
        return LINE + self.choice

    def check(self, round_: str, description: str) -> None:
        """Refuse another choice than the one that a round's project keeps.

        Raises
        ------
        ServerError
        """
        kept = [line.removeprefix(LINE) for line in description.splitlines() if line.startswith(LINE)]
        before = kept[0] if kept else ""
        if before != self.choice:
            raise ServerError(
                f"round {round_!r} was pushed {_told(before)}, found {_told(self.choice)}",
                hint="push as before, or start a new round: framing push --round NAME",
            )


def _told(choice: str) -> str:
    return f"with --by-story {choice}" if choice else "without --by-story"


def _parted(drawn: list[Drawn]) -> list[Drawn]:
    return drawn if all(item.sampling == "all" for item in drawn) else apart(drawn)


def _stories(study: Study, units: Sequence[Unit]) -> dict[str, str]:
    found = {unit.article_id: unit.story for unit in units}
    table = study.needed.root / "stories" / "articles.csv"
    if not all(found.values()) and table.is_file():
        frame = read_frame(table)
        known = dict(zip(frame["article_id"], frame["story"], strict=True))
        found = {article: story or str(known.get(article, "")) for article, story in found.items()}
    return found if all(found.values()) else _grouped(units)


def _grouped(units: Sequence[Unit]) -> dict[str, str]:
    with taking(None) as taken:
        taken.write(unit.row() for unit in units)
        return dict(zip(taken.numbers, taken.grouping().story, strict=True))
