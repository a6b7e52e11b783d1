"""Sums, matrix and moves of two judgements, by hand."""

from typing import Any

import pyarrow as pa
import pytest

from orchestration.lab.comparing import SIZES, compared
from tests.unit.lab.sides import DELISTED, FINED, NEXT_SUNDAY, WARNED, judged

IN_COOLDOWN = {**DELISTED, "outcome": "in_cooldown", "amount_fen": None, "points": None, "is_delisted": None}


def figures(tried: pa.Table, against: pa.Table, group: str = "all") -> dict[str, dict[str, Any]]:
    rows = compared(tried, against).summary.to_pylist()
    return {row["side"]: row for row in rows if row["in_group"] == group}


def test_who_is_punished_costs_and_is_summed() -> None:
    tried = judged(
        {"shop_key": "a", **FINED, "prob_above_threshold": 0.96},
        {"shop_key": "b", **DELISTED, "prob_above_threshold": 0.99},
        {"shop_key": "b", **IN_COOLDOWN, "business_day": NEXT_SUNDAY},
        {"shop_key": "c", **WARNED, "prob_above_threshold": 0.5},
        {"shop_key": "d", "held_back_by": "insufficient"},
    )
    found = figures(tried, judged())["tried"]
    assert (found["shops"], found["evaluations"], found["held_back"], found["in_a_tier"]) == (4, 5, 1, 4)
    assert (found["punishments"], found["punished_shops"]) == (2, 2)
    assert (found["amount_fen"], found["points"], found["delistings"]) == (900_000, 4, 1)
    assert found["expected_false"] == pytest.approx(0.04 + 0.01)
    assert found["unknown_probability"] == 0


def test_a_probability_that_is_unknown_is_counted_and_not_guessed() -> None:
    tried = judged(FINED, {**FINED, "shop_key": "b", "prob_above_threshold": 0.9})
    found = figures(tried, judged())["tried"]
    assert found["expected_false"] == pytest.approx(0.1)
    assert found["unknown_probability"] == 1


def test_a_shadow_punishes_nobody() -> None:
    found = figures(judged({**FINED, "mode": "shadow"}), judged(FINED))
    assert [found[side]["amount_fen"] for side in ("tried", "against")] == [0, 200_000]
    assert [found[side]["in_a_tier"] for side in ("tried", "against")] == [1, 1]


@pytest.mark.parametrize(
    ("orders", "size"),
    [(0, 0), (99, 0), (100, 1), (499, 1), (500, 2), (1999, 2), (2000, 3)],
)
def test_shops_are_grouped_by_their_orders_in_the_window(orders: int, size: int) -> None:
    found = figures(judged({**FINED, "den_effective": orders}), judged(), SIZES[size])
    assert found["tried"]["amount_fen"] == 200_000


def test_categories_add_up_to_all_and_one_is_unknown() -> None:
    tried = judged({**FINED, "category_key": "douyin:1"}, {**DELISTED, "shop_key": "b"})
    assert figures(tried, judged(), "douyin:1")["tried"]["amount_fen"] == 200_000
    assert figures(tried, judged(), "unknown")["tried"]["amount_fen"] == 700_000
    assert figures(tried, judged())["tried"]["amount_fen"] == 900_000


def test_the_matrix_counts_every_evaluation_once_and_lists_who_moves() -> None:
    tried = judged({**DELISTED, "rate": 0.2}, {"shop_key": "b"}, {**WARNED, "shop_key": "c"})
    against = judged({**FINED, "rate": 0.1}, {"shop_key": "b"}, {"shop_key": "d"})
    found = compared(tried, against)
    assert [tuple(row.values()) for row in found.matrix.to_pylist()] == [
        ("T1", "T2", 1, 1),
        ("none", "none", 1, 1),
        ("none", "not_evaluated", 1, 1),
        ("not_evaluated", "T0", 1, 1),
    ]
    moved = found.moved.to_pylist()
    assert [row["shop_key"] for row in moved] == ["a", "c", "d"]
    assert (moved[0]["from_rate"], moved[0]["to_rate"]) == (0.1, 0.2)
    assert (moved[0]["from_amount_fen"], moved[0]["to_amount_fen"]) == (200_000, 700_000)


def test_nobody_moves_where_both_say_the_same() -> None:
    side = judged(FINED, {"shop_key": "b"})
    found = compared(side, side)
    assert found.moved.num_rows == 0
    assert [row["evaluations"] for row in found.matrix.to_pylist()] == [1, 1]
