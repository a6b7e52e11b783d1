"""Decisions: what the candidates of the courtroom become, once and for good."""

import dagster as dg

from orchestration.penalties.ledger import Ledger
from orchestration.penalties.posting import post
from orchestration.penalties.snapshot import write_snapshot
from orchestration.policy.library import PolicyLibrary
from orchestration.wiring.house import House
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, days_of
from orchestration.wiring.warehouse import arrow


@dg.asset(
    key=["penalties", "decisions"],
    deps=[
        ["penalties", "fct_penalty_candidates"],
        ["penalties", "fct_candidate_orders"],
        ["ccr", "fct_ccr"],
        ["policies", "ladder_conditions"],
        ["policies", "ladder_measures"],
        ["policies", "ticket_rules"],
    ],
    group_name="penalties",
    owners=["team:feedback-governance"],
    kinds={"sqlite"},
    partitions_def=BUSINESS_DAY,
    backfill_policy=ONE_RUN_PER_RANGE,
)
def decisions(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """One row per decision, in force or shadow, with its measures, orders and words.

    Posted by an id made of platform, shop, policy, rule and period, so posting a day
    again, in any order, posts nothing. Never past a failed check on the scores.
    """
    settings = house.settings()
    days = house.to_bring_up_to_date(days_of(context))
    ledger = Ledger(settings.ledger_url)
    with house.warehouse() as connection:
        window: list[object] = [days.first, days.last]
        of_window = "where business_day between ? and ? order by all"
        report = post(
            ledger,
            arrow(connection, f"select * from penalties.fct_penalty_candidates {of_window}", window),
            arrow(connection, f"select * from penalties.fct_candidate_orders {of_window}", window),
            arrow(connection, "select * from policies.ladder_measures order by all"),
            arrow(connection, "select * from policies.ticket_rules order by all"),
            ladder_conditions=arrow(connection, "select * from policies.ladder_conditions order by all"),
            appeals=PolicyLibrary.load(settings.policy_folders).appeal_terms(),
        )
    write_snapshot(ledger, settings.lake)
    for refusal in report.refused:
        context.log.warning(f"not posted: {refusal}")
    return dg.MaterializeResult(metadata={**report.counts(), "days": str(days)})
