"""Planted schedules and the draws beneath them, without files."""

from datetime import date

import numpy as np
import pytest

from orchestration.sample.catalogue import read_catalogue
from orchestration.sample.dice import Dice, running_number
from orchestration.sample.opinions import form_opinions
from orchestration.sample.orders import DAY, FATE, place_orders
from orchestration.sample.schedules import SHOP_PLANS, ShopPlan, is_negative, placed_on
from orchestration.sample.shares import shares_of
from orchestration.sample.shops import build_products, build_shops


@pytest.mark.parametrize("per_window", [20, 25, 31, 36, 45, 66, 120])
def test_any_thirty_days_hold_the_same_number_of_orders(per_window: int) -> None:
    placed = [placed_on(day, per_window) for day in range(400)]
    assert {sum(placed[day : day + 30]) for day in range(370)} == {per_window}


@pytest.mark.parametrize("plan", SHOP_PLANS, ids=lambda plan: plan.shop_id)
def test_any_window_of_orders_holds_the_same_number_of_negatives(plan: ShopPlan) -> None:
    wrong = [is_negative(nth, plan.orders, plan.negatives, plan.phase) for nth in range(500)]
    windows = {sum(wrong[nth : nth + plan.orders]) for nth in range(500 - plan.orders)}
    assert windows == {plan.negatives}


@pytest.mark.parametrize(("orders", "days", "seed"), [(2_000, 40, 11), (2_000, 90, 12), (9_000, 45, 13)])
def test_planted_shops_trade_the_same_whatever_the_seed_and_the_size(
    orders: int, days: int, seed: int
) -> None:
    catalogue, first_day = read_catalogue(), date(2026, 9, 3)
    shops = build_shops(catalogue, orders, seed, first_day)
    products = build_products(catalogue, shops, seed)
    placed = place_orders(shops, products, shares_of(orders, seed)[0], days=days, first_day=first_day)
    issue = form_opinions(placed, shops, catalogue, seed).issue
    day = placed.created // DAY - (first_day - date(1970, 1, 1)).days
    for number, plan in enumerate(SHOP_PLANS):
        own = (placed.plan == number) & (placed.ring < 0) & (placed.case < 0)
        assert set(placed.fate[own].tolist()) == {FATE["normal"]}
        for first in range(days - 29):
            window = own & (day >= first) & (day < first + 30)
            assert window.sum() == plan.orders
            assert (issue[window] >= 0).sum() == plan.negatives


def test_only_planted_shops_sell_in_a_controlled_category() -> None:
    catalogue = read_catalogue()
    shops = build_shops(catalogue, 50_000, 3, date(2026, 9, 1))
    controlled = {number for number, leaf in enumerate(catalogue.leaves) if leaf.controlled}
    for name, leaf in zip(shops.shop_id, shops.leaf.tolist(), strict=True):
        assert leaf not in controlled or name.startswith("planted")


def test_draws_are_these_numbers_on_every_machine() -> None:
    dice = Dice(7, "fixed")
    assert dice.below(1000, 6).tolist() == [446, 144, 147, 902, 271, 111]
    assert dice.lag((0, 10, 1000), 4).tolist() == [656, 200, 278, 117]


def test_streams_of_two_subjects_differ_and_one_is_repeatable() -> None:
    assert Dice(1, "a").words(5).tolist() == Dice(1, "a").words(5).tolist()
    assert Dice(1, "a").words(5).tolist() != Dice(1, "b").words(5).tolist()
    assert Dice(1, "a").words(5).tolist() != Dice(2, "a").words(5).tolist()


def test_picks_follow_their_weights_and_never_take_a_weight_of_zero() -> None:
    picked = Dice(1, "weights").pick([0, 3, 0, 1], 40_000)
    counts = np.bincount(picked, minlength=4)
    assert counts[0] == counts[2] == 0
    assert counts[1] / counts[3] == pytest.approx(3, rel=0.1)


def test_limits_are_kept_and_reached() -> None:
    drawn = Dice(1, "limits").between(3, 5, 1000)
    assert set(drawn.tolist()) == {3, 4, 5}
    assert Dice(1, "none").chance(0, 1000).sum() == 0
    assert Dice(1, "all").chance(1_000_000, 1000).all()


def test_rows_of_a_group_are_numbered_in_their_order() -> None:
    groups = np.array([5, 2, 5, 5, 2, 9])
    assert running_number(groups).tolist() == [0, 0, 1, 2, 1, 0]
    assert running_number(np.array([], dtype=np.int64)).tolist() == []
