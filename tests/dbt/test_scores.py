"""The rate of a subject: its window, its interval, its benchmark, its status, its policy."""

import pytest

from tests.dbt.scoring import FIRST, LAST, SCORES, score, sell
from tests.support.inputs import Inputs, days
from tests.support.scenarios import Counted, Scenarios
from tests.support.warehouse import DbtProject, Warehouse

scenario = Scenarios()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Counted:
    warehouse = Warehouse(tmp_path_factory.mktemp("scores"), dbt_project)
    return scenario.count(warehouse, FIRST, LAST, SCORES)


@scenario
def windows(inputs: Inputs) -> None:
    sell(inputs, "s1", 2, 1, paid="2026-09-05")
    sell(inputs, "s1", 3, 0, paid="2026-09-08")
    inputs.order("late", shop="s1", paid="2026-09-08")
    inputs.feedback("late", "late", "2026-09-10")


@pytest.mark.parametrize(
    ("day", "window", "orders", "negatives"),
    [
        ("2026-09-05", 7, 2, 1),
        ("2026-09-07", 7, 2, 1),
        ("2026-09-09", 7, 6, 1),
        ("2026-09-10", 7, 6, 2),
        ("2026-09-11", 7, 6, 2),
        ("2026-09-12", 7, 4, 1),
        ("2026-09-15", 7, 0, 0),
        ("2026-10-04", 30, 6, 2),
        ("2026-10-05", 30, 4, 1),
    ],
)
def test_a_window_holds_its_days_as_known_by_its_last(
    counted: Counted, day: str, window: int, orders: int, negatives: int
) -> None:
    row = score(counted, windows, day, window_days=window)
    assert (row["den_effective"], row["num_effective"]) == (orders, negatives)


def test_a_window_starts_so_many_days_before_its_last(counted: Counted) -> None:
    assert f"{score(counted, windows, '2026-09-10', window_days=7)['window_start']}" == "2026-09-04"
    assert f"{score(counted, windows, '2026-10-05')['window_start']}" == "2026-09-06"


def test_a_shop_without_orders_in_seven_days_has_no_rate_for_them(counted: Counted) -> None:
    row = score(counted, windows, "2026-09-20", window_days=7)
    assert row["status"] == "no_orders"
    assert row["rate"] is row["rate_real"] is row["ci_low"] is row["ratio_to_benchmark"] is None


def test_a_shop_without_orders_in_thirty_days_has_no_row(counted: Counted) -> None:
    assert counted.rows(only_long_ago, "ccr.fct_ccr", where="business_day = '2026-10-01'") == []
    assert len(counted.rows(only_long_ago, "ccr.fct_ccr", where="business_day = '2026-09-30'")) == 40


@scenario
def only_long_ago(inputs: Inputs) -> None:
    inputs.shop("s1", category=None)
    inputs.order("o1", paid="2026-09-01", lines=[{"line_id": "l", "product": "p", "creator": "k"}])


