"""The calculation behind a decision, in numbers and in Chinese and English words."""

from collections.abc import Sequence
from typing import Any

from orchestration.penalties.amounts import yuan
from orchestration.penalties.candidates import Candidate
from orchestration.penalties.rulebook import Threshold, TicketTerms

_NAMES = {
    "ratio_to_benchmark_low": ("置信下限与基准之比", "lower bound over benchmark"),
    "ratio_to_benchmark": ("负反馈率与基准之比", "rate over benchmark"),
    "rate": ("负反馈率", "rate"),
    "num_effective": ("有效负反馈订单数", "negative orders"),
    "occurrences_90d": ("近 90 天处罚次数", "decisions in the last 90 days"),
}


def threshold_value(candidate: Candidate, measure: str) -> float | None:
    """The number held against a threshold; None where the candidate does not carry it."""
    return {
        "ratio_to_benchmark_low": candidate.ratio_to_benchmark_low,
        "ratio_to_benchmark": candidate.ratio_to_benchmark,
        "rate": candidate.rate,
        "num_effective": candidate.num_effective,
        "occurrences_90d": candidate.occurrences_90d,
    }.get(measure)


def reasons_of_rate(candidate: Candidate, thresholds: Sequence[Threshold]) -> dict[str, Any]:
    """Why a shop's rate meets a tier. All numbers must be there."""
    asked = [
        (*_NAMES.get(each.measure, (each.measure, each.measure)), each,
         threshold_value(candidate, each.measure))
        for each in thresholds
    ]  # fmt: skip
    num, den = candidate.num_effective, candidate.den_effective
    rate, low, high = _percent(candidate.rate), _percent(candidate.ci_low), _percent(candidate.ci_high)
    counted = _counted(candidate)
    benchmark, level = _percent(candidate.benchmark_rate), candidate.benchmark_level
    zh = (
        f"截至 {candidate.period_end} 的统计窗口内，有效支付订单 {den} 单，其中有效负反馈订单 {num} 单，"
        f"{counted[0]}负反馈率 {counted[2]} ÷ {den} = {rate}，95% 置信区间 {low} 至 {high}；"
        f"基准（{level}）{benchmark}。规则 {candidate.rule_id} 的条件："
        + "；".join(f"{name} {_value(value)} ≥ {each.at_least:g}" for name, _, each, value in asked)
        + "。"
    )
    en = (
        f"In the window that ended on {candidate.period_end}, {num} of {den} effective paid orders had "
        f"valid negative feedback{counted[1]}: {counted[2]} / {den} = {rate}, 95 % interval {low} to {high}; "
        f"benchmark ({level}) {benchmark}. Conditions of rule {candidate.rule_id}: "
        + "; ".join(f"{name} {_value(value)} >= {each.at_least:g}" for _, name, each, value in asked)
        + "."
    )
    return {
        "thresholds": [
            {"measure": each.measure, "at_least": each.at_least, "value": value}
            for _, _, each, value in asked
        ],
        "calculation": {"zh": zh, "en": en},
    }


def reasons_of_ticket(candidate: Candidate, terms: TicketTerms, amount_fen: int) -> dict[str, Any]:
    """Why an order costs what it costs."""
    paid = yuan(candidate.pay_amount_fen or 0)
    share, least, most = f"{100 * terms.pct:g}", yuan(terms.min_fen), yuan(terms.max_fen)
    issues = "、".join(candidate.issue_codes), ", ".join(candidate.issue_codes)
    zh = (
        f"订单 {candidate.subject_id} 经核实存在负向体验（{issues[0]}），规则 {candidate.rule_id}；"
        f"实付 {paid} 元，按 {share}% 计，不足一分舍去，最低 {least} 元，最高 {most} 元，"
        f"赔付 {yuan(amount_fen)} 元。"
    )
    en = (
        f"Order {candidate.subject_id} brought an established negative experience ({issues[1]}), rule "
        f"{candidate.rule_id}; {paid} yuan were paid, {share} % of it rounded down to the fen, at least "
        f"{least} and at most {most} yuan: {yuan(amount_fen)} yuan."
    )
    return {
        "thresholds": [{"measure": "established_orders", "at_least": 1, "value": 1}],
        "calculation": {"zh": zh, "en": en},
    }


def _counted(candidate: Candidate) -> tuple[str, str, str]:
    """What is said of the numerator, in Chinese and English, and the numerator itself."""
    if candidate.numerator == candidate.num_effective:
        return "", "", f"{candidate.num_effective}"
    weighed = _value(candidate.numerator)
    return (
        f"按分类器误差校正后折合 {weighed} 单，",
        f", {weighed} after allowing for the classifier's errors",
        weighed,
    )


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.4f}%"


def _value(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")
