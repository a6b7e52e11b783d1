"""From deliveries to candidates through every model, with a reader of feedback that reads by rule."""

from typing import Any

import pytest

from tests.support.inputs import REFERENCE_POLICY
from tests.support.raw_rows import INTAKE, Row
from tests.support.restless_deliveries import DAYS, FIRST, LAST, SOURCES, restless_deliveries
from tests.support.scoring_step import count_and_score
from tests.support.warehouse import DbtProject, Warehouse

WHOLE = ("intermediate", "scored", "ccr", "penalties")
# Every second feedback is a negative by its key alone; its words are the first of its text, if any.
READ = """
insert into classified.feedback_tags
    (business_day, feedback_key, channel, tag_no, issue_code, dimension, decision, severity)
select
    business_day, feedback_key, channel, 1, 'quality_defect', 'product',
    case when md5(feedback_key) < '8' then 'negative' else 'not_negative' end, 1
from intermediate.int_feedback_events
where is_first_version and business_day between '{first}' and '{last}';
insert into classified.evidence_spans
    (business_day, feedback_key, tag_no, span_no, field, span_start, span_end, span_text, kind)
select
    business_day, feedback_key, 1, 1,
    case when text > '' then 'text' else 'channel' end, 0,
    case when text > '' then least(length(text), 2) else 0 end,
    case when text > '' then substr(text, 1, 2) else channel end,
    case when text > '' then 'keyword' else 'reason_code' end
from intermediate.int_feedback_events
where is_first_version and business_day between '{first}' and '{last}';
"""


def run(warehouse: Warehouse, delivered: dict[str, list[Row]], first: str, last: str) -> None:
    """Land the days, and bring both halves up to date from the first of them on."""
    for day in [day for day in DAYS if first <= day <= last]:
        for source, rows in delivered.items():
            warehouse.redeliver(f"raw.{source}", day, [row for row in rows if row["business_day"] == day])
        received = [
            {"platform": "douyin", "source": source, "status": "present", "first_landed_day": FIRST}
            for source in SOURCES
        ]
        warehouse.redeliver("raw.deliveries", day, received)
    (row,) = warehouse.query("select max(business_day) as last_day from raw.deliveries")
    last = str(row["last_day"])
    warehouse.run(first, last, INTAKE)
    with warehouse.connect() as connection:
        for table in ("feedback_tags", "evidence_spans"):
            connection.execute(f"delete from classified.{table} where business_day >= '{first}'")
        connection.execute(READ.format(first=first, last=last))
    count_and_score(warehouse, first, last)


def started(warehouse: Warehouse) -> Warehouse:
    weekly = {"window_days": 7, "min_orders": 1, "min_distinct_buyers": 1, "evaluation_weekday": 1}
    warehouse.insert("policies.policy_versions", [REFERENCE_POLICY | weekly])
    rung = {"policy_id": "reference", "version": "1", "tier_rank": 1, "tier": "T1", "rule_id": "R1"}
    warehouse.insert(
        "policies.ladder_conditions", [rung | {"severity": 1, "measure": "num_effective", "at_least": 1}]
    )
    return warehouse


@pytest.fixture(scope="module")
def delivered() -> dict[str, list[Row]]:
    return restless_deliveries(orders=200, feedback=120)


@pytest.fixture(scope="module")
def at_once(
    tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject, delivered: dict[str, list[Row]]
) -> Warehouse:
    warehouse = started(Warehouse(tmp_path_factory.mktemp("both_halves"), dbt_project))
    run(warehouse, delivered, FIRST, LAST)
    return warehouse


def counts(warehouse: Warehouse, table: str) -> Any:
    return warehouse.query(f"select count(*) as rows from {table}")[0]["rows"]


def test_deliveries_become_candidates_that_cite_their_words(at_once: Warehouse) -> None:
    assert {row["change"] for row in at_once.rows("ccr.fct_negative_orders")} == {1, -1}
    assert counts(at_once, "penalties.fct_candidate_orders where span_text <> ''") > 0


def test_every_test_of_the_project_holds_on_restless_deliveries(at_once: Warehouse) -> None:
    at_once.test(FIRST, LAST)


def test_late_days_end_like_one_run(
    warehouse: Warehouse, at_once: Warehouse, delivered: dict[str, list[Row]]
) -> None:
    started(warehouse)
    for first, last in [(DAYS[2], DAYS[4]), (DAYS[5], DAYS[7]), (DAYS[0], DAYS[1])]:
        run(warehouse, delivered, first, last)
    found, expected = warehouse.contents(*WHOLE), at_once.contents(*WHOLE)
    assert found.keys() == expected.keys()
    for table in sorted(expected):
        assert found[table] == expected[table], table
