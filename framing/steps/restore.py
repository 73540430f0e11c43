"""`framing restore`: the text put back into a study that was exported without it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.errors import InputError, WorkspaceError
from framing.formats import read_numbered
from framing.records import Article, Unit, Unusable, unit_id
from framing.settings import Workspace
from framing.steps.export import Exported, build
from framing.steps.sharing import exported
from framing.steps.split import Splitting
from framing.steps.study import Study
from framing.tables import LABELS, Table, checked, columns_present

if TYPE_CHECKING:
    import pandas as pd

#: What a column is called in a unit.
_FIELDS = ("text", "title", "author", "comment_author", "comment_time")
_NEIGHBOURS = ("before", "after")
_PLACES = Table(
    "SCORES", ("unit_id", "article_id", "start", "end"), ("unit_id", "article_id"), whole=("start", "end")
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restoring did.

    Attributes
    ----------
    exported : Exported
        The new study.
    units, restored : int
        Units of the study, and those whose text is back.
    unusable : list of Unusable
        Inputs that can't be used, and units that are not in the articles, or there with other words.
    """

    exported: Exported
    units: int
    restored: int
    unusable: list[Unusable]


def restore(
    folder: Path,
    inputs: Sequence[str | Path],
    output: Path,
    *,
    columns: Mapping[str, str] | None = None,
    presplit: bool = False,
) -> Restored:
    """Write a study again with the text of its articles.

    Parameters
    ----------
    folder : Path
        Exported without texts; it stays as it is.
    inputs, columns, presplit
        The articles, as for `framing.split`.
    output : Path
        The folder of the new study.

    Raises
    ------
    WorkspaceError
        If `folder` holds no study without texts, or something else lies in `output`.
    InputError
        If none of the study's units is in the articles.
    TableError
        If a table of the study breaks its contract.

    Notes
    -----
    A text is put back only if its unit's id, a hash of the text, says that it is the one that was
    coded; so are the neighbours shown beside it. Coders' notes, reasons and explanations can't be put
    back.
    """
    exported.refuse_links(folder)
    texts = exported.read_manifest(folder)["texts"]
    if texts != "left out":
        raise WorkspaceError(
            f"{folder}: a study whose texts are {texts}, expected one that was exported with --no-text",
            hint="use it as it is",
        )
    study = Study(Workspace(folder.resolve()))
    wanted = _wanted(study)
    splitting = Splitting(inputs, columns or {}, presplit, None, study.codebook.unit)
    found = _Texts(wanted)
    if presplit:
        for units in splitting.batches():
            found.take(units)
    else:
        for article, units in splitting.pages():
            found.take(units, article)
    missing = [unit for place in wanted.values() for unit in place if unit not in found.units]
    if not found.units:
        raise InputError(
            f"none of the {len(missing)} units of {folder} is in the articles given",
            hint="give the articles as they were when they were split, by the same path, id or URL",
        )
    done = build(study, output, found.fill, "put back")
    gone = [Unusable(f"unit {unit}", "its text is not in the articles given") for unit in missing]
    return Restored(done, len(missing) + len(found.units), len(found.units), [*splitting.unusable, *gone])


#: Article → unit → where it stands.
Wanted = dict[str, dict[str, tuple[int, int] | None]]


def _wanted(study: Study) -> Wanted:
    tables = [*sorted(study.needed.labels.glob("*.csv")), *sorted(study.needed.scores.glob("*.csv"))]
    found: Wanted = {}
    for path in tables:
        frame, rows = read_numbered(path)
        if "unit_id" not in frame.columns:
            continue
        kind = LABELS if columns_present(frame, LABELS.required) else _PLACES
        placed = checked(frame, kind, str(path), rows)[list(_PLACES.columns)]
        for unit, article, start, end in placed.astype(object).where(placed.notna(), None).to_numpy():
            place = None if start is None or end is None else (int(start), int(end))
            found.setdefault(str(article), {}).setdefault(str(unit), place)
    return found


@dataclass
class _Texts:
    """What the articles say of the units wanted."""

    wanted: Wanted
    units: dict[str, dict[str, str]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)

    def take(self, units: Sequence[Unit], article: Article | None = None) -> None:
        """Take the units of one article, and those of the study that it is cut into otherwise now."""
        here = self.wanted.get(units[0].article_id if units else "", {})
        if not here:
            return
        self.titles[units[0].article_id] = units[0].title
        for index, unit in enumerate(units):
            if unit.unit_id in here:
                told = {name: str(getattr(unit, name)) for name in _FIELDS}
                for name, near in (("before", units[:index][-1:]), ("after", units[index + 1 : index + 2])):
                    told[name] = next((one.text for one in near if one.unit_id in here), "")
                self.units[unit.unit_id] = told
        if article:
            self.units.update(_by_place(article, {u: p for u, p in here.items() if u not in self.units}))

    def fill(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        """A table with its texts."""
        new: dict[str, Any] = {}
        if "unit_id" in frame.columns:
            for name in (*_FIELDS, *_NEIGHBOURS):
                if name in frame.columns:
                    new[name] = [self.units.get(unit, {}).get(name, "") for unit in frame["unit_id"]]
        elif "title" in frame.columns:
            new["title"] = [self.titles.get(article, "") for article in frame["article_id"]]
        return frame.assign(**new)


def _by_place(
    article: Article, places: Mapping[str, tuple[int, int] | None]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Texts by offsets, where the id says that they are the ones that were coded."""
    for unit, place in places.items():
        text = article.text[slice(*place)] if place else ""
        times = article.text.count(text) if text else 0
        if any(unit == unit_id(article.article_id, text, number) for number in range(times)):
            yield unit, {"text": text, "title": article.title, "author": article.author}
