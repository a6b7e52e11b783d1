"""A version of a rate policy run over past days, by the models and the posting that judge every day.

All of it happens in a scratch warehouse with a ledger of its own; of the home nothing is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.defs.shop_scores import scores_of
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.posting import POSTING_TABLES, PostingReport, post
from orchestration.penalties.snapshot import snapshot
from orchestration.policy.library import PolicyLibrary
from orchestration.policy.tables import write_policy_tables
from orchestration.policy.trial import Trial
from orchestration.settings import Settings
from orchestration.wiring.dbt import DbtHouse
from orchestration.wiring.lake import write_partition
from orchestration.wiring.partitions import Days
from orchestration.wiring.rule_book import rule_tables
from orchestration.wiring.scratch import Scratch
from orchestration.wiring.warehouse import arrow

# whatever depends on the policies, up to what a score is made from, and from there to the candidates
COUNTED = "source:policies+,+int_subjects_to_score"
HELD = "source:policies+,+fct_candidate_orders"

PLATFORMS = """
select distinct platform from intermediate.int_policies_in_force
where business_day between ? and ? and kind = 'rate' and policy_id = ? and policy_version = ?
order by all
"""
CANDIDATES = """
select * from penalties.penalty_rate_candidates
where business_day between ? and ? and list_contains(?, platform) order by all
"""
CANDIDATE_ORDERS = """
select * from penalties.fct_candidate_orders
where business_day between ? and ? and list_contains(?, platform) and subject_type = 'shop' order by all
"""
EVALUATIONS = """
with amounts as (

    select
        decisions.business_day,
        decisions.shop_key,
        cast(sum(coalesce(measures.amount_fen, 0)) as bigint) as amount_fen,
        cast(sum(coalesce(measures.points, 0)) as bigint) as points,
        bool_or(measures.measure_code = 'product_delist') as is_delisted
    from decided as decisions
    inner join measures on decisions.decision_id = measures.decision_id
    group by decisions.business_day, decisions.shop_key

)

select
    evaluations.business_day,
    evaluations.platform,
    evaluations.shop_key,
    shops.main_category_key as category_key,
    evaluations.policy_id,
    evaluations.policy_version,
    policies.policy_sha256,
    evaluations.window_start,
    evaluations.num_effective,
    evaluations.den_effective,
    evaluations.num_weighed,
    evaluations.rate,
    evaluations.ci_low,
    evaluations.ci_high,
    evaluations.benchmark_rate,
    evaluations.benchmark_level,
    evaluations.ratio_to_benchmark,
    evaluations.ratio_to_benchmark_low,
    scores.threshold,
    evaluations.prob_above_threshold,
    scores.score,
    evaluations.distinct_buyers,
    evaluations.status,
    evaluations.held_back_by,
    evaluations.is_occurrence,
    candidates.occurrences_90d,
    candidates.tier,
    candidates.rule_id,
    candidates.severity,
    candidates.mode,
    case
        when amounts.shop_key is not null then 'decided'
        when postponed.subject_id is not null then 'in_cooldown'
        when candidates.tier is not null then 'refused'
    end as outcome,
    amounts.amount_fen,
    amounts.points,
    amounts.is_delisted
from penalties.penalty_rate_evaluations as evaluations
inner join intermediate.int_policies_in_force as policies
    on
        evaluations.business_day = policies.business_day
        and evaluations.platform = policies.platform
        and policies.kind = 'rate'
left join ccr.dim_shops as shops on evaluations.shop_key = shops.shop_key
left join ccr.fct_ccr as scores
    on
        evaluations.business_day = scores.business_day
        and evaluations.shop_key = scores.subject_id
        and scores.subject_type = 'shop'
        and scores.dimension = 'overall'
        and scores.window_days = policies.window_days
left join penalties.penalty_rate_candidates as candidates
    on
        evaluations.business_day = candidates.business_day
        and evaluations.shop_key = candidates.shop_key
left join postponed
    on
        candidates.subject_id = postponed.subject_id
        and candidates.period_key = postponed.period_key
left join amounts
    on
        evaluations.business_day = amounts.business_day
        and evaluations.shop_key = amounts.shop_key
where
    evaluations.business_day between ? and ?
    and list_contains(?, evaluations.platform)
