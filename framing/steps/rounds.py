"""What a round asks for: the units of the inputs that count, drawn by its plan."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from framing.codebook import Codebook
from framing.errors import FramingError, TableError
from framing.records import REGIONS, Unit, digest, former_unit
from framing.sampling import Plan, Sample, draw
from framing.steps.copies import Copies
from framing.steps.models import find_model
from framing.steps.study import Study

_STRATA = ("region", "outlet", "story")
#: Texts of fewer words get their meaning from where they stand, so that repeats are coded too.
_LONG = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to draw.

    Attributes
    ----------
    plan : Plan
    regions : tuple of str
        Only units of these; empty: all.
    suggest : str
        A model that shows its suggestions; also the one that says which units are uncertain.
    copies : bool
        Whether to ask for articles too that copy another one.
    """

    plan: Plan = field(default_factory=Plan)
    regions: tuple[str, ...] = ()
    suggest: str = ""
    copies: bool = False


@dataclass(frozen=True, slots=True)
class Copied:
    """An article that copies another one, as wire copy does, and is not asked for.

    Attributes
    ----------
    article_id, source : str
    copy_of : str
        The article_id of the one that is asked for.
    units : int
        Units of the article that could have been drawn.
    """

    article_id: str
    source: str
    copy_of: str
    units: int

    def __str__(self) -> str:
        return f"{self.source} copies article {self.copy_of}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Units that a round does not ask for, counted by reason.

    Attributes
    ----------
    other_regions : int
        Not of the regions asked for.
    ineligible : int
        Of regions where no value can occur by the codebook.
    copied : int
        Of articles that copy another one.
    repeated : int
        The same words as an earlier unit of another article.
    not_drawn : int
        Could have been drawn but were not.
    copies : tuple of Copied
        The articles that copy another one.
    """

    other_regions: int = 0
    ineligible: int = 0
    copied: int = 0
    repeated: int = 0
    not_drawn: int = 0
    copies: tuple[Copied, ...] = ()


def check_wanted(wanted: Wanted) -> None:
    """Refuse a plan that can't be followed.

    Raises
    ------
    FramingError
    """
    wrong = [name for name in wanted.regions if name not in REGIONS]
    if wrong:
        raise FramingError(
            f"no region {' '.join(wrong)}, expected {' '.join(REGIONS)}",
            hint="for example: framing push seeds/ --regions headline,standfirst",
        )
    odd = [name for name in wanted.plan.strata if name not in _STRATA]
    if odd:
        raise FramingError(
            f"no strata by {' '.join(odd)}, expected {' '.join(_STRATA)}",
            hint="for example: framing push seeds/ --select random -n 200 --strata region",
        )
    if wanted.plan.n is not None and wanted.plan.select == "all":
        raise FramingError(
            "-n needs a way to choose: found --select all",
            hint="add --select random, or --select uncertain",
        )


def draw_round(
    study: Study,
    units: Sequence[Unit],
    wanted: Wanted,
    codebook: Codebook,
    there: Callable[[], Collection[str]] = tuple,
) -> tuple[Sample, LeftOut]:
    """Keep the units that count and draw from them.

    Parameters
    ----------
    there : callable
        Gives the ids of the units that the round has already; asked only where it matters.

    Raises
    ------
    TableError
        If nothing is left to draw from.
    ModelError
        If uncertain units are asked for and there is no model.
    """
    check_wanted(wanted)
    inside = [unit for unit in units if not wanted.regions or unit.region in wanted.regions]
    eligible = [unit for unit in inside if can_be_coded(unit.region, codebook)]
    copies = () if wanted.copies else copies_among(units, eligible)
    copied = {item.article_id for item in copies}
    single = [unit for unit in eligible if unit.article_id not in copied]
    once = without_repeats(single)
    if not once:
        raise TableError(
            f"none of the {len(units)} units can be asked for: {len(units) - len(inside)} stand in other "
            f"regions, {len(inside) - len(eligible)} where no value can occur",
            hint="ask for other regions, or look at regions: in config/codebook.yaml",
        )
    doubts = _uncertainty(study, wanted, units) if wanted.plan.select == "uncertain" else None
    sample = draw(once, wanted.plan, doubts, there() if doubts else ())
    left = LeftOut(
        other_regions=len(units) - len(inside),
        ineligible=len(inside) - len(eligible),
        copied=len(eligible) - len(single),
        repeated=len(single) - len(once),
        not_drawn=len(once) - len(sample.drawn),
        copies=copies,
    )
    return sample, left


def can_be_coded(region: str, codebook: Codebook) -> bool:
    """Whether some value of some variable can occur in a region."""
    return any(value.can_occur_in(region) for variable in codebook.variables for value in variable.values)


def copies_among(pages: Sequence[Unit], eligible: Sequence[Unit]) -> tuple[Copied, ...]:
    """Find the articles that copy another one; each counts its eligible units."""
    noted = Copies()
    sources = {}
    for article, found in groupby(pages, key=lambda unit: unit.article_id):
        own = list(found)
        sources[article] = own[0].source
        noted.note(own)
    counts = Counter(unit.article_id for unit in eligible)
    repeats = noted.repeats().items()
    return tuple(Copied(name, sources[name], origin, counts[name]) for name, origin in repeats)


def without_repeats(units: Sequence[Unit]) -> list[Unit]:
    """Leave out units whose words stood in another article before, in the same region.

    Short texts are kept: the same link or credit can do different things on different pages.
    """
    first: dict[tuple[str, str], str] = {}
    kept = []
    for unit in units:
        words = " ".join(unit.text.casefold().split())
        if (
            words.count(" ") + 1 < _LONG
            or first.setdefault((unit.region, words), unit.article_id) == unit.article_id
        ):
            kept.append(unit)
    return kept


def _uncertainty(
    study: Study, wanted: Wanted, pages: Sequence[Unit]
) -> Callable[[Sequence[Unit]], Sequence[float]]:
    """Tell how unsure a model is of units, asked about whole pages: a unit's neighbours count."""
    from framing.serving.suggestions import suggest

    told = suggest(find_model(study, wanted.suggest), list(pages))
    doubts = {unit.unit_id: 1 - item.margin for unit, item in zip(pages, told, strict=True)}
    return lambda units: [doubts[unit.unit_id] for unit in units]


def pool_of(units: Sequence[Unit], wanted: Wanted) -> str:
    """Name a population and the way it is drawn from; the same for a larger `n`, and as in 0.1.0."""
    plan = wanted.plan
    told = [plan.select, str(plan.seed), *plan.strata, *sorted(former_unit(unit.unit_id) for unit in units)]
    return digest("\n".join(told), size=6)
