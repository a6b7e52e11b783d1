"""Two checks on a table in plain words: unsound stops what follows, implausible only warns."""

from typing import Literal

import dagster as dg

from orchestration.wiring.house import House
from orchestration.wiring.measured import measured
from orchestration.wiring.partitions import BUSINESS_DAY, days_of

Grade = Literal["sound", "plausible"]


def checks_on(table: str, schema: str) -> list[dg.AssetChecksDefinition]:
    """The checks `<table>_is_sound` (ERROR, blocking) and `<table>_is_plausible` (WARN)."""
    return [
        _check(schema, table, "sound", blocking=True, severity=dg.AssetCheckSeverity.ERROR),
        _check(schema, table, "plausible", blocking=False, severity=dg.AssetCheckSeverity.WARN),
    ]


def _check(
    schema: str, table: str, grade: Grade, *, blocking: bool, severity: dg.AssetCheckSeverity
) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=[schema, table],
        name=f"{table}_is_{grade}",
        description=f"{schema}.{table} is {grade}, day by day; the sentences are in its suite.",
        blocking=blocking,
        partitions_def=BUSINESS_DAY,
    )
    def check(context: dg.AssetCheckExecutionContext, house: House) -> dg.AssetCheckResult:
        from expectations.judge import judge  # GX takes seconds to import

        days = house.to_bring_up_to_date(days_of(context))
        frame = measured(house, context.run.run_id, table, days)
        broken = [verdict for verdict in judge(table, grade, frame) if not verdict.passed]
        return dg.AssetCheckResult(
            passed=not broken,
            severity=severity,
            description="; ".join(verdict.expectation for verdict in broken[:5]) or None,
            metadata={
                "days_judged": len(frame),
                "broken": dg.MetadataValue.md(
                    "\n".join(
                        f"- {verdict.expectation} ({', '.join(verdict.broken_days[:10])}): {verdict.observed}"
                        for verdict in broken
                    )
                    or "none"
                ),
            },
        )

    return check
