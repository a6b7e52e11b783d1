"""What is stored beside what was replayed: every figure that is not the same to the last bit."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import duckdb

from orchestration.replaying.counts import DIMENSIONS
from orchestration.replaying.ledger import as_its_candidate_said, measures_of, orders_of
from orchestration.replaying.orders import OrderReplay, stored_order
from orchestration.replaying.reading import Row, first, rows
from orchestration.replaying.shop import SCORE_FIGURES, ShopReplay


class Difference(NamedTuple):
    """One figure that is stored otherwise than it was replayed."""

    table: str
    figure: str
    stored: Any
    replayed: Any


# By column of `penalties.decisions`, the column of the candidate that it holds.
DECISION_COLUMNS = {
    **{name: name for name in ("policy_id", "policy_version", "policy_sha256", "rule_family", "rule_id")},
    **{name: name for name in ("tier", "severity", "mode", "shop_key", "period_key", "period_start")},
    **{name: name for name in ("period_end", "issue_codes", "human_review")},
}
RATE_COLUMNS = DECISION_COLUMNS | {
    "num": "num_effective",
    "den": "den_effective",
    **{name: name for name in ("rate", "ci_low", "ci_high", "benchmark_rate", "benchmark_level")},
    "ratio": "ratio_to_benchmark",
    "ratio_low": "ratio_to_benchmark_low",
    "distinct_buyers": "distinct_buyers",
}
TICKET_COLUMNS = DECISION_COLUMNS | {"amount_fen": "amount_fen", "business_day": "business_day"}
_OF_THE_TIER = ("rule_id", "tier", "severity", "human_review", "amount_fen")
_COUNTED = ("den_real", "num_real", "den_effective", "num_effective")
_PLAIN = (
    *("rate", "rate_real", "ci_low", "ci_high", "benchmark_rate", "benchmark_den", "benchmark_subjects"),
    *("benchmark_level", "ratio_to_benchmark", "ratio_to_benchmark_low"),
)
_EVALUATED = (
    *("num_effective", "den_effective", "num_weighed", "rate", "ci_low", "ci_high", "benchmark_rate"),
    *("benchmark_level", "ratio_to_benchmark", "ratio_to_benchmark_low", "prob_above_threshold", "status"),
    "distinct_buyers",
)


def differences(
    table: str, stored: Row | None, replayed: Row | None, columns: Mapping[str, str] | Sequence[str]
) -> list[Difference]:
    """The columns whose values are not equal; a row that only one side has is one difference."""
    named = columns if isinstance(columns, Mapping) else {name: name for name in columns}
    if stored is None or replayed is None:
        if stored is replayed:
            return []
        return [Difference(table, "row", _there(stored), _there(replayed))]
    return [
        Difference(table, column, stored[column], replayed[name])
        for column, name in named.items()
        if stored[column] != replayed[name]
    ]


def shop_differences(connection: duckdb.DuckDBPyConnection, replay: ShopReplay) -> list[Difference]:
    """The published score, the evaluation and the candidate of a day against their replay."""
    place = {"shop": replay.shop_key, "day": replay.day}
    published = {
        row["dimension"]: row
        for row in rows(
            connection,
            "select * from ccr.fct_ccr where subject_type = 'shop' and subject_id = $shop "
            "and business_day = $day and window_days = $window",
            window=replay.window_days,
            **place,
        )
    }
    found: list[Difference] = []
    if published or replay.counts.den_real > 0:
        # Under an adjusted policy the figures that are weighed are compared with the evaluation.
        plain = () if replay.rules.said("metric_rate") == "adjusted" else _PLAIN
        columns = (*_COUNTED, *plain, "status", *SCORE_FIGURES, "score_status")
        found += differences("ccr.fct_ccr", published.get("overall"), replay.figures, columns)
        for dimension in DIMENSIONS[1:]:
            counted = {"num_effective": replay.counts.by_dimension[dimension]}
            of_dimension = published.get(dimension)
            found += differences(f"ccr.fct_ccr ({dimension})", of_dimension, counted, ("num_effective",))
    if replay.is_evaluation_day:
        evaluated = first(
            connection,
            "select * from penalties.penalty_rate_evaluations where shop_key = $shop and business_day = $day",
            **place,
        )
        judged = {
            "held_back_by": replay.judgement.held_back_by,
            "is_occurrence": replay.judgement.is_occurrence,
        }
        said = {**replay.figures, **judged}
        if published or evaluated:
            columns = (*_EVALUATED, "held_back_by", "is_occurrence")
            found += differences("penalties.penalty_rate_evaluations", evaluated, said, columns)
    candidate = replay.candidate()
    stored = first(
        connection,
        "select * from penalties.fct_penalty_candidates where subject_type = 'shop' "
        "and subject_id = $shop and business_day = $day",
        **place,
    )
    return found + differences("penalties.fct_penalty_candidates", stored, candidate, list(candidate or ()))


def decision_differences(
    connection: duckdb.DuckDBPyConnection,
    decision: Row | None,
    candidate: Row | None,
    columns: Mapping[str, str],
    orders: Sequence[str],
) -> list[Difference]:
    """A decision of the ledger against the candidate that was replayed, and the orders both list."""
    if decision is None:
        return []
    compared = dict(columns)
    if json.loads(decision["reasons"])["held"] is not None:
        # Its tier is what was left without orders already punished and occurrences that were reversed.
        compared = {name: column for name, column in compared.items() if name not in _OF_THE_TIER}
    said = as_its_candidate_said(connection, decision)
    found = differences("penalties.decisions", said, candidate, compared)
    taken = sum(row["amount_fen"] or 0 for row in measures_of(connection, decision["decision_id"]))
    if decision["amount_fen"] != taken:
        found.append(Difference("penalties.decisions", "amount_fen", decision["amount_fen"], taken))
    listed = list(orders_of(connection, decision["decision_id"]))
    if listed != sorted(orders):
        found.append(Difference("penalties.decision_orders", "order_key", listed, sorted(orders)))
    return found


def order_differences(connection: duckdb.DuckDBPyConnection, replay: OrderReplay) -> list[Difference]:
    """What is stored of an order on the known day against its replay."""
    facts = replay.facts
    codes = sorted(each.code for each in replay.asked if each.holds)
    counted = first(
        connection,
        "select exclusion_codes, is_effective from intermediate.int_orders_counted "
        "where order_key = $key and business_day = $day",
        key=facts["order_key"],
        day=facts["business_day"],
    )
    found = differences(
        "intermediate.int_orders_counted",
        counted,
        {"exclusion_codes": codes, "is_effective": replay.is_effective},
        ("exclusion_codes", "is_effective"),
    )
    stored = stored_order(connection, facts["order_key"], replay.known_on)
    found += differences(
        "ccr.fct_negative_orders", stored, {"is_negative": replay.is_negative}, ("is_negative",)
    )
    said = {_place(row): row for row in stored["verdicts"]}
    again = {_place(row): row for row in (_as_row(each) for each in replay.verdicts())}
    for place in sorted(said.keys() | again.keys()):
        name = f"intermediate.int_feedback_verdicts ({place[0]}, {place[1]})"
        found += differences(name, said.get(place), again.get(place), _VERDICT)
    return found


def ticket_differences(
    connection: duckdb.DuckDBPyConnection, order_key: str, replay: OrderReplay, candidate: Row | None
) -> list[Difference]:
    """The stored ticket candidate of an order against its replay, as far as the known day knows."""
    stored = first(
        connection,
        "select * from penalties.fct_penalty_candidates where subject_type = 'order' "
        "and subject_id = $order and business_day <= $known order by business_day",
        order=order_key,
        known=replay.known_on,
    )
    columns = [name for name in candidate or () if name != "amount_fen"]
    return differences("penalties.fct_penalty_candidates", stored, candidate, columns)


_VERDICT = (
    *("issue_codes", "guarded_issue_codes", "exclusion_codes", "is_negative", "is_real", "is_valid"),
    "decision_no",
)


def _place(row: Row) -> tuple[str, str, bool]:
    return row["feedback_key"], row["dimension"], row["needs_content_theme"]


def _as_row(verdict: Any) -> Row:
    return {**verdict._asdict(), "is_valid": verdict.is_valid}


def _there(row: Row | None) -> str:
    return "none" if row is None else "a row"
