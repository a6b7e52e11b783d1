"""Each dbt test of the counting half passes on a counted market and fails where its sentence is broken."""

import re
import shutil
from collections.abc import Iterator

import pytest

from orchestration.wiring.dbt import columns_at_fault
from tests.support.inputs import COUNTING
from tests.support.restless_market import FIRST, LAST, restless_market
from tests.support.scoring_step import count_and_score
from tests.support.warehouse import DbtFailedError, DbtProject, Warehouse

A_NEGATIVE = "(select min(order_key) from ccr.fct_negative_orders where change = 1)"
A_CANDIDATE = "(select min(subject_id) from penalties.fct_penalty_candidates where subject_type = 'shop')"
A_TICKET = "(select min(subject_id) from penalties.fct_penalty_candidates where subject_type = 'order')"

BREAKS = {
    "the_numerator_equals_the_listed_orders": "delete from ccr.fct_negative_orders "
    f"where order_key = {A_NEGATIVE} and dimension = 'overall'",
    "an_order_is_a_negative_once_or_not_at_all": "insert into ccr.fct_negative_orders "
    f"select * from ccr.fct_negative_orders where order_key = {A_NEGATIVE}",
    "dimensions_never_exceed_the_total": "update ccr.fct_ccr set num_effective = num_effective + 9 "
    "where dimension = 'service'",
    "shops_add_up_to_their_platform": "delete from ccr.fct_ccr where subject_type = 'shop' "
    "and den_effective = (select max(den_effective) from ccr.fct_ccr where subject_type = 'shop')",
    "a_recount_of_the_last_day_gives_the_same_scores": "update ccr.fct_ccr "
    f"set num_effective = num_effective + 1 where business_day = '{LAST}' and subject_type = 'shop'",
    "no_excluded_order_is_counted": "update intermediate.int_orders_judged "
    f"set exclusion_codes = ['sample_order'] where order_key = {A_NEGATIVE}",
    "exclusion_steps_add_up": "update ccr.fct_ccr set den_effective = den_effective - 1 "
    f"where business_day = '{LAST}' and subject_type = 'shop'",
    "a_negative_counts_on_the_day_its_order_was_paid": "update ccr.fct_negative_orders "
    "set order_day = business_day + 1",
    "a_score_without_orders_has_no_rate": "update ccr.fct_ccr set rate = 0 where den_effective = 0",
    "only_the_first_version_of_feedback_counts": "update classified.feedback_tags "
    "set business_day = business_day + 1",
    "no_linked_negative_is_lost": "delete from intermediate.int_feedback_verdicts "
    "where dimension = 'logistics'",
    "every_negative_has_words": "update classified.evidence_spans set span_start = span_start + 1, "
    "span_end = span_end + 1",
    "every_candidate_lists_the_orders_it_rests_on": "delete from penalties.fct_candidate_orders "
    f"where subject_id = {A_CANDIDATE}",
    "no_candidate_while_a_landed_day_is_unprocessed": "delete from raw.deliveries "
    f"where business_day = '{FIRST}' and platform = 'douyin'; "
    f"update raw.deliveries set first_landed_day = '{FIRST}'",
    "a_rate_candidate_stands_on_a_published_score": "update ccr.fct_ccr set status = 'insufficient'",
    "no_ticket_without_the_proof_its_rule_asks_for": "update intermediate.int_feedback_events "
    "set evidence_valid = false",
    "unique_grain_fct_ccr": "insert into ccr.fct_ccr select * from ccr.fct_ccr limit 1",
    "filled_fct_ccr": "update ccr.fct_ccr set policy_version = null where subject_type = 'shop'",
    "proportion_fct_ccr": "update ccr.fct_ccr set ci_high = 1.2 where subject_type = 'shop'",
    "numerator_within_denominator_fct_ccr": "update ccr.fct_ccr set num_effective = den_effective + 1",
    "known_values_fct_ccr": "update ccr.fct_ccr set status = 'good', prior_level = 'moon'",
    "within_fct_ccr": "update ccr.fct_ccr set score = 101 where score_status is not null",
    "every_subject_to_score_has_its_score": "update scored.shop_scores set num = num + 1 "
    "where subject_id = (select min(subject_id) from scored.shop_scores)",
    "rate_is_quotient_fct_ccr": "update ccr.fct_ccr set rate = rate / 2 where rate > 0",
    "unique_grain_fct_penalty_candidates": "update penalties.fct_penalty_candidates "
    "set period_key = '2026-W37' where subject_type = 'shop'",
    "relationships_fct_negative_orders": "delete from ccr.dim_shops",
}  # fmt: skip

# of a test of several columns, which of them the break above is about
COLUMNS_AT_FAULT = {
    "filled_fct_ccr": "policy_version",
    "proportion_fct_ccr": "ci_high",
    "known_values_fct_ccr": "status, prior_level",
    "within_fct_ccr": "score",
}


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("promises"), dbt_project)
    restless_market(warehouse).count(FIRST, LAST)
    count_and_score(warehouse, FIRST, LAST)
    shutil.copy(warehouse.path, warehouse.path.with_suffix(".counted"))
    return warehouse


@pytest.fixture
def market(counted: Warehouse) -> Iterator[Warehouse]:
    """The counted market, put back as it was after each test."""
    yield counted
    shutil.copy(counted.path.with_suffix(".counted"), counted.path)


def test_a_counted_market_keeps_every_promise(market: Warehouse) -> None:
    market.test(FIRST, LAST, f"{COUNTING} {' '.join(BREAKS)}")


@pytest.mark.parametrize("promise", sorted(BREAKS))
def test_a_broken_promise_is_found(market: Warehouse, promise: str) -> None:
    with market.connect() as connection:
        connection.execute(BREAKS[promise])
    with pytest.raises(DbtFailedError, match=re.escape(promise.partition("_fct_")[0])):
        market.test(FIRST, LAST, f"{promise}*")


@pytest.mark.parametrize("promise", sorted(COLUMNS_AT_FAULT))
def test_a_test_of_several_columns_says_which_are_at_fault(market: Warehouse, promise: str) -> None:
    with market.connect() as connection:
        connection.execute(BREAKS[promise])
    with pytest.raises(DbtFailedError) as failed:
        market.test(FIRST, LAST, f"{promise}*")
    counted = re.search(r"Got (\d+) results?", str(failed.value))
    assert counted is not None
    compiled = market.path.parent.glob(f"target/compiled/**/{promise}_*.sql")
    with market.connect() as connection:
        said = [columns_at_fault(connection, path.read_text(encoding="utf-8")) for path in compiled]
    assert [words for words in said if words] == [f"{COLUMNS_AT_FAULT[promise]}: {counted[1]}"]
