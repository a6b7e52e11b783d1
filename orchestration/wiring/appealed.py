"""Appeals out of the warehouse: their events, and the facts and terms that they are judged by."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb

from orchestration.appeals.filing import AppealEvent, Reason, Terms
from orchestration.appeals.known import FeedbackKnown, Known, OrderKnown, PolicyInForce, SaidOf
from orchestration.wiring.partitions import Days

_EVENTS = """
select business_day, platform, appeal_key, appeal_id, event_no, event, shop_key, actor, happened_at,
       subject_type, subject_key, decision_id, reason_code, statement, statement_length, evidence,
       noticed_at, result_reason, reviewer_kind, note, row_sha256
from staging.stg_appeals
where business_day <= $last and appeal_key in (select unnest($keys))
order by appeal_key, event_no, business_day, row_sha256
"""

_FEEDBACK = """
select events.feedback_key, events.channel, events.shop_key,
       cast(events.occurred_at at time zone 'Asia/Shanghai' as date) as occurred_on,
       events.business_day as known_on, links.order_key, links.business_day as linked_on
from intermediate.int_feedback_events as events
left join intermediate.int_feedback_links as links on events.feedback_key = links.feedback_key
where events.is_first_version
  and (events.feedback_key in (select unnest($keys)) or links.order_key in (select unnest($keys)))
order by all
"""

_ORDERS = """
select order_key, business_day, shop_key
from intermediate.int_orders_judged
where order_key in (select unnest($keys))
order by all
"""

# a person's word holds as long as the words that were read are those that are there
_SAID = """
select feedback_key, min(business_day) as known_on, 0 as decision_no,
       list_sort(list(distinct issue_code)
                 filter (where decision = 'negative' and issue_code is not null)) as issues
from classified.feedback_tags
where feedback_key in (select unnest($keys))
group by feedback_key
union all
select decisions.feedback_key, decisions.business_day, decisions.decision_no,
       case when decisions.decision = 'withdrawn' then null
            when decisions.decision = 'negative' and decisions.issue_code is not null
                then [decisions.issue_code]
            else [] end
from staging.stg_review_decisions as decisions
where decisions.feedback_key in (select unnest($keys))
  and exists (
      select 1 from classified.feedback_tags as tags
      where tags.feedback_key = decisions.feedback_key and tags.words_sha256 = decisions.words_sha256
  )
order by all
"""

_POLICIES = """
select versions.policy_id, versions.version, versions.platform, versions.kind, versions.effective_from,
       versions.effective_to, terms.* exclude (policy_id, version)
from policies.policy_versions as versions
inner join policies.policy_appeals as terms
    on versions.policy_id = terms.policy_id and versions.version = terms.version
where versions.kind <> 'rate' or versions.metric_id = 'ccr_rate'
order by all
"""

# an issue that one rule opens to appeal is open, whatever another rule says of it
_CLOSED_BY_RULES = """
select policy_id, version, issue_code
from policies.ticket_rules
group by all
having not bool_or(appealable)
"""

_REASONS = "select * from policies.policy_appeal_reasons order by policy_id, version, reason_no"


def events_of_days(connection: duckdb.DuckDBPyConnection, days: Days) -> list[AppealEvent]:
    """Every event known by the last day of the appeals of which one became known in the days.

    With them come the appeals about the same subjects: only one may be open.
    """
    touched = connection.execute(
        "select distinct appeal_key from staging.stg_appeals where business_day between ? and ?",
        [days.first, days.last],
    ).fetchall()
    return events_of(connection, {key for (key,) in touched}, days.last)


def events_about(connection: duckdb.DuckDBPyConnection, subject_key: str, last: date) -> list[AppealEvent]:
    """Every event known by a day of the appeals about a subject."""
    return events_of(connection, _about(connection, {subject_key}), last)


def events_of(connection: duckdb.DuckDBPyConnection, keys: set[str], last: date) -> list[AppealEvent]:
    """Every event known by a day of some appeals, and of those about the same subjects."""
    found = set(keys)
    while True:
        subjects = {
            subject
            for (subject,) in connection.execute(
                "select distinct subject_key from staging.stg_appeals "
                "where subject_key is not null and appeal_key in (select unnest(?))",
                [sorted(found)],
            ).fetchall()
        }
        more = found | _about(connection, subjects)
        if more == found:
            break
        found = more
    return [
        AppealEvent(**{**row, "evidence": pieces(row["evidence"])})
        for row in _rows(connection, _EVENTS, last=last, keys=sorted(found))
    ]


def known_of(connection: duckdb.DuckDBPyConnection, events: Sequence[AppealEvent]) -> Known:
    """The facts of everything that the events are about, and every policy's terms."""
    keys = sorted({event.subject_key for event in events if event.subject_key is not None})
    feedback = _feedback(connection, keys)
    # feedback counts for the shop of its order, where it does not say whose it is
    orders = sorted({*keys, *(each.order_key for each in feedback if each.order_key is not None)})
    said = _rows(connection, _SAID, keys=sorted({each.feedback_key for each in feedback}))
    return Known(
        policies=policies(connection),
        feedback=tuple(feedback),
        orders=tuple(OrderKnown(*row.values()) for row in _rows(connection, _ORDERS, keys=orders)),
        said=tuple(
            SaidOf(
                row["feedback_key"],
                row["known_on"],
                row["decision_no"],
                None if row["issues"] is None and row["decision_no"] else tuple(row["issues"] or ()),
            )
            for row in said
        ),
    )


