"""What triage looks at, out of the warehouse: the facts of a record, and the figures of its shop."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import duckdb

from orchestration.appeals.effect import Condition, RateNow
from orchestration.appeals.filing import AppealEvent, Case
from orchestration.appeals.rules import taken_out
from orchestration.appeals.triage import Record

# facts are those of the latest version known by the day
_FACTS = """
with of_subject as (
    select events.*,
           row_number() over (partition by events.feedback_key order by events.version_no desc) as recency
    from intermediate.int_feedback_events as events
    left join intermediate.int_feedback_links as links
        on events.feedback_key = links.feedback_key and links.business_day <= $day
    where events.business_day <= $day
      and (events.feedback_key = $subject or links.order_key = $subject)
)
select feedback_key, channel, consumer_accepted, compensated, evidence_valid, blame, after_sale_kind,
       least(rating_overall, rating_product, rating_service) as lowest_rating
from of_subject where recency = 1 order by feedback_key
"""

_TAGS = """
select dimension, issue_code, guard_code, decision
from classified.feedback_tags
where feedback_key in (select unnest($keys)) and business_day <= $day
order by all
"""

_ABNORMAL = """
select distinct code from classified.abnormal_evaluations
where feedback_key in (select unnest($keys)) and business_day <= $day
order by code
"""

_COUNTING = """
select distinct feedback_key, order_key
from intermediate.int_verdicts_in_force
where is_valid and business_day <= $day and (until_day is null or until_day > $day)
  and order_key in (select unnest($keys))
order by all
"""

_RATE = """
select scores.num_effective, scores.den_effective,
       case when policies.metric_rate = 'adjusted' then scores.benchmark_rate_adjusted
            else scores.benchmark_rate end as benchmark_rate,
       case when policies.metric_rate = 'adjusted' then scores.num_adjusted end as num_weighed,
       policies.policy_id, policies.policy_version
from ccr.fct_ccr as scores
inner join intermediate.int_policies_in_force as policies
    on scores.business_day = policies.business_day and scores.platform = policies.platform
    and scores.window_days = policies.window_days and policies.kind = 'rate'
where scores.subject_type = 'shop' and scores.dimension = 'overall' and scores.subject_id = $shop
  and scores.business_day <= $day
order by scores.business_day desc
limit 1
"""

_LADDER = """
select tier, measure, at_least from policies.ladder_conditions
where policy_id = $policy and version = $version
order by tier_rank, tier, measure
"""


def record_of(connection: duckdb.DuckDBPyConnection, draft: AppealEvent, case: Case, day: date) -> Record:
    """The facts of the feedback that an appeal would be about."""
    facts = _rows(connection, _FACTS, day=day, subject=draft.subject_key)
    keys = [row["feedback_key"] for row in facts]
    tags = _rows(connection, _TAGS, keys=keys, day=day)
    negative = [tag for tag in tags if tag["decision"] == "negative"]
    judged = [row["evidence_valid"] for row in facts if row["evidence_valid"] is not None]
    return Record(
        channels=_set(row["channel"] for row in facts),
        dimensions=_set(tag["dimension"] for tag in negative),
        guards=_set(tag["guard_code"] for tag in tags if tag["decision"] == "guarded"),
        abnormal=_set(row["code"] for row in _rows(connection, _ABNORMAL, keys=keys, day=day)),
        consumer_accepted=any(row["consumer_accepted"] for row in facts),
        compensated=any(row["compensated"] for row in facts),
        is_quality_return=any(row["after_sale_kind"] == "return_refund" for row in facts)
        and any(str(tag["issue_code"]).startswith("quality_") for tag in negative),
        evidence_valid=any(judged) if judged else None,
        blame=next((row["blame"] for row in facts if row["blame"] is not None), None),
        lowest_rating=min((row["lowest_rating"] for row in facts if row["lowest_rating"]), default=None),
        frees_its_order=_frees(connection, draft, case, day),
    )


def rate_now(connection: duckdb.DuckDBPyConnection, shop_key: str | None, day: date) -> RateNow | None:
    """The figures of a shop on the last scored day up to a day, with the ladder of the policy in force."""
    found = _rows(connection, _RATE, shop=shop_key, day=day)
    if not found or found[0]["den_effective"] is None:
        return None
    row = found[0]
    ladder = _rows(connection, _LADDER, policy=row["policy_id"], version=row["policy_version"])
    return RateNow(
        num=row["num_effective"],
        den=row["den_effective"],
        benchmark_rate=row["benchmark_rate"],
        num_weighed=row["num_weighed"],
        conditions=tuple(Condition(each["tier"], each["measure"], each["at_least"]) for each in ladder),
    )


def _frees(connection: duckdb.DuckDBPyConnection, draft: AppealEvent, case: Case, day: date) -> bool:
    """Whether its order counts as a negative one, and through nothing but what would be taken out."""
    if case.subject is None:
        return False
    gone = {each.feedback_key for each in taken_out(draft.subject_type, case.subject, case.terms)}
    orders = sorted({each.order_key for each in case.subject.feedback if each.order_key})
    counting = {row["feedback_key"] for row in _rows(connection, _COUNTING, keys=orders, day=day)}
    return bool(counting) and counting <= gone


def _set(values: Iterable[str | None]) -> frozenset[str]:
    return frozenset(value for value in values if value)


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, **values: object) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
