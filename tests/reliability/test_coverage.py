"""A seeded part of the simulation; `benchmarks/coverage.py` runs it whole."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from framing.reliability.coverage import ENOUGH, SHOWN, warning


@pytest.fixture(scope="module")
def simulation() -> ModuleType:
    """The benchmark's module, by its path: a folder called benchmarks is in many packages."""
    file = Path(__file__).parents[2] / "benchmarks" / "coverage.py"
    spec = importlib.util.spec_from_file_location("coverage_simulation", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("world", ["rare_5", "skewed", "gaps"])
def test_the_interval_holds_the_truth_as_often_as_it_says(world: str, simulation: ModuleType) -> None:
    found = simulation.coverage(simulation.WORLDS[world], ENOUGH, samples=200, draws=300)
    # 200 samples of a true .95 lie within .905 and .985 in all but one of 200 runs.
    assert 0.905 <= found.studentised <= 0.985
    assert found.undefined == 0


def test_few_articles_are_told_with_what_the_simulation_showed() -> None:
    assert warning(100) == ""
    assert warning(64) == (
        "64 articles, fewer than 100: in simulations with 50 articles a 95 % interval held the true alpha in "
        "93.5 to 97.3 % of the samples, depending on how rare the values are"
    )
    assert warning(1) == (
        "1 article, fewer than 100: how often such an interval holds the truth was not simulated below "
        f"{min(SHOWN)} articles"
    )


@pytest.mark.prove
@pytest.mark.parametrize("articles", [100, 200])
@pytest.mark.parametrize("world", ["even", "skewed", "rare_5", "rare_2", "low", "high", "ordinal", "gaps"])
def test_the_interval_holds_the_truth_over_a_thousand_draws(
    world: str, articles: int, simulation: ModuleType
) -> None:
    found = simulation.coverage(simulation.WORLDS[world], articles, samples=1000, draws=400)
    assert simulation.LOW <= found.studentised <= simulation.HIGH
