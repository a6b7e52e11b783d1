"""Makes the statement of a decision from the rows that are about to be stored, or names what it lacks."""

import math
from collections.abc import Sequence
from typing import Any

from orchestration.penalties.amounts import yuan
from orchestration.penalties.basis import Basis, VersionBasis
from orchestration.penalties.method import method_of
from orchestration.penalties.reasons import Held as HeldNumbers
from orchestration.penalties.reasons import calculation_of_rate, calculation_of_ticket, thresholds_of
from orchestration.penalties.statement import (
    Appeal,
    CalculationBasis,
    Condition,
    Deadlines,
    Force,
    Held,
    Lack,
    Measure,
    MethodStep,
    Orders,
    Reason,
    Source,
    Statement,
    orders_sha256,
)
from orchestration.penalties.statement_words import Both, worded
from orchestration.penalties.ways_to_appeal import reason_of, reasons_open, ways

Row = dict[str, Any]

COMPENSATION = "consumer_compensation"
# Of an established order there is one, and one is asked for.
_ESTABLISHED = {"measure": "established_orders", "at_least": 1.0, "value": 1.0}
_NUMBERS = (
    *("num", "den", "num_consumed", "num_weighed", "rate", "ci_low", "ci_high"),
    *("benchmark_rate", "benchmark_level", "ratio", "ratio_low", "distinct_buyers", "occurrences_90d"),
    *("threshold_rate", "prior_alpha", "prior_beta"),
)
_OF_A_RATE = ("num", "den", "rate", "ci_low", "ci_high")
_OF_A_BENCHMARK = ("benchmark_rate", "benchmark_level", "ratio", "ratio_low")
_METHOD = ("metric", "exclusions", "eligibility", "benchmark", "statistics", "evaluation")
_CONSEQUENCES = ("caps", "rounding", "execution", "exemptions", "escalation", "appeals")
_ROUNDING_FEN = {"down_to_thousand_yuan": 100_000}


def state(
    decision: Row,
    measures: Sequence[Row],
    orders: Sequence[Row],
    basis: Basis,
    *,
    held: HeldNumbers | None = None,
    let_off: str | None = None,
) -> Statement | Lack:
    """The statement of one decision, or the first part that it lacks.

    `held` are the numbers without consumed orders; they are asked for where there are such orders.
    `let_off` is the status by which it is exempted as it is issued, such as exempted_first.
    """
    version = basis.get(decision)
    if version is None:
        named = f"{decision['policy_id']} {decision['policy_version']}"
        return Lack("calculation basis", f"no version {named} is among the policies that are in the tables")
    thresholds = _thresholds(decision, version, held)
    lack = (
        _lack_of_basis(decision, version)
        or _lack_of_numbers(decision, thresholds, held, orders)
        or _lack_of_measures(decision, measures)
        or _lack_of_orders(decision, orders)
        or _lack_of_force(decision)
        or _lack_of_days(decision, version)
    )
    if lack is not None:
        return lack
    steps = method_of(decision, version)
    return Statement(
        basis=_basis(decision, version),
        method=tuple(
            MethodStep(name=step.name, says=step.says, sources=tuple(version.cited_by(*step.parts)))
            for step in steps
        ),
        numbers={name: decision.get(name) for name in _NUMBERS},
        held=_held(held),
        thresholds=tuple(Condition(**each) for each in thresholds),
        calculation=_calculation(decision, measures, thresholds, version, held),
        measures=tuple(_measure(row, version) for row in _by_number(measures)),
        orders=Orders(
            listed=len({row["order_key"] for row in orders}),
            consumed=len({row["order_key"] for row in orders if row.get("consumed_by")}),
            sha256=orders_sha256(orders),
        ),
        force=_force(decision, let_off),
        deadlines=_deadlines(decision, version, let_off),
        appeal=Appeal(
            appealable=decision["appealable"],
            ways=tuple(ways(decision, version)),
            reasons=tuple(Reason(**reason_of(row)) for row in reasons_open(decision, orders, version)),
        ),
    )


def _thresholds(decision: Row, version: VersionBasis, held: HeldNumbers | None) -> list[Row]:
    if decision["subject_type"] == "order":
        return [_ESTABLISHED] if version.ticket(decision["rule_id"]) else []
    return thresholds_of(decision, version.conditions(decision["rule_id"]), held)


def _lack_of_basis(decision: Row, version: VersionBasis) -> Lack | None:
    if decision["policy_sha256"] != version.version["sha256"]:
        return Lack(
            "calculation basis",
            f"it was judged by the document {decision['policy_sha256'][:12]}, and "
            f"{decision['policy_version']} is now {version.version['sha256'][:12]}",
        )
    if not version.cited_by(decision["rule_id"]):
        return Lack("calculation basis", f"rule {decision['rule_id']} cites no source")
    return None