order by evaluations.business_day, evaluations.shop_key
"""


class NothingToSimulateError(ValueError):
    """No shop was evaluated in the days asked for; says why and which days there are."""


@dataclass(frozen=True)
class Simulated:
    """One row per shop and evaluation day, of the version tried and of what it is held against."""

    days: Days
    tried: pa.Table
    against: pa.Table
    against_name: str


def simulate(settings: Settings, trial: Trial, against: Trial | None, days: Days, folder: Path) -> Simulated:
    """Judges the days by the version, and again by another one or by those then in force.

    A version on trial is in force over all the days. Occurrences and cooldowns begin with the first
    of them, on both sides. `folder` is empty, and may be thrown away afterwards.
    """
    scratch = Scratch.of(settings.warehouse, settings.lake, folder, {"policies", "scored"})
    with scratch.opened() as connection:
        connection.execute("delete from penalties.penalty_rate_evaluations")
    tried_in = trial.in_force(days.first)
    _judge(scratch, tried_in, days)
    with scratch.opened() as connection:
        version = trial.version
        window = [days.first, days.last]
        found = connection.execute(PLATFORMS, [*window, version.policy_id, version.version]).fetchall()
        platforms = [platform for (platform,) in found]
        tried = _evaluated(scratch, connection, days, platforms)
        if not tried.num_rows:
            raise NothingToSimulateError(_why_nothing(connection, trial, days))
    # the rule book as it is, without a document that is only tried
    other_in = against.in_force(days.first) if against else PolicyLibrary.load(settings.policy_folders)
    names = f"{against.version.policy_id} {against.version.version}" if against else "as in force"
    if against is None:
        for platform in platforms:
            other_in.day_by_day(platform, days.first, days.last, trial.version.judges)
    _judge(scratch, other_in, days)
    with scratch.opened() as connection:
        other = _evaluated(scratch, connection, days, platforms)
    return Simulated(days, tried, other, names)


def _judge(scratch: Scratch, library: PolicyLibrary, days: Days) -> None:
    """What every day's run does from the policies on, in its order."""
    write_policy_tables(library, scratch.lake)
    dbt = DbtHouse(warehouse=str(scratch.warehouse))
    _show_lake(scratch)
    dbt.run(COUNTED, days)
    with scratch.opened() as connection:
        for day in days:
            write_partition(scratch.lake, "scored", "shop_scores", day, scores_of(connection, day))
    _show_lake(scratch)
    dbt.run(HELD, days, exclude=COUNTED)


def _show_lake(scratch: Scratch) -> None:
    with scratch.opened():
        pass


def _evaluated(
    scratch: Scratch,
    connection: duckdb.DuckDBPyConnection,
    days: Days,
    platforms: Sequence[str],
) -> pa.Table:
    window: list[object] = [days.first, days.last, list(platforms)]
    file = scratch.folder / "ledger.sqlite"
    file.unlink(missing_ok=True)
    ledger = Ledger(f"sqlite:///{file}")
    try:
        report = post(
            ledger,
            arrow(connection, CANDIDATES, window),
            arrow(connection, CANDIDATE_ORDERS, window),
            rule_tables(connection, POSTING_TABLES),
        )
        posted = snapshot(ledger)
    finally:
        ledger.close()
        for part in scratch.folder.glob("ledger.sqlite*"):
            part.unlink()
    connection.register("decided", posted["decisions"])
    connection.register("measures", posted["measures"])
    connection.register("postponed", _postponed(report))
    return arrow(connection, EVALUATIONS, window)


def _postponed(report: PostingReport) -> pa.Table:
    columns = pa.schema([("subject_id", pa.string()), ("period_key", pa.string())])
    kept_back = [*report.in_cooldown, *report.consumed]
    rows = [{"subject_id": each.subject_id, "period_key": each.period_key} for each in kept_back]
    return pa.Table.from_pylist(rows, schema=columns)


def _why_nothing(connection: duckdb.DuckDBPyConnection, trial: Trial, days: Days) -> str:
    platform = trial.version.document.platform
    first, last = _processed(connection, platform)
    if first is None:
        return f"no business day of platform '{platform}' was run: `ccr run` its days first"
    return (
        f"no shop of platform '{platform}' is evaluated from {days.first} to {days.last}: "
        f"its days were run from {first} to {last}; ask for days of those that end a period of the policy"
    )


def _processed(connection: duckdb.DuckDBPyConnection, platform: str) -> tuple[date | None, date | None]:
    found = connection.execute(
        "select min(business_day), max(business_day) from intermediate.int_platform_days "
        "where ? in (platform, '*')",
        [platform],
    ).fetchone()
    return found or (None, None)
