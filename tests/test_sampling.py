import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.records import REGIONS, Unit
from framing.sampling import Drawn, Plan, Sample, allocate, apart, draw


def unit(number: int, article: str = "a", region: str = "body", text: str = "x") -> Unit:
    return Unit(
        unit_id=f"{article}-{number}", article_id=article, source=article, start=0, end=1, text=text,
        region=region, paragraph=0, position=number,
    )  # fmt: skip


UNITS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(REGIONS)), min_size=1, max_size=60).map(
    lambda pairs: [unit(n, article, region) for n, (article, region) in enumerate(pairs)]
)


def ids(sample: Sample) -> set[str]:
    return {item.unit.unit_id for item in sample.drawn}


@given(UNITS, st.integers(1, 60), st.integers(1, 60), st.sampled_from([(), ("region",)]))
def test_a_larger_sample_extends_a_smaller_one(
    units: list[Unit], n: int, more: int, strata: tuple[str, ...]
) -> None:
    small = draw(units, Plan("random", n, strata=strata))
    large = draw(units, Plan("random", n + more, strata=strata))
    assert ids(small) <= ids(large)
    assert len(ids(small)) == min(n, len(units))
    again = draw(list(reversed(units)), Plan("random", n, strata=strata))
    assert ids(again) == ids(small)


@given(UNITS, st.integers(1, 60))
def test_probabilities_follow_from_the_design(units: list[Unit], n: int) -> None:
    sample = draw(units, Plan("random", n, strata=("region",)))
    for item in sample.drawn:
        drawn, of = sample.strata[item.stratum]
        assert item.probability == drawn / of
        assert item.stratum == item.unit.region
    assert sum(1 / (item.probability or 1) for item in sample.drawn) == pytest.approx(
        sum(of for drawn, of in sample.strata.values() if drawn)
    )


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30), min_size=1), st.integers(0, 200))
def test_allocation_is_even_and_whole(sizes: dict[str, int], n: int) -> None:
    given_ = allocate(sizes, n)
    assert sum(given_.values()) == min(n, sum(sizes.values()))
    assert all(given_[name] <= sizes[name] for name in sizes)
    short = [given_[name] for name in sizes if given_[name] < sizes[name]]
    assert not short or max(given_.values()) - min(short) <= 1
    more = allocate(sizes, n + 1)
    assert all(more[name] >= given_[name] for name in sizes)


def test_uncertain_units_come_first_with_a_random_share_between() -> None:
    units = [unit(n, article=str(n)) for n in range(100)]
    sample = draw(units, Plan("uncertain", 50), lambda found: [item.position / 100 for item in found])
    chosen = [item for item in sample.drawn if item.sampling == "uncertain"]
    by_chance = [item for item in sample.drawn if item.sampling == "random"]
    assert (len(chosen), len(by_chance)) == (40, 10)
    assert all(item.probability is None for item in chosen)
    assert {item.probability for item in by_chance} == {0.1}
    doubts = [item.unit.position for item in chosen]
    assert doubts == sorted(doubts, reverse=True)
    kinds = [item.sampling for item in sample.drawn]
    assert all("random" in kinds[start : start + 5] for start in range(0, 50, 5))


def test_uncertain_units_need_a_model() -> None:
    with pytest.raises(ValueError, match="need a model"):
        draw([unit(1)], Plan("uncertain"))


def test_another_model_does_not_enlarge_a_round() -> None:
    units = [unit(n, article=str(n)) for n in range(100)]
    before = draw(units, Plan("uncertain", 20), lambda found: [item.position for item in found])
    there = {item.unit.unit_id for item in before.drawn}
    for n, new in ((20, 0), (10, 0), (30, 10)):
        after = draw(units, Plan("uncertain", n), lambda found: [-item.position for item in found], there)
        assert len(after.drawn) == n
        assert len({item.unit.unit_id for item in after.drawn} - there) == new
    doubts = [item.unit.position for item in after.drawn if item.sampling == "uncertain"]
    assert doubts == sorted(doubts)


def test_near_copies_stand_apart_and_nothing_else_moves() -> None:
    texts = [
        "The mayor closed the old bridge on Friday",
        "On Friday the mayor closed the bridge",
        "Herons nest by the mill",
        "The mayor closed the old bridge on Friday.",
        "Rain is on its way",
        "Read more",
        "READ more",
    ]
    units = [unit(n, article=str(n), text=text) for n, text in enumerate(texts)]
    ordered = [item.unit.position for item in apart([Drawn(item, "random", 1.0) for item in units])]
    # Nothing is left to stand between the links.
    assert ordered == [0, 2, 1, 4, 3, 5, 6]
    many = [unit(n, article=str(n), text="Read more") for n in range(3000)]
    assert len(apart([Drawn(item, "random", 1.0) for item in many])) == 3000


@given(UNITS)
def test_units_of_one_article_stand_apart_where_they_can(units: list[Unit]) -> None:
    ordered = apart([Drawn(item, "random", 1.0) for item in units])
    assert sorted(item.unit.unit_id for item in ordered) == sorted(item.unit_id for item in units)
    articles = [item.unit.article_id for item in ordered]
    rows = [i for i in range(1, len(articles)) if articles[i] == articles[i - 1]]
    if rows:  # then only units of one article were left
        assert set(articles[rows[0] :]) == {articles[rows[0]]}


@given(UNITS, st.floats(0, 1))
def test_the_overlap_is_stable_and_of_the_wanted_size(units: list[Unit], share: float) -> None:
    def blind(n: int) -> set[str]:
        sample = draw(units, Plan("random", n, overlap=share))
        return {item.unit.unit_id for item in sample.drawn if item.blind}

    assert blind(10) <= blind(60)
    assert share > 0 or not blind(60)
    assert share < 1 or len(blind(60)) == len(units)


def test_all_keeps_the_order_of_the_pages() -> None:
    units = [unit(n) for n in range(5)]
    sample = draw(units, Plan())
    assert [item.unit for item in sample.drawn] == units
    assert {(item.sampling, item.probability) for item in sample.drawn} == {("all", 1.0)}
