"""What a run found, as tables for a terminal."""

from collections.abc import Sequence
from datetime import date

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.settings import Settings
from orchestration.wiring.house import House

_SHOPS = 12
_LINES = 25


def print_result(settings: Settings, day: date, console: Console) -> None:
    """The worst shops, the penalty list with its words, exclusions, deliveries, what to open next."""
    house = House(home=str(settings.home), landing=str(settings.landing))
    with house.warehouse() as connection:
        _print_shops(connection, day, console)
        _print_decisions(connection, day, console)
        _print_exclusions(connection, day, console)
        _print_deliveries(connection, day, console)
    _print_next(settings, console)


def print_own_result(
    connection: duckdb.DuckDBPyConnection, day: date, shops: Sequence[str], console: Console
) -> None:
    """Of some shops alone: their figures and their decisions."""
    _print_shops(connection, day, console, shops)
    _print_decisions(connection, day, console, shops)


def _print_shops(
    connection: duckdb.DuckDBPyConnection, day: date, console: Console, shops: Sequence[str] | None = None
) -> None:
    rows = connection.execute(
        """
        select scores.subject_id, shops.name, scores.num_effective, scores.den_effective, scores.rate,
               scores.ci_low, scores.ci_high, scores.ratio_to_benchmark, scores.score, scores.status,
               scores.policy_id || ' ' || scores.policy_version,
               projected.rate_projected, projected.rate_low, projected.rate_high,
               coalesce(nullif(concat_ws(
                   chr(10), 'meets ' || distances.tier_met,
                   distances.negatives_until_tier || ' until ' || distances.next_tier,
                   case when distances.held_back_by <> scores.status
                        then 'held back: ' || distances.held_back_by end
               ), ''), '–')
        from ccr.fct_ccr as scores
        left join ccr.dim_shops as shops on scores.subject_id = shops.shop_key
        left join ccr.fct_ccr_projected as projected
            using (business_day, subject_type, subject_id, window_days)
        left join penalties.fct_tier_distances as distances
            on scores.business_day = distances.business_day and scores.subject_id = distances.shop_key
            and scores.window_days = distances.window_days
        where scores.business_day = $1 and scores.subject_type = 'shop'
          and scores.dimension = 'overall' and scores.window_days = 30
          and ($3 is null or scores.subject_id in (select unnest($3)))
        order by scores.status not in ('ok', 'provisional'), scores.ci_low desc nulls last,
                 scores.subject_id
        limit $2
        """,
        [day, _SHOPS, shops],
    ).fetchall()
    measured_by = sorted({row[10] for row in rows if row[10]})
    table = Table(
        title=f"Shops with the highest CCR, 30 days to {day} (by lower bound)",
        caption=f"measured by {', '.join(measured_by) or 'no policy'}",
    )
    for column in ("shop", "name", "negative", "CCR", "95 % interval", "× benchmark",
                   "score", "status", "once mature", "to a tier"):  # fmt: skip
        table.add_column(
            column,
            justify="right" if column in {"negative", "CCR", "score"} else "left",
            no_wrap=column in {"shop", "95 % interval", "once mature", "to a tier"},
        )
    for (
        shop, name, num, den, rate, low, high, ratio, score, status, _, mature, least, most, distance,
    ) in rows:  # fmt: skip
        table.add_row(
            shop, name or "", f"{num} of {den}", _percent(rate),
            f"{_percent(low)} – {_percent(high)}", f"{ratio:.2f}" if ratio is not None else "–",
            f"{score:.0f}" if score is not None else "–", status,
            _estimate(mature, least, most),
            distance,
        )  # fmt: skip
    console.print(table)


