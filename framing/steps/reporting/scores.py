"""What `framing report` takes from SCORES: the corpus, headlines and shares by outlet, the articles."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.codebook import Codebook, Variable
from framing.errors import ModelError, TableError
from framing.formats import read_frame
from framing.plural import counted
from framing.records import Unit
from framing.report.look import coloured
from framing.scoring.table import add_explanations
from framing.steps.models import find_model, model_folder
from framing.steps.study import Study
from framing.tables import UNITS, checked

if TYPE_CHECKING:
    import pandas as pd

    from framing.classifier import Model

UNKNOWN = "(not known)"
#: More outlets than this are not shown one by one.
MOST_OUTLETS = 40


@dataclass(frozen=True)
class Scores:
    """SCORES of one model.

    Attributes
    ----------
    file : Path
    table : DataFrame
        Unit columns with their types, then ``label``, ``p_<value>`` as numbers and ``explanation``.
    values : tuple of str
    variable : str
    model_id : str
    model : Model or None
        None if it is not at hand.
    known : Variable or None
        The variable with its definitions.
    """

    file: Path
    table: "pd.DataFrame"
    values: tuple[str, ...]
    variable: str
    model_id: str
    model: "Model | None"
    known: Variable | None

    @cached_property
    def colours(self) -> dict[str, str]:
        """A colour for each value."""
        said = {value.name: value.colour for value in self.known.values} if self.known else {}
        named = [{"name": name, "colour": said.get(name, "")} for name in self.values]
        return {item["name"]: item["colour"] for item in coloured(named)}

    def eligible(self, value: str) -> "pd.Series[bool]":
        """Which units stand where the value can occur."""
        found = next((item for item in self.known.values if item.name == value), None) if self.known else None
        regions = self.table["region"]
        return regions.isin(list(found.regions)) if found and found.regions else regions.notna()

    def says(self, value: str) -> "pd.Series[bool]":
        """To which units the model gives the value."""
        answers = {label: value in label.split("|") for label in set(self.table["label"])}
        return self.table["label"].map(answers).astype(bool)

    @cached_property
    def headlines(self) -> dict[str, str]:
        """The label of each article's first headline."""
        own = self.table[self.table["region"] == "headline"].drop_duplicates("article_id")
        return dict(zip(own["article_id"], own["label"], strict=True))

    @property
    def coloured_headlines(self) -> dict[str, tuple[str, str]]:
        """The same labels, each with its colour."""
        return {
            article: (label, self.colours.get(label.split("|")[0], "#757575"))
            for article, label in self.headlines.items()
        }


def read_scores(study: Study, path: Path, given: str = "") -> Scores:
    """Read SCORES and find the model that made them.

    Parameters
    ----------
    study : Study
    path : Path
    given : str
        The model's folder or name, where it does not lie under its name.

    Raises
    ------
    TableError
        If the file breaks the contract of SCORES or holds scores of several models.
    ModelError
        If the model given is missing, damaged or another one.
    """
    from framing.findings.prevalence_units import check_scores

    frame = read_frame(path)
    values = tuple(name[2:] for name in frame.columns if name.startswith("p_"))
    table = check_scores(frame, values, str(path))
    ids, variables = table["model"].unique().tolist(), table["variable"].unique().tolist()
    if len(ids) != 1 or len(variables) != 1 or not values:
        raise TableError(
            f"{path}: scores of {counted(len(ids), 'model')} on "
            f"{counted(len(variables), 'variable')} with {counted(len(values), 'value')}, "
            "expected one model, one variable and its columns p_<value>",
            hint="score the articles with one model: framing score INPUT... -o FILE",
        )
    model = _model(study, str(ids[0]), given)
    units = checked(frame.drop(columns=list(table.columns), errors="ignore").join(table), UNITS, str(path))
    if "explanation" not in units.columns:
        units["explanation"] = ""
    book = model.description.get("codebook") if model else None
    codebook = Codebook.model_validate(book) if book else study.codebook
    name = str(variables[0])
    return Scores(path, units, values, name, str(ids[0]), model, codebook.variable(name))


def _model(study: Study, wanted: str, given: str) -> "Model | None":
    """The model of SCORES if it lies under its name, or is the one given or the default."""
    if given:
        found = find_model(study, given)
        if not _same(found, wanted):
            raise ModelError(
                f"the scores were made by model {wanted}, found {found.id}",
                hint="name the model of the scores with --model, or score the articles again",
            )
        return found
    for name in (wanted.partition("@")[0], ""):
        if model_folder(study, name).is_dir():
            try:
                found = find_model(study, name)
            except ModelError:
                continue
            if _same(found, wanted):
                return found
    return None


def _same(model: "Model", wanted: str) -> bool:
    return model.id.partition("@")[2] == wanted.partition("@")[2]


def corpus(table: "pd.DataFrame") -> dict[str, Any]:
    """Count articles, outlets and units, and name the first and last day.

    Parameters
    ----------
    table : DataFrame
        SCORES or LABELS.
    """
    from framing.findings.dates import moment

    dates = sorted(found.date() for text in set(table["published"]) if (found := moment(str(text))))
    return {
        "articles": int(table["article_id"].nunique()),
        "outlets": int(table.loc[table["outlet"] != "", "outlet"].nunique()),
        "units": int(table["unit_id"].nunique()),
        "first": dates[0].isoformat() if dates else "",
        "last": dates[-1].isoformat() if dates else "",
    }


