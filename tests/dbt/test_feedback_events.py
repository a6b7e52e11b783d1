"""Which version of a feedback counts, and which feedback is no valid evaluation."""

from typing import Any

import pytest

from tests.support.raw_rows import Row, after_sale, complaint, deliver, review
from tests.support.warehouse import DbtProject, Warehouse

FIRST, LAST = "2026-09-01", "2026-10-02"


def monthly(buyer: str, days: list[str], **told: Any) -> list[Row]:
    """One buyer's reviews of one shop, each of an order of its own."""
    return [review(f"{buyer}{number}", day, buyer_id=buyer, **told) for number, day in enumerate(days, 1)]


@pytest.fixture(scope="module")
def built(dbt_project: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("events"), dbt_project)
    reviews = [
        review("ordinary", FIRST),
        review("abnormal", FIRST, platform_abnormal=True),
        review("default", FIRST, is_default=True),
        review("unsaid", FIRST, platform_abnormal=None, is_default=None, is_append=None),
        review("twice", FIRST),
        review("twice", FIRST) | {"business_day": "2026-09-02"},
        review("edited", FIRST, rating_overall=1, text="坏了"),
        review("edited", "2026-09-02", rating_overall=5, text="客服送了券", created_at=f"{FIRST} 12:00:00"),
        review("edited", FIRST, rating_overall=1, text="坏了") | {"business_day": "2026-09-03"},
        review("same day", FIRST, rating_overall=5, updated_at=f"{FIRST} 18:00:00"),
        review("same day", FIRST, rating_overall=1, updated_at=f"{FIRST} 12:00:00"),
        review("older later", FIRST, rating_overall=4),
        review("older later", "2026-09-02", rating_overall=2, updated_at=f"{FIRST} 09:00:00"),
        *monthly("often", ["2026-09-01", "2026-09-02", "2026-09-03", "2026-09-30", "2026-10-01"]),
        *monthly("late", ["2026-09-02", "2026-09-03", "2026-09-04"]),
        review("late0", "2026-09-05", buyer_id="late", created_at="2026-09-01 12:00:00"),
        *monthly("silent", ["2026-09-01"] * 4, is_default=True),
        *monthly("appending", ["2026-09-01"] * 4, is_append=True),
    ]
    after_sales = [
        after_sale("first reason", FIRST, reason_code="quality", reason_text="质量问题"),
        after_sale("first reason", "2026-09-03", reason_code="remorse", reason_text="不想要了"),
        after_sale("exempt", FIRST, platform_exempt=True),
        after_sale("proven later", FIRST, evidence_count=2),
        after_sale("proven later", "2026-09-04", evidence_count=2, evidence_valid=True),
    ]
    deliver(
        warehouse,
        reviews=reviews,
        after_sales=after_sales,
        complaints=[complaint("c", FIRST, category="service", order_id=None)],
    )
    warehouse.run(FIRST, LAST, select="staging int_feedback_events")
    return warehouse


def events(warehouse: Warehouse, key: str, column: str) -> list[Any]:
    """The column of each version of the feedback."""
    rows = warehouse.rows("intermediate.int_feedback_events", "version_no", f"feedback_key = 'douyin:{key}'")
    assert [row["version_no"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["is_first_version"] for row in rows] == [True] + [False] * (len(rows) - 1)
    return [row[column] for row in rows]


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("review:ordinary", []),
        ("review:unsaid", []),
        ("review:abnormal", ["platform_abnormal_flag"]),
        ("review:default", ["auto_default_review"]),
        ("after_sale:exempt", ["platform_exempt_tag"]),
        ("complaint:c", []),
    ],
)
def test_what_the_platform_flags_is_excluded(built: Warehouse, key: str, codes: list[str]) -> None:
    assert events(built, key, "exclusion_codes") == [codes]


def test_the_first_reason_of_an_after_sale_counts(built: Warehouse) -> None:
    assert events(built, "after_sale:first reason", "reason_code") == ["quality", "remorse"]
    assert events(built, "after_sale:first reason", "exclusion_codes") == [
        [],
        ["edited_later_version"],
    ]


def test_the_same_row_again_is_a_duplicate(built: Warehouse) -> None:
    assert events(built, "review:twice", "exclusion_codes") == [[], ["duplicate_version"]]


def test_the_first_rating_counts_and_a_return_to_it_is_a_duplicate(built: Warehouse) -> None:
    assert events(built, "review:edited", "rating_overall") == [1, 5, 1]
    assert events(built, "review:edited", "exclusion_codes") == [
        [],
        ["edited_later_version"],
        ["duplicate_version"],
    ]


def test_of_the_first_day_the_earliest_version_counts(built: Warehouse) -> None:
    assert events(built, "review:same day", "rating_overall") == [1, 5]


def test_an_older_version_that_comes_later_does_not_displace_the_first(built: Warehouse) -> None:
    assert events(built, "review:older later", "rating_overall") == [4, 2]


def test_proof_that_comes_later_is_a_later_row(built: Warehouse) -> None:
    assert events(built, "after_sale:proven later", "evidence_valid") == [None, True]
    assert [str(day) for day in events(built, "after_sale:proven later", "business_day")] == [
        "2026-09-01",
        "2026-09-04",
    ]


def test_a_complaints_category_is_its_reason(built: Warehouse) -> None:
    assert events(built, "complaint:c", "reason_code") == ["service"]
    assert events(built, "complaint:c", "reason_text") == ["service"]


@pytest.mark.parametrize(
    ("review_id", "is_over"),
    [("often1", False), ("often3", False), ("often4", True), ("often5", False)],
)
def test_a_buyers_fourth_review_of_a_shop_in_a_month_is_over_the_cap(
    built: Warehouse, review_id: str, is_over: bool
) -> None:
    (codes,) = events(built, f"review:{review_id}", "exclusion_codes")
    assert ("buyer_frequency_cap" in codes) is is_over


def test_the_cap_follows_the_order_in_which_reviews_became_known(built: Warehouse) -> None:
    assert events(built, "review:late3", "exclusion_codes") == [[]]
    assert events(built, "review:late0", "exclusion_codes") == [["buyer_frequency_cap"]]


@pytest.mark.parametrize("buyer", ["silent", "appending"])
def test_reviews_a_buyer_did_not_start_do_not_fill_the_cap(built: Warehouse, buyer: str) -> None:
    (codes,) = events(built, f"review:{buyer}4", "exclusion_codes")
    assert "buyer_frequency_cap" not in codes