def policies(connection: duckdb.DuckDBPyConnection) -> tuple[PolicyInForce, ...]:
    """Every version with its terms of appeal."""
    closed: dict[tuple[str, str], set[str]] = {}
    for policy_id, version, issue in connection.execute(_CLOSED_BY_RULES).fetchall():
        closed.setdefault((policy_id, version), set()).add(issue)
    reasons: dict[tuple[str, str], list[Reason]] = {}
    for row in _rows(connection, _REASONS):
        reasons.setdefault((row["policy_id"], row["version"]), []).append(_reason(row))
    return tuple(
        PolicyInForce(
            row["platform"],
            row["kind"],
            row["effective_from"],
            row["effective_to"],
            _terms(row, closed, reasons),
        )
        for row in _rows(connection, _POLICIES)
    )


def pieces(evidence: str | None) -> tuple[str, ...]:
    """`kind:sha256; kind:sha256` taken apart, each piece once."""
    return tuple(dict.fromkeys(piece.strip() for piece in (evidence or "").split(";") if piece.strip()))


def _about(connection: duckdb.DuckDBPyConnection, subjects: set[str]) -> set[str]:
    rows = connection.execute(
        "select distinct appeal_key from staging.stg_appeals where subject_key in (select unnest(?))",
        [sorted(subjects)],
    ).fetchall()
    return {key for (key,) in rows}


def _feedback(connection: duckdb.DuckDBPyConnection, keys: list[str]) -> list[FeedbackKnown]:
    return [FeedbackKnown(**row) for row in _rows(connection, _FEEDBACK, keys=keys)]


def _terms(
    row: dict[str, Any],
    closed: dict[tuple[str, str], set[str]],
    reasons: dict[tuple[str, str], list[Reason]],
) -> Terms:
    key = (row["policy_id"], row["version"])
    return Terms(
        policy_id=row["policy_id"],
        version=row["version"],
        appealable=row["appealable"],
        never_issues=frozenset(row["never_issues"] or ()) | closed.get(key, set()),
        window_days=row["window_days"],
        calendar=row["calendar"],
        report_window_days=row["report_window_days"],
        rounds=row["rounds"],
        evidence_must_differ=row["evidence_must_differ"],
        decision_sla_days=row["decision_sla_days"],
        sla_calendar=row["sla_calendar"],
        suspends_execution=row["suspends_execution"],
        evidence_required=tuple(row["evidence_required"] or ()),
        statement_max_chars=row["statement_max_chars"],
        reasons=tuple(reasons.get(key, ())),
    )


def _reason(row: dict[str, Any]) -> Reason:
    return Reason(
        code=row["reason_code"],
        name_zh=row["name_zh"] or "",
        name_en=row["name_en"] or "",
        needs_statement=bool(row["needs_statement"]),
        **{
            name: tuple(row[name] or ())
            for name in ("subject_types", "channels", "issue_codes", "evidence_required")
        },
    )


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, **values: object) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, values) if values else connection.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
