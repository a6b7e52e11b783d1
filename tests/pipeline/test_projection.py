"""On the sample market what was projected is held against what came, and the history adds up."""

import pytest

from orchestration.wiring.house import House
from tests.evaluation.back_test import Figures, back_test
from tests.support.house import TestHouse


@pytest.fixture(scope="module")
def figures(golden: TestHouse) -> dict[tuple[str, int], Figures]:
    with House(home=str(golden.home), landing=str(golden.landing)).warehouse() as connection:
        return {found.kind: found for found in back_test(connection, "subject_type", "window_days")}


@pytest.mark.parametrize("window_days", [7, 30])
@pytest.mark.parametrize("subject_type", ["shop", "platform"])
def test_the_interval_holds_and_the_projection_is_nearer(
    figures: dict[tuple[str, int], Figures], subject_type: str, window_days: int
) -> None:
    found = figures[subject_type, window_days]
    assert found.rows > (1_000 if subject_type == "shop" else 20)
    assert found.coverage >= 0.9
    assert abs(found.bias) < 0.3 * abs(found.bias_published)
    assert found.root_square < found.root_square_published


def test_the_platform_is_nearer_in_absolute_error_too(figures: dict[tuple[str, int], Figures]) -> None:
    for window_days in (7, 30):
        found = figures["platform", window_days]
        assert found.absolute < 0.7 * found.absolute_published


def test_past_days_changed_for_reasons_that_are_written_down(golden: TestHouse) -> None:
    causes = golden.query(
        "select cause, count(*) from ccr.fct_restatements where subject_type = 'shop' group by all"
    )
    assert {str(cause) for cause, _ in causes} >= {"late_feedback", "exclusion_added", "exclusion_lifted"}


def test_the_result_says_what_a_shop_may_expect(golden: TestHouse) -> None:
    said = golden.ccr("result", "--day", "2026-10-15", "--home", str(golden.home))
    assert "until T1" in said
    assert "meets T" in said
    assert "held back: few_buyers" in said, "a rate that would cost something, of too few buyers"