def _lack_of_numbers(
    decision: Row, thresholds: Sequence[Row], held: HeldNumbers | None, orders: Sequence[Row]
) -> Lack | None:
    if not thresholds:
        return Lack("conditions", f"rule {decision['rule_id']} of the version asks for nothing")
    without = [each["measure"] for each in thresholds if not _is_number(each["value"])]
    if without:
        return Lack("numbers", f"{', '.join(without)} of rule {decision['rule_id']} is not known")
    if decision["subject_type"] == "order":
        return None
    asked = [*_OF_A_RATE, *(_OF_A_BENCHMARK if decision.get("benchmark_rate") is not None else ())]
    absent = [name for name in asked if decision.get(name) is None]
    if absent:
        return Lack("numbers", f"without {', '.join(absent)}")
    if held is None and any(row.get("consumed_by") for row in orders):
        return Lack("numbers", "orders were punished before, and those without them are not given")
    return None


def _lack_of_measures(decision: Row, measures: Sequence[Row]) -> Lack | None:
    if not measures:
        return Lack("measures", f"{decision['tier']} orders none")
    if decision["subject_type"] != "order":
        return None
    paid = [row["params"].get("paid_fen") for row in measures if row["measure_code"] == COMPENSATION]
    if not paid or not all(isinstance(fen, int) for fen in paid):
        return Lack("measures", "what was paid for the order is not known, and a share of it is taken")
    return None


def _lack_of_orders(decision: Row, orders: Sequence[Row]) -> Lack | None:
    listed = {row["order_key"] for row in orders}
    if not listed:
        return Lack("orders", "none is listed")
    wordless = sorted({row["order_key"] for row in orders if not (row["span_text"] or "").strip()})
    if wordless:
        return Lack("words", f"{wordless[0]} is listed without the words that count")
    if decision["subject_type"] == "order":
        if listed != {decision["subject_key"]}:
            return Lack("orders", f"{len(listed)} are listed, and one order is judged")
    elif len(listed) != decision["num"]:
        return Lack("orders", f"{decision['num']} negative orders are counted, and {len(listed)} are listed")
    return None


def _lack_of_force(decision: Row) -> Lack | None:
    if decision["mode"] == "shadow" and decision.get("shadowed_by") is None:
        return Lack("reason for being a shadow", "shadowed_by is empty")
    if decision.get("shadowed_by") == "exclusive_group" and decision.get("suppressed_by") is None:
        return Lack("reason for being a shadow", "the decision that stands instead is not named")
    return None


def _lack_of_days(decision: Row, version: VersionBasis) -> Lack | None:
    if decision["appealable"] is None:
        return Lack("way to appeal", "whether it can be appealed is not said")
    if decision["mode"] != "enforce" or decision["human_review"]:
        return None
    if decision.get("execute_after") is None:
        return Lack("deadlines", "the day from which it is carried out is not known")
    window = version.appeals.get("window_days")
    if decision["appealable"] and window is not None and decision["appeal_deadline"] is None:
        return Lack("deadlines", f"it can be appealed for {window} days, and the last of them is not named")
    return None


def _basis(decision: Row, version: VersionBasis) -> CalculationBasis:
    cited = set(version.cited_by(decision["rule_id"], *_METHOD, *_CONSEQUENCES))
    return CalculationBasis(
        policy_id=decision["policy_id"],
        version=decision["policy_version"],
        sha256=decision["policy_sha256"],
        title=version.version["title"],
        rule_id=decision["rule_id"],
        tier=decision["tier"],
        severity=decision["severity"],
        sources=tuple(
            Source(id=row["source_id"], grade=row["grade"], says=row["says"], stands_in=row["stands_in"])
            for row in version.rows("policy_sources")
            if row["source_id"] in cited
        ),
    )


def _calculation(
    decision: Row,
    measures: Sequence[Row],
    thresholds: Sequence[Row],
    version: VersionBasis,
    held: HeldNumbers | None,
) -> Both:
    terms = version.ticket(decision["rule_id"])
    if decision["subject_type"] != "order" or terms is None:
        return calculation_of_rate(decision, thresholds, held)
    compensation = next(row for row in measures if row["measure_code"] == COMPENSATION)
    return calculation_of_ticket(decision, compensation, terms)


def _held(held: HeldNumbers | None) -> Held | None:
    return None if held is None else Held(**{name: getattr(held, name) for name in Held.model_fields})


