"""What a rate is held against: the peers of the category, of its parent, of the platform."""

import pytest

from tests.dbt.scoring import FIRST, LAST, SCORES, score, sell
from tests.support.inputs import Inputs
from tests.support.scenarios import Counted, Scenarios
from tests.support.warehouse import DbtProject, Warehouse

scenario = Scenarios()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Counted:
    warehouse = Warehouse(tmp_path_factory.mktemp("benchmarks"), dbt_project)
    return scenario.count(warehouse, FIRST, LAST, SCORES)


@scenario
def big_category(inputs: Inputs) -> None:
    for number in range(6):
        inputs.shop(f"s{number}", category="c1")
        sell(inputs, f"s{number}", 10, number)
    inputs.shop("elsewhere", category="c2")
    sell(inputs, "elsewhere", 50)


def test_a_shop_is_left_out_of_its_own_benchmark(counted: Counted) -> None:
    row = score(counted, big_category, LAST, "s5")
    assert (row["benchmark_level"], row["benchmark_subjects"], row["benchmark_den"]) == ("category", 5, 50)
    assert row["benchmark_rate"] == 10 / 50
    assert row["ratio_to_benchmark"] == 0.5 / 0.2
    assert row["ratio_to_benchmark_low"] == row["ci_low"] / 0.2
    assert score(counted, big_category, LAST, "s0")["benchmark_rate"] == 15 / 50


def test_few_peers_in_the_category_bring_in_the_platform(counted: Counted) -> None:
    row = score(counted, big_category, LAST, "elsewhere")
    assert (row["benchmark_level"], row["benchmark_subjects"], row["benchmark_den"]) == ("platform", 6, 60)


def test_the_platform_has_no_benchmark(counted: Counted) -> None:
    row = score(counted, big_category, LAST, "big_category", subject_type="platform")
    assert row["rate"] == 15 / 110
    assert row["benchmark_rate"] is row["benchmark_den"] is row["benchmark_level"] is None
    assert row["ratio_to_benchmark"] is None


def test_other_subjects_are_held_against_the_platforms_of_their_type(counted: Counted) -> None:
    row = score(counted, big_category, LAST, "c1", subject_type="category")
    assert (row["benchmark_level"], row["benchmark_subjects"], row["benchmark_den"]) == ("platform", 1, 50)
    assert (row["benchmark_rate"], row["ratio_to_benchmark"]) == (0.0, None)


@scenario
def family(inputs: Inputs) -> None:
    for category in ("left", "right"):
        inputs.add(
            "raw.categories", {"platform": inputs.platform, "category_id": category, "parent_id": "top"}
        )
    inputs.add("raw.categories", {"platform": inputs.platform, "category_id": "top"})
    for number in range(3):
        inputs.shop(f"left{number}", category="left")
        sell(inputs, f"left{number}", 10, 1)
        inputs.shop(f"right{number}", category="right")
        sell(inputs, f"right{number}", 10, 2)
    inputs.shop("top", category="top")
    sell(inputs, "top", 10, 3)
    inputs.shop("stranger", category="other")
    sell(inputs, "stranger", 10, 10)
    inputs.shop("asleep", category="left")


def test_few_peers_in_the_category_bring_in_the_parents(counted: Counted) -> None:
    row = score(counted, family, LAST, "left0")
    assert (row["benchmark_level"], row["benchmark_subjects"]) == ("parent", 6)
    assert row["benchmark_rate"] == (2 * 1 + 3 * 2 + 3) / 60


@scenario
def five_peers(inputs: Inputs) -> None:
    for number in range(6):
        inputs.shop(f"s{number}", category="c1")
        sell(inputs, f"s{number}", 1 if number else 2, 0)
    inputs.order("out", shop="s6", paid="2026-10-01", codes=["sample_order"])
    inputs.shop("s6", category="c1")


def test_a_peer_needs_an_effective_order_to_be_one(counted: Counted) -> None:
    assert score(counted, five_peers, LAST, "s0")["benchmark_subjects"] == 5
    assert score(counted, five_peers, LAST, "s0")["benchmark_level"] == "category"


@scenario
def four_peers(inputs: Inputs) -> None:
    for number in range(5):
        inputs.shop(f"s{number}", category="c1")
        sell(inputs, f"s{number}", 1)
    inputs.shop("elsewhere", category="c2")
    sell(inputs, "elsewhere", 1)


def test_the_subject_itself_is_none_of_the_five(counted: Counted) -> None:
    assert score(counted, four_peers, LAST, "s0")["benchmark_level"] == "platform"


@scenario
def products(inputs: Inputs) -> None:
    for number in range(6):
        sell(inputs, f"s{number}", 5, number % 2)
        inputs.add(
            "raw.products",
            {"platform": inputs.platform, "product_id": f"p of s{number}", "category_id": "toys"},
        )
    sell(inputs, "s6", 5, 5)


def test_products_are_held_against_their_own_category(counted: Counted) -> None:
    row = score(counted, products, LAST, "p of s0", subject_type="product")
    assert (row["benchmark_level"], row["benchmark_subjects"]) == ("category", 5)
    assert row["benchmark_rate"] == 3 / 25
    unlisted = score(counted, products, LAST, "p of s6", subject_type="product")
    assert (unlisted["benchmark_level"], unlisted["benchmark_subjects"]) == ("platform", 6)
