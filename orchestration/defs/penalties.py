"""Decisions: what the candidates of the courtroom become, once and for good."""

from collections.abc import Iterable
from contextlib import closing
from datetime import date, timedelta

import dagster as dg
import duckdb

from orchestration.landing.files import last_day_with_orders
from orchestration.penalties.appeals import FAILED_DAYS, Appeals
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.posting import POSTING_TABLES, post
from orchestration.penalties.snapshot import write_snapshot
from orchestration.settings import Settings
from orchestration.wiring.house import House
from orchestration.wiring.landed import last_processed_day
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, Days, days_of
from orchestration.wiring.rule_book import rule_tables
from orchestration.wiring.warehouse import arrow


@dg.asset(
    key=["penalties", "decisions"],
    deps=[
        ["penalties", "fct_penalty_candidates"],
        ["penalties", "fct_candidate_orders"],
        ["ccr", "fct_ccr"],
        *(["policies", name] for name in POSTING_TABLES),
    ],
    group_name="penalties",
    owners=["team:feedback-governance"],
    kinds={"sqlite"},
    partitions_def=BUSINESS_DAY,
    backfill_policy=ONE_RUN_PER_RANGE,
)
def decisions(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """One row per decision, in force or shadow, with its measures, orders, words, and what became of it.

    Each day brings in turn what its appeals came to, what is due, and what its candidates become.
    Posted by an id made of platform, shop, policy, rule and period, so posting a day
    again, in any order, posts nothing. Never past a failed check on the scores.
    """
    settings = house.settings()
    days = house.to_bring_up_to_date(days_of(context))
    known_on = known_through(settings)
    with closing(Ledger(settings.ledger_url)) as ledger, house.warehouse() as connection:
        window: list[object] = [days.first, days.last]
        of_window = "where business_day between ? and ? order by all"
        report = post(
            ledger,
            arrow(connection, f"select * from penalties.fct_penalty_candidates {of_window}", window),
            arrow(connection, f"select * from penalties.fct_candidate_orders {of_window}", window),
            rule_tables(connection, POSTING_TABLES),
            judged=_judged(connection, days),
            appeals=_appeals(connection, days),
            known_through=known_on,
            horizon_days=settings.enforcement_horizon_days,
        )
        write_snapshot(ledger, settings.lake)
    for refusal in report.refused:
        context.log.warning(f"not posted: {refusal}")
    for appeal in report.disregarded:
        context.log.warning(f"without effect on the ledger: {appeal}")
    for each in (*report.reassessed, *report.vanished):
        context.log.warning(f"{each.subject_id} {each.period_key}: {each.change}, the decision stands")
    return dg.MaterializeResult(
        metadata={
            **report.counts(),
            "disregarded": [str(appeal) for appeal in report.disregarded],
            "days": str(days),
            "known_through": str(known_on),
        }
    )


def _judged(connection: duckdb.DuckDBPyConnection, days: Days) -> Iterable[tuple[date, str]]:
    """The days and platforms with no landed day before them that was never run: the ledger waits for that."""
    return connection.execute(
        "select business_day, platform from intermediate.int_platform_days "
        "where business_day between ? and ? and unprocessed_days = 0 order by all",
        [days.first, days.last],
    ).fetchall()


def _appeals(connection: duckdb.DuckDBPyConnection, days: Days) -> Appeals:
    earliest = days.first - timedelta(days=FAILED_DAYS)
    events = "select * from appeals.appeal_events where business_day between ? and ? order by all"
    upheld = "select * from appeals.upheld_feedback where business_day between ? and ? order by all"
    return Appeals.of(
        arrow(connection, events, [earliest, days.last]), arrow(connection, upheld, [days.first, days.last])
    )


def known_through(settings: Settings) -> date | None:
    """The last landed day of any platform: it, and no clock, says how long ago a period ended."""
    return last_day_with_orders(settings.landing) or last_processed_day(settings.lake)
