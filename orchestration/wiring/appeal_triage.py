"""What triage looks at, out of the warehouse: the facts of a record."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import duckdb

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