def _measure(row: Row, version: VersionBasis) -> Measure:
    stated = row["amount_fen"] if row.get("stated_fen") is None else row["stated_fen"]
    return Measure(
        measure_no=row["measure_no"],
        measure_code=row["measure_code"],
        stated_fen=stated,
        amount_fen=row["amount_fen"],
        days=row["days"],
        points=row["points"],
        params=row["params"],
        changed=_fen_changed(row["measure_code"], stated, row["amount_fen"], version)
        or _points_changed(row, version),
    )


def _fen_changed(code: str, stated: int | None, taken: int | None, version: VersionBasis) -> Both | None:
    """Why a measure takes another amount than its rule states: a cap, rounding, or both."""
    if stated is None or taken is None or stated == taken:
        return None
    zh, en = [f"规则所定为 {yuan(stated)} 元"], [f"the rule states {yuan(stated)} yuan"]
    unit = _ROUNDING_FEN.get(version.version["fine_rounding"] or "", 1) if code == "fine" else 1
    caps = [row for row in version.rows("policy_caps") if row["measure_code"] == code and row["max_fen"]]
    if stated // unit * unit != taken:
        for cap in sorted(caps, key=lambda row: row["within_days"]):
            most, days = yuan(cap["max_fen"]), cap["within_days"]
            zh.append(f"{days} 天内合计以 {most} 元为限，按余额计")
            en.append(f"held to what is left of {most} yuan within {days} days")
    if unit > 1:
        zh.append("向下取整至千元")
        en.append("rounded down to a thousand yuan")
    return Both(zh="；".join(zh), en="; ".join(en))


def _points_changed(row: Row, version: VersionBasis) -> Both | None:
    stated, taken = row["params"].get("points"), row["points"]
    if stated is None or taken == stated:
        return None
    caps = [cap for cap in version.rows("policy_caps") if cap["measure_code"] == row["measure_code"]]
    zh = [f"{cap['within_days']} 天内合计以 {cap['max_points']} 分为限" for cap in caps]
    en = [
        f"held to what is left of {cap['max_points']} points within {cap['within_days']} days" for cap in caps
    ]
    return Both(
        zh="；".join([f"规则所定为 {stated} 分", *zh]),
        en="; ".join([f"the rule states {stated} points", *en]),
    )


def _force(decision: Row, let_off: str | None) -> Force:
    shadowed_by = decision.get("shadowed_by")
    why = None
    if shadowed_by:
        why = worded("shadows", shadowed_by)
    elif let_off:
        why = worded("exemptions", let_off)
    return Force(
        mode=decision["mode"],
        shadowed_by=shadowed_by,
        suppressed_by=decision.get("suppressed_by"),
        let_off=let_off,
        why=why,
        human_review=decision["human_review"],
    )


def _deadlines(decision: Row, version: VersionBasis, let_off: str | None) -> Deadlines:
    if decision["mode"] != "enforce":
        said = Both(zh="本决定不执行。", en="Nothing of this is carried out.")
        return Deadlines(noticed_on=None, appeal_by=None, execute_on=None, says=(said,))
    freeze = version.version["freeze_days_before_execute"] or 0
    if decision["human_review"]:
        said = Both(
            zh=f"本决定须经人工确认；确认之日起满 {freeze} 天后方可执行。",
            en=f"A person must confirm this decision; it is carried out {freeze} days after that.",
        )
        return Deadlines(
            noticed_on=None, appeal_by=decision["appeal_deadline"], execute_on=None, says=(said,)
        )
    if let_off is not None:
        said = worded("exemptions", let_off)
        return Deadlines(
            noticed_on=decision["business_day"],
            appeal_by=decision["appeal_deadline"],
            execute_on=None,
            says=(Both(zh=f"{said.zh}。", en=f"It is {said.en}."),),
        )
    noticed, execute = decision["business_day"], decision["execute_after"]
    zh, en = (f"（通知后 {freeze} 天）", f" ({freeze} days after the notice)") if freeze else ("", "")
    return Deadlines(
        noticed_on=noticed,
        appeal_by=decision["appeal_deadline"],
        execute_on=execute,
        says=(
            Both(
                zh=f"{noticed} 通知，{execute} 起执行{zh}。",
                en=f"Noticed on {noticed}, carried out from {execute}{en}.",
            ),
        ),
    )


def _by_number(measures: Sequence[Row]) -> list[Row]:
    return sorted(measures, key=lambda row: row["measure_no"])


def _is_number(value: Any) -> bool:
    return value is not None and math.isfinite(value)