@scenario
def paid_tomorrow(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-08", known="2026-09-06")
    inputs.order("o2", paid="2026-09-06")


def test_an_order_said_to_be_paid_later_counts_from_that_day(counted: Counted) -> None:
    found = [score(counted, paid_tomorrow, f"2026-09-0{day}")["den_effective"] for day in (6, 7, 8)]
    assert found == [1, 1, 2]


@scenario
def excluded_alone(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-10-01", codes=["sample_order"])
    inputs.feedback("f1", "o1", "2026-10-02")


def test_excluded_orders_are_real_and_give_no_rate(counted: Counted) -> None:
    row = score(counted, excluded_alone, LAST)
    assert (row["den_real"], row["num_real"], row["rate_real"]) == (1, 1, 1.0)
    assert (row["den_effective"], row["num_effective"], row["rate"]) == (0, 0, None)
    assert row["status"] == "no_orders"


@scenario
def groups(inputs: Inputs) -> None:
    inputs.shop("s1", category="c1", merchant_group_id="m1")
    inputs.shop("s2", category="c2", merchant_group_id="m1")
    sell(inputs, "s1", 3, 1)
    sell(inputs, "s2", 2, 2)
    sell(inputs, "unlisted", 4, 1)


def test_shops_add_up_to_category_merchant_and_platform(counted: Counted) -> None:
    found = {
        subject: (row["den_effective"], row["num_effective"])
        for subject_type, subject in [
            ("category", "c1"),
            ("category", "c2"),
            ("merchant_group", "m1"),
            ("platform", "groups"),
            ("shop", "unlisted"),
        ]
        for row in [score(counted, groups, LAST, subject, subject_type=subject_type)]
    }
    assert found == {"c1": (3, 1), "c2": (2, 2), "m1": (5, 3), "groups": (9, 4), "unlisted": (4, 1)}


@scenario
def volumes(inputs: Inputs) -> None:
    inputs.policy("own", platform=inputs.platform, effective_from="2026-10-03", min_orders=3)
    sell(inputs, "s1", 3)


def test_too_few_orders_for_the_policy_are_insufficient(counted: Counted) -> None:
    before, after = score(counted, volumes, "2026-10-02"), score(counted, volumes, "2026-10-03")
    assert (before["policy_id"], before["status"]) == ("reference", "insufficient")
    assert (after["policy_id"], after["status"]) == ("own", "ok")


@scenario
def versions(inputs: Inputs) -> None:
    own = {"platform": inputs.platform, "min_orders": 1}
    inputs.policy("own", **own, version="1", effective_from="2026-09-01", effective_to="2026-10-03")
    inputs.policy("own", **own, version="2", effective_from="2026-10-03", effective_to="2026-10-05")
    inputs.policy("tickets", **own, kind="per_order_ticket", effective_from="2026-09-01")
    sell(inputs, "s1", 1)


def test_a_day_is_scored_by_the_version_in_force_then(counted: Counted) -> None:
    found = {
        day: (row["policy_id"], row["policy_version"])
        for day in ("2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05")
        for row in [score(counted, versions, day)]
    }
    assert found == {
        "2026-10-02": ("own", "1"),
        "2026-10-03": ("own", "2"),
        "2026-10-04": ("own", "2"),
        "2026-10-05": ("reference", "1"),
    }


@scenario
def a_day_missing(inputs: Inputs) -> None:
    inputs.policy("own", platform=inputs.platform, min_orders=1)
    inputs.deliver("2026-09-01", "2026-09-20")
    inputs.deliver("2026-09-21", "2026-09-21", status="missing")
    inputs.deliver("2026-09-22", "2026-09-22", status="empty")
    inputs.deliver("2026-09-23", "2026-10-06")
    sell(inputs, "s1", 1, paid="2026-09-08")
    sell(inputs, "s1", 1, paid="2026-09-20")
    sell(inputs, "s1", 1, paid="2026-09-24")


@pytest.mark.parametrize(
    ("day", "window", "status"),
    [
        ("2026-09-20", 30, "provisional"),
        ("2026-09-20", 7, "ok"),
        ("2026-09-21", 7, "provisional"),
        ("2026-09-26", 7, "provisional"),
        ("2026-09-27", 7, "provisional"),
        ("2026-09-28", 7, "ok"),
        ("2026-09-30", 30, "provisional"),
    ],
)
def test_a_window_with_a_day_that_was_not_delivered_is_provisional(
    counted: Counted, day: str, window: int, status: str
) -> None:
    assert score(counted, a_day_missing, day, window_days=window)["status"] == status


@scenario
def a_day_unprocessed(inputs: Inputs) -> None:
    inputs.policy("own", platform=inputs.platform, min_orders=1)
    inputs.deliver("2026-09-01", "2026-09-04")
    inputs.deliver("2026-09-06", "2026-10-06")
    sell(inputs, "s1", 1, paid="2026-09-20")


def test_after_a_landed_day_that_was_never_processed_all_is_provisional(counted: Counted) -> None:
    assert score(counted, a_day_unprocessed, "2026-09-20", window_days=7)["status"] == "provisional"


@scenario
def found_to_have_landed_earlier(inputs: Inputs) -> None:
    inputs.policy("own", platform=inputs.platform, min_orders=1)
    inputs.deliver("2026-09-03", "2026-09-20")
    for day in days("2026-09-21", "2026-10-06"):
        inputs.add(
            "raw.deliveries",
            {
                "platform": inputs.platform,
                "source": "orders",
                "status": "present",
                "first_landed_day": "2026-09-01",
                "business_day": day,
            },
        )
    sell(inputs, "s1", 1, paid="2026-09-20")


def test_days_found_to_have_landed_earlier_count_from_when_that_was_known(counted: Counted) -> None:
    before = score(counted, found_to_have_landed_earlier, "2026-09-20", window_days=7)
    after = score(counted, found_to_have_landed_earlier, "2026-09-21", window_days=7)
    assert (before["status"], after["status"]) == ("ok", "provisional")


@scenario
def a_day_without_deliveries(inputs: Inputs) -> None:
    inputs.deliver("2026-10-01", "2026-10-03")
    inputs.deliver("2026-10-05", "2026-10-06")
    sell(inputs, "s1", 1)


def test_only_processed_days_are_scored(counted: Counted) -> None:
    scored = {row["business_day"].day for row in counted.rows(a_day_without_deliveries, "ccr.fct_ccr")}
    assert scored == {1, 2, 3, 5, 6}


@scenario
def codes(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02", codes=["risk_review", "sample_order"])
    inputs.order("o1", paid="2026-09-02", known="2026-09-05", codes=["sample_order"])
    inputs.order("o2", paid="2026-09-04", codes=["sample_order"])
    inputs.feedback("f1", "o1", "2026-09-03", exclusion_codes=["template_text"])
    inputs.version(
        "f1", "2026-09-04", occurred_at="2026-09-03 13:00:00", exclusion_codes=["duplicate_version"]
    )
    inputs.order("o3", paid="2026-09-02")
    inputs.feedback("f2", "o3", "2026-09-03")
    inputs.tag("f2", "2026-09-03", "service", "no_reply")
    inputs.abnormal("f2", "2026-09-03", "rating_text_contradiction")
    inputs.abnormal("f2", "2026-09-03", "logistics_only")
    inputs.order("o3", paid="2026-09-02", known="2026-09-06", codes=["instant_refund"])


def exclusions(counted: Counted, day: str) -> dict[str, int]:
    rows = counted.rows(codes, "ccr.fct_exclusions", where=f"business_day = '{day}'")
    return {f"{row['scope']} {row['exclusion_code']}": row["item_count"] for row in rows}


def test_exclusions_are_counted_as_known_on_the_day(counted: Counted) -> None:
    assert exclusions(counted, "2026-09-02") == {"order risk_review": 1, "order sample_order": 1}
    on_the_fourth = {
        "order risk_review": 1,
        "order sample_order": 2,
        "evaluation template_text": 1,
        "evaluation duplicate_version": 1,
        "evaluation order_excluded": 1,
        "evaluation rating_text_contradiction": 1,
    }
    assert exclusions(counted, "2026-09-04") == on_the_fourth
    on_the_fifth = {name: count for name, count in on_the_fourth.items() if name != "order risk_review"}
    assert exclusions(counted, "2026-09-05") == on_the_fifth
    assert exclusions(counted, "2026-09-06") == on_the_fifth | {
        "order instant_refund": 1,
        "evaluation order_excluded": 2,
    }


def test_exclusions_look_back_thirty_days(counted: Counted) -> None:
    assert exclusions(counted, "2026-10-01")["order sample_order"] == 2
    assert exclusions(counted, "2026-10-02") == {
        "order sample_order": 1,
        "evaluation template_text": 1,
        "evaluation duplicate_version": 1,
        "evaluation order_excluded": 2,
        "evaluation rating_text_contradiction": 1,
    }
    assert exclusions(counted, "2026-10-04") == {}


REFERENCE = [
    (0, 30, 0, 0.113513),
    (1, 1, 0.206549, 1),
    (1, 10, 0.017876, 0.404150),
    (5, 34, 0.064494, 0.301281),
    (3, 299, 0.003418, 0.029079),
    (6, 200, 0.013820, 0.063894),
    (12, 300, 0.023027, 0.068604),
    (60, 1000, 0.046896, 0.076471),
]


def test_intervals_are_those_of_the_reference_table(warehouse: Warehouse) -> None:
    inputs = Inputs(warehouse)
    inputs.deliver(LAST, LAST)
    inputs.count(LAST, LAST, SCORES)
    columns = [
        f"{kind}_{dimension}"
        for kind in ("num_real", "num_effective")
        for dimension in ("overall", "product", "content", "service", "logistics")
    ]
    warehouse.insert(
        "intermediate.int_window_counts",
        [
            {
                "business_day": LAST,
                "platform": "douyin",
                "subject_type": "shop",
                "subject_id": f"{number}",
                "window_days": 30,
                "den_real": orders,
                "den_effective": orders,
                **dict.fromkeys(columns, 0),
                "num_effective_overall": negatives,
            }
            for number, (negatives, orders, *_) in enumerate(REFERENCE)
        ],
    )
    warehouse.run(LAST, LAST, "fct_ccr")
    rows = warehouse.rows("ccr.fct_ccr", "subject_id", "dimension = 'overall'")
    assert [row["rate"] for row in rows] == [negatives / orders for negatives, orders, *_ in REFERENCE]
    for row, (_, _, low, high) in zip(rows, REFERENCE, strict=True):
        assert row["ci_low"] == pytest.approx(low, abs=1e-6)
        assert row["ci_high"] == pytest.approx(high, abs=1e-6)
    assert (rows[0]["ci_low"], rows[1]["ci_high"]) == (0.0, 1.0)


def test_money_is_whole_fen_wherever_it_stands(warehouse: Warehouse) -> None:
    Inputs(warehouse).count(FIRST, FIRST)
    columns = warehouse.query(
        "select distinct data_type from information_schema.columns "
        "where column_name like '%_fen' and table_schema in ('intermediate', 'ccr', 'penalties')"
    )
    assert [column["data_type"] for column in columns] == ["BIGINT"]
