"""Worlds with a known truth, taken through train, score and prevalence as a study would be."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from framing.findings.prevalence import Estimate, Units, estimate
from framing.formats import read_frame, writing
from framing.records import UNIT_COLUMNS, Unit, article_id, unit_id
from framing.sampling import Plan, draw
from framing.steps.models import find_model
from framing.steps.prevalence import prevalence
from framing.steps.score import score
from framing.steps.study import Study
from framing.steps.train import train

if TYPE_CHECKING:
    import pandas as pd

#: An estimate, and half the width of an interval of the raw share.
Found = tuple[Estimate, float]
#: Shares of the values over all units: skewed.
SHARES = {"report": 0.85, "alarm": 0.1, "appeal": 0.05}
_OWN = {
    "report": "council road budget harbour school train rain vote".split(),
    "alarm": "terror doom panic chaos deadly fear horror threat".split(),
    "appeal": "give donate sign join support share gift subscribe".split(),
}
_COMMON = "town people week morning office street paper group plan house".split()
#: Part of a unit's words that tell its value: the rest makes the classifier err.
_TELLING = 0.22
_LABELS = "unit_id article_id variable value coder sampling probability text region story".split()


@dataclass
class World:
    """Articles whose truth is known.

    Attributes
    ----------
    rng : Generator
    truth : dict of str to str
        Unit → value.
    """

    rng: np.random.Generator
    truth: dict[str, str] = field(default_factory=dict)

    def articles(self, count: int, shift: float = 0.0) -> list[Unit]:
        """Draw articles, each with a mix of values of its own; `shift` makes alarms commoner."""
        names = list(SHARES)
        shares = np.array([SHARES["report"] - shift, SHARES["alarm"] + shift, SHARES["appeal"]])
        found = []
        for number in range(count):
            source = f"{self.rng.integers(2**62)}-{number}"
            mix = self.rng.dirichlet(shares * 6)
            for position, index in enumerate(self.rng.choice(3, int(self.rng.integers(4, 13)), p=mix)):
                found.append(self._unit(source, position, names[int(index)]))
        return found

    def _unit(self, source: str, position: int, value: str) -> Unit:
        telling = self.rng.random(8) < _TELLING
        words = [str(self.rng.choice(_OWN[value] if own else _COMMON)) for own in telling]
        text = " ".join(words)
        article = article_id(source)
        unit = Unit(
            unit_id=unit_id(article, text, position),
            article_id=article,
            source=source,
            start=position * 100,
            end=position * 100 + len(text),
            text=text,
            region="body",
            paragraph=position,
            position=position,
        )
        self.truth[unit.unit_id] = value
        return unit

    def write_units(self, units: list[Unit], file: Path) -> Path:
        with writing(file, UNIT_COLUMNS) as rows:
            rows.write({name: getattr(unit, name) for name in UNIT_COLUMNS} for unit in units)
        return file

    def write_labels(self, units: list[Unit], plan: Plan, file: Path, model: str = "") -> Path:
        """Draw units as `framing push` does and let a coder answer as it is."""
        sample = draw(units, plan, (lambda some: doubts(model, some)) if model else None)
        with file.open("w", newline="", encoding="utf-8") as stream:
            rows = csv.writer(stream)
            rows.writerow(_LABELS)
            for item in sample.drawn:
                unit = item.unit
                chance = "" if item.probability is None else item.probability
                value = self.truth[unit.unit_id]
                rows.writerow(
                    [unit.unit_id, unit.article_id, "label", value, "a", item.sampling, chance, unit.text,
                     unit.region, ""]
                )  # fmt: skip
        return file


def doubts(model: str, units: list[Unit]) -> list[float]:
    """One minus the margin between the two likeliest values."""
    ranked = np.sort(find_model(Study(None), model).predict_proba(units), axis=1)
    return [float(x) for x in 1 - (ranked[:, -1] - ranked[:, -2])]


def first_model(folder: Path) -> str:
    """A model from a world where alarms are four times as common: biased in the world that follows."""
    world = World(np.random.default_rng(7))
    units = world.articles(60, shift=0.3)
    labels = world.write_labels(units, Plan(), folder / "first.csv")
    return str(train(Study(None), [labels], output=folder / "first").folder)


def held_apart(number: int, folder: Path, model: str, labels: int = 200) -> dict[str, Found]:
    """One draw: labels after the training, chosen as uncertain with a random share of a fifth mixed in.

    `labels` is how many of them are drawn at random.
    """
    world = World(np.random.default_rng([11, number]))
    units = world.articles(250)
    wanted = Plan(select="uncertain", n=5 * labels, seed=number)
    answers = world.write_labels(units, wanted, folder / "labels.csv", model)
    return _figures(world, units, answers, folder, model)


def learnt_from(number: int, folder: Path, model: str) -> dict[str, Found]:
    """One draw: a model trained on the very labels that correct it, actively chosen ones included."""
    world = World(np.random.default_rng([13, number]))
    units = world.articles(250)
    wanted = Plan(select="uncertain", n=1000, seed=number)
    labels = world.write_labels(units, wanted, folder / "labels.csv", model)
    own = str(train(Study(None), [labels], output=folder / "own").folder)
    return _figures(world, units, labels, folder, own)


def _figures(world: World, units: list[Unit], labels: Path, folder: Path, model: str) -> dict[str, Found]:
    pages = world.write_units(units, folder / "units.csv")
    score(Study(None), [pages], model=model, presplit=True, output=folder / "scores.csv")
    found = prevalence(Study(None), folder / "scores.csv", [labels], model=model)
    wanted = {"units", "articles", "labels", "labelled_articles", "raw_share", "corrected_share"} | {
        "corrected_share_interval", "standard_error", "tuning", "reason", "labels_needed",
    }  # fmt: skip
    table = read_frame(folder / "scores.csv")
    return {
        row["value"]: (Estimate(**{name: row[name] for name in wanted}), _raw_half(table, row["value"]))
        for row in found.shares
    }


def _raw_half(scores: "pd.DataFrame", value: str) -> float:
    """Half the 95 % interval that the raw share would get over articles, the model's errors forgotten."""
    said = (scores["label"] == value).astype(float)
    sums = (said - said.mean()).groupby(scores["article_id"]).sum()
    return 1.96 * float(np.sqrt((sums**2).sum())) / len(said)