def headlines_by_outlet(scores: Scores) -> list[dict[str, Any]]:
    """Count the headlines of each outlet by their label, the highest share of the first value first."""
    outlets = scores.table.drop_duplicates("article_id").set_index("article_id")["outlet"]
    counts: dict[str, Counter[str]] = {}
    for article, label in scores.headlines.items():
        counts.setdefault(str(outlets[article]) or UNKNOWN, Counter()).update(label.split("|"))
    rows = []
    first = scores.values[0]
    for outlet in sorted(counts, key=lambda name: (-counts[name][first] / counts[name].total(), name)):
        own = counts[outlet]
        total = sum(own[value] for value in scores.values)
        parts = [
            {"name": value, "count": own[value], "share": own[value] / total, "colour": scores.colours[value]}
            for value in scores.values
            if own[value]
        ]
        if total:
            rows.append({"outlet": outlet, "total": total, "parts": parts})
    return rows[:MOST_OUTLETS]


def raw_shares(scores: Scores) -> list[dict[str, Any]]:
    """Shares of eligible units by value and outlet, in the rows of `framing prevalence`."""
    names = scores.table["outlet"].replace("", UNKNOWN)
    outlets = list(names.value_counts().index[:MOST_OUTLETS]) if names.nunique() > 1 else []
    rows = []
    for value in scores.values:
        inside, said = scores.eligible(value), scores.says(value)
        rows.append(_raw(value, "", "all", inside, said))
        rows += [_raw(value, "outlet", str(name), inside & (names == name), said) for name in outlets]
    return rows


def _raw(value: str, by: str, group: str, inside: Any, said: Any) -> dict[str, Any]:
    units = int(inside.sum())
    share = float((inside & said).sum()) / units if units else None
    reason = "" if units else "no unit stands where it can occur"
    return {
        "value": value,
        "by": by,
        "group": group,
        "units": units,
        "labels": 0,
        "raw_share": share,
        "corrected_share": None,
        "corrected_share_interval": None,
        "reason": reason,
    }


def shown_articles(
    scores: Scores, gold: Mapping[str, str], learnt: frozenset[str], most: int
) -> list[dict[str, Any]]:
    """Give the first articles with their units, ready to be packed; explained if the model is at hand.

    Parameters
    ----------
    scores : Scores
    gold : mapping of str to str
        Unit → the value that it ended with.
    learnt : frozenset of str
        Units that the model was trained on.
    most : int
        No more articles than this.
    """
    names = scores.table["article_id"].drop_duplicates().head(most)
    table = scores.table[scores.table["article_id"].isin(names)]
    rows = _explained(scores, table)
    articles: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        articles.setdefault(str(row["article_id"]), []).append(row)
    return [_article(scores, units, gold, learnt) for units in articles.values()]


def _explained(scores: Scores, table: "pd.DataFrame") -> list[dict[str, Any]]:
    plain = table.astype(object).where(table.notna(), None)
    rows: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]
    if scores.model and not any(row["explanation"] for row in rows):
        units = [_unit(row) for row in rows]
        add_explanations(scores.model, units, rows)
    return rows


def _unit(row: Mapping[str, Any]) -> Unit:
    numbers = {name: row[name] or 0 for name in ("start", "end", "paragraph", "position")}
    return Unit(**{name: row[name] for name in Unit._fields} | numbers)


def _article(
    scores: Scores, units: Sequence[Mapping[str, Any]], gold: Mapping[str, str], learnt: frozenset[str]
) -> dict[str, Any]:
    first = units[0]
    counts = Counter(value for row in units for value in row["label"].split("|") if value)
    headline = next((row for row in units if row["region"] == "headline"), None)
    total = sum(counts[value] for value in scores.values)
    return {
        "id": first["article_id"],
        "title": first["title"] or (headline["text"] if headline else "") or first["source"],
        "outlet": first["outlet"] or UNKNOWN,
        "published": first["published"],
        "headline": headline["label"] if headline else "",
        "colour": scores.colours.get(headline["label"].split("|")[0], "#757575") if headline else "#757575",
        "parts": [
            {"name": value, "count": counts[value], "share": counts[value] / total}
            for value in scores.values
            if counts[value]
        ],
        "units": list(_units(scores, units, gold, learnt)),
    }


def _units(
    scores: Scores, units: Sequence[Mapping[str, Any]], gold: Mapping[str, str], learnt: frozenset[str]
) -> Iterator[dict[str, Any]]:
    for row in units:
        yield {
            "text": row["text"],
            "label": row["label"],
            "proba": [row[f"p_{value}"] for value in scores.values],
            "region": row["region"] or UNKNOWN,
            "paragraph": row["paragraph"] or 0,
            "explanation": row["explanation"],
            "gold": gold.get(row["unit_id"]),
            "learnt": row["unit_id"] in learnt,
        }