def _print_decisions(
    connection: duckdb.DuckDBPyConnection, day: date, console: Console, shops: Sequence[str] | None = None
) -> None:
    total = connection.execute(
        "select mode, count(*) from penalties.decisions where business_day <= $1 "
        "and ($2 is null or shop_key in (select unnest($2))) group by all order by all",
        [day, shops],
    ).fetchall()
    rows = connection.execute(
        """
        with words as (
            select decision_id,
                   array_to_string(list_slice(list(span_text order by times desc, span_text), 1, 4), ' · ')
                       as words
            from (
                select decision_id, count(*) as times,
                       case when orders.issue_code = 'no_reply' and regexp_full_match(span_text, '[0-9]+')
                            then 'waited ' || span_text || ' s' else span_text end
                   || case when people.feedback_key is not null then ' (decided by a person)' else '' end
                       as span_text
                from penalties.decision_orders as orders
                left join (
                    select distinct feedback_key, issue_code from intermediate.int_evidence
                    where kind = 'human' and business_day <= $1
                ) as people
                    on orders.feedback_key = people.feedback_key and orders.issue_code = people.issue_code
                group by all
            )
            group by decision_id
        ),
        taken as (
            select decision_id, array_to_string(
                list(concat_ws(' ', measure_code,
                               case when amount_fen is not null then printf('%.2f', amount_fen / 100) end,
                               case when points is not null then points || ' points' end,
                               case when days is not null then days || ' days' end)
                     order by measure_no), ', ') as measures
            from penalties.measures
            group by decision_id
        )
        select decisions.business_day, decisions.mode, decisions.shop_key, decisions.subject_type,
               decisions.subject_key, decisions.tier, decisions.rule_id, taken.measures,
               decisions.num, decisions.den, words.words
        from penalties.decisions
        left join words on decisions.decision_id = words.decision_id
        left join taken on decisions.decision_id = taken.decision_id
        where decisions.business_day <= $1
          and ($3 is null or decisions.shop_key in (select unnest($3)))
        order by decisions.subject_type <> 'shop', decisions.severity desc, decisions.business_day desc,
                 decisions.decision_id
        limit $2
        """,
        [day, _LINES, shops],
    ).fetchall()
    counts = ", ".join(f"{count} {mode}" for mode, count in total) or "no decision"
    table = Table(title=f"Penalty list to {day}: {counts}", show_lines=True)
    for column in ("day", "mode", "shop", "subject", "tier", "measures", "counted", "the words"):
        table.add_column(column, overflow="fold")
    for business_day, mode, shop, kind, key, tier, rule, measures, num, den, words in rows:
        table.add_row(
            str(business_day), mode, shop, "shop" if kind == "shop" else key,
            f"{tier} {rule}", measures or "–", f"{num} of {den}" if kind == "shop" else "1 order",
            words or "–",
        )  # fmt: skip
    console.print(table)


def _print_exclusions(connection: duckdb.DuckDBPyConnection, day: date, console: Console) -> None:
    rows = connection.execute(
        "select scope, exclusion_code, sum(item_count) from ccr.fct_exclusions "
        "where business_day = ? group by all order by scope desc, 3 desc, 2",
        [day],
    ).fetchall()
    table = Table(title=f"Excluded and why, trailing 30 days to {day}")
    for column in ("what", "reason", "count"):
        table.add_column(column)
    for scope, code, count in rows:
        table.add_row(scope, code, str(count))
    console.print(table)


def _print_deliveries(connection: duckdb.DuckDBPyConnection, day: date, console: Console) -> None:
    status = connection.execute(
        "select status, count(*), sum(quarantined_count) from raw.deliveries where business_day <= ? "
        "group by all order by all",
        [day],
    ).fetchall()
    quarantined = connection.execute(
        "select reason, count(*) from raw.quarantine where business_day <= ? group by all order by 2 desc, 1",
        [day],
    ).fetchall()
    console.print(
        "Deliveries: " + ", ".join(f"{count} {name}" for name, count, _ in status)
        + "; quarantined rows: "
        + (", ".join(f"{count} {reason}" for reason, count in quarantined) or "none"),
        highlight=False,
    )  # fmt: skip
    pending = connection.execute("select count(*) from intermediate.int_feedback_pending").fetchone()
    queue = connection.execute(
        "select count(*) from classified.review_queue anti join (select feedback_key "
        "from intermediate.int_review_decisions where business_day <= $1 group by feedback_key "
        "having arg_max(decision, decision_no) <> 'withdrawn') using (feedback_key) where business_day <= $1",
        [day],
    ).fetchone()
    decided = connection.execute(
        "select last_said, count(*) from (select arg_max(decision, decision_no) as last_said "
        "from intermediate.int_review_decisions where business_day <= ? group by feedback_key) "
        "group by all order by all",
        [day],
    ).fetchall()
    console.print(
        f"Waiting for its order: {pending[0] if pending else 0} feedback; "
        f"undecided, for a person to read: {queue[0] if queue else 0}; decided by people: "
        + (", ".join(f"{count} {said}" for said, count in decided) or "none")
        + ".",
        highlight=False,
    )


def _print_next(settings: Settings, console: Console) -> None:
    console.print(
        f"\nNext: the lists are in {settings.published}/business_day=*/; "
        f"`ccr export ccr.fct_ccr --to ccr.csv` writes any table; "
        f"`make ui` shows the lineage on http://127.0.0.1:3000.",
        highlight=False,
    )


def _estimate(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None:
        return "–"
    return f"{value:.1%} ({low:.1%} – {high:.1%})"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.2f} %"
