"""Puts the rooms together into one set of definitions."""

import dagster as dg

from orchestration.defs import (
    abnormal,
    appeals,
    automation,
    classification,
    counting,
    drift,
    intake,
    late_data,
    ledger,
    overdue_appeals,
    penalties,
    policies,
    policy_changes,
    policy_cover,
    policy_lab,
    publishing,
    quality,
    rate_adjustment,
    raw,
    reconciliation,
    scores,
    shop_scores,
    statements,
)
from orchestration.settings import Settings
from orchestration.wiring.dbt import DbtHouse
from orchestration.wiring.house import House
from orchestration.wiring.progress_log import progress_logger


def build_definitions(settings: Settings | None = None) -> dg.Definitions:
    """The whole project for one home. Reads the environment, opens nothing."""
    settings = settings or Settings.from_environment()
    return dg.Definitions(
        assets=late_data.made_again(
            [
                raw.raw_deliveries,
                raw.raw_snapshots,
                policies.policies_in(settings.policy_folders),
                policies.versions_used,
                intake.intake,
                classification.model,
                classification.classified,
                abnormal.abnormal,
                rate_adjustment.rate_adjustment,
                appeals.appeals,
                counting.counting,
                shop_scores.shop_scores,
                scores.scores,
                penalties.decisions,
                reconciliation.reconciliation,
                publishing.penalty_list,
                statements.statements,
                publishing.ccr_pictures,
                publishing.data_docs,
                policy_lab.policy_simulation,
            ]
        ),
        asset_checks=[
            *quality.CHECKS,
            drift.classification_has_not_drifted,
            overdue_appeals.answers_are_not_overdue,
            policy_cover.policies_cover_the_window,
            ledger.ledger_balances,
        ],
        jobs=[automation.close_business_day, automation.decide],
        schedules=[automation.close_business_day_daily],
        sensors=[automation.late_deliveries, policy_changes.changed_policies, late_data.landed_again],
        resources={
            "house": House(home=str(settings.home), landing=str(settings.landing)),
            "dbt": DbtHouse(warehouse=str(settings.warehouse)),
        },
        executor=dg.in_process_executor,
        loggers={"console": progress_logger},
    )