@dataclass
class Coverage:
    """How many draws' intervals held the truth, of those that had one."""

    draws: int = 0
    corrected: int = 0
    raw: int = 0
    undefined: int = 0
    tuning: float = 0.0
    bias: float = 0.0

    def add(self, given: Found, truth: float) -> None:
        found, half = given
        self.draws += 1
        self.raw += abs((found.raw_share or 0.0) - truth) <= half
        self.tuning += found.tuning or 0.0
        self.bias += (found.corrected_share or 0.0) - truth
        if found.corrected_share_interval is None:
            self.undefined += 1
        else:
            low, high = found.corrected_share_interval
            self.corrected += low <= truth <= high

    @property
    def share(self) -> float:
        return self.corrected / (self.draws - self.undefined)


#: A draw's number, a folder, and the model at hand, to what was found of each value.
Draw = Callable[[int, Path, str], dict[str, Found]]


def covered(one: Draw, draws: int, folder: Path) -> dict[str, Coverage]:
    """Take many draws through the whole chain."""
    model = first_model(folder)
    found = {value: Coverage() for value in SHARES}
    for number in range(draws):
        for value, given in one(number, folder, model).items():
            found[value].add(given, SHARES[value])
    return found


def pooled(found: Mapping[str, Coverage]) -> float:
    """Coverage of all values together."""
    return sum(c.corrected for c in found.values()) / sum(c.draws - c.undefined for c in found.values())


def alone(draws: int, labels: int) -> dict[str, Coverage]:
    """The estimator without files, articles as clusters, the model's scores made up."""
    rng = np.random.default_rng(1)
    shares = np.array(list(SHARES.values()))
    found = {value: Coverage() for value in SHARES}
    for _ in range(draws):
        article = np.repeat(np.arange(250), rng.integers(4, 13, 250))
        mixes = rng.dirichlet(shares * 6, 250).cumsum(axis=1)
        value = (rng.random(len(article))[:, None] > mixes[article]).sum(axis=1).clip(max=2)
        scores = np.exp(rng.normal(size=(len(value), 3)) + 2.2 * np.eye(3)[value] + [0, 1.2, 0.3])
        proba = scores / scores.sum(axis=1, keepdims=True)
        drawn = rng.choice(len(value), labels, replace=False)
        for index, (name, share) in enumerate(SHARES.items()):
            p, said = proba[:, index], proba.argmax(axis=1) == index
            truth = (value[drawn] == index).astype(float)
            units = Units(p, said, article, truth, p[drawn], np.ones(labels), article[drawn])
            sums = np.bincount(article, weights=said - said.mean())
            half = 1.96 * float(np.sqrt((sums**2).sum())) / len(said)
            found[name].add((estimate(units), half), share)
    return found
