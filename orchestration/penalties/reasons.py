"""The calculation behind a decision, in numbers and in words, from the rows that are stored of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from orchestration.penalties.amounts import yuan
from orchestration.penalties.statement_words import Both, number, percent, worded

Row = dict[str, Any]

# By the name of a condition, the column of a decision that is held against it.
_COLUMNS = {
    "ratio_to_benchmark_low": "ratio_low",
    "ratio_to_benchmark": "ratio",
    "rate": "rate",
    "num_effective": "num",
    "occurrences_90d": "occurrences_90d",
}


class Held(Protocol):
    """A decision's numbers without orders already punished and occurrences taken back."""

    @property
    def num(self) -> int: ...
    @property
    def rate(self) -> float: ...
    @property
    def ci_low(self) -> float: ...
    @property
    def ratio(self) -> float | None: ...
    @property
    def ratio_low(self) -> float | None: ...
    @property
    def distinct_buyers(self) -> int | None: ...
    @property
    def occurrences_90d(self) -> int | None: ...


def thresholds_of(decision: Row, conditions: Sequence[Row], held: Held | None) -> list[Row]:
    """Each condition of a tier with the number that was held against it; None where there is none."""
    return [
        {
            "measure": condition["measure"],
            "at_least": condition["at_least"],
            "value": _held_against(condition["measure"], decision, held),
        }
        for condition in conditions
    ]


def calculation_of_rate(decision: Row, thresholds: Sequence[Row], held: Held | None) -> Both:
    """Why a shop's rate meets a tier. All numbers must be there."""
    num, den = decision["num"], decision["den"]
    rate, low, high = (percent(decision[name]) for name in ("rate", "ci_low", "ci_high"))
    counted_zh, counted_en, counted = _counted(decision)
    benchmark, level = percent(decision["benchmark_rate"]), decision["benchmark_level"]
    place = worded("benchmark_levels", level).zh
    consumed_zh, consumed_en = _consumed(decision, held)
    lost_zh, lost_en = _lost(decision, held)
    asked = [(worded("conditions", each["measure"]), each) for each in thresholds]
    zh = (
        f"截至 {decision['period_end']} 的统计窗口内，有效支付订单 {den} 单，其中有效负反馈订单 {num} 单，"
        f"{counted_zh}负反馈率 {counted} ÷ {den} = {rate}，95% 置信区间 {low} 至 {high}；"
        f"基准（{place}）{benchmark}。{consumed_zh}{lost_zh}规则 {decision['rule_id']} 的条件："
        + "；".join(f"{name.zh} {number(each['value'])} ≥ {each['at_least']:g}" for name, each in asked)
        + "。"
    )
    en = (
        f"In the window that ended on {decision['period_end']}, {num} of {den} effective paid orders had "
        f"valid negative feedback{counted_en}: {counted} / {den} = {rate}, 95 % interval {low} to {high}; "
        f"benchmark ({level}) {benchmark}. {consumed_en}{lost_en}Conditions of rule {decision['rule_id']}: "
        + "; ".join(f"{name.en} {number(each['value'])} >= {each['at_least']:g}" for name, each in asked)
        + "."
    )
    return Both(zh=zh, en=en)


def calculation_of_ticket(decision: Row, compensation: Row, terms: Mapping[str, Any]) -> Both:
    """Why an order costs what it costs."""
    paid = yuan(compensation["params"]["paid_fen"])
    share, least, most = f"{100 * terms['pct']:g}", yuan(terms["min_fen"]), yuan(terms["max_fen"])
    order, rule, amount = decision["subject_key"], decision["rule_id"], yuan(compensation["amount_fen"])
    issues = decision["issue_codes"]
    zh = (
        f"订单 {order} 经核实存在负向体验（{'、'.join(issues)}），规则 {rule}；"
        f"实付 {paid} 元，按 {share}% 计，不足一分舍去，最低 {least} 元，最高 {most} 元，"
        f"赔付 {amount} 元。"
    )
    en = (
        f"Order {order} brought an established negative experience ({', '.join(issues)}), rule "
        f"{rule}; {paid} yuan were paid, {share} % of it rounded down to the fen, at least "
        f"{least} and at most {most} yuan: {amount} yuan."
    )
    return Both(zh=zh, en=en)


def _held_against(condition: str, decision: Row, held: Held | None) -> float | None:
    column = _COLUMNS.get(condition)
    if column is None:
        return None
    if held is not None and hasattr(held, column):
        return getattr(held, column)
    return decision.get(column)


def _consumed(decision: Row, held: Held | None) -> tuple[str, str]:
    if held is None or not decision["num_consumed"]:
        return "", ""
    consumed, left = decision["num_consumed"], held.num
    return (
        f"其中 {consumed} 单已由此前的决定处罚，不再重复计入：以其余 {left} 单对照条件，"
        f"率 {percent(held.rate)}，置信下限 {percent(held.ci_low)}。",
        f"{consumed} of these orders were punished by earlier decisions and are not held against the shop "
        f"again: the conditions are asked of the other {left}, rate {percent(held.rate)}, lower bound "
        f"{percent(held.ci_low)}. ",
    )


def _lost(decision: Row, held: Held | None) -> tuple[str, str]:
    lost = 0 if held is None else (decision["occurrences_90d"] or 0) - (held.occurrences_90d or 0)
    if lost == 0:
        return "", ""
    return (
        f"近 90 天的次数中有 {lost} 次已经申诉撤销，不再计入。",
        f"{lost} of the occurrences of 90 days were taken back on appeal and count no more. ",
    )


def _counted(decision: Row) -> tuple[str, str, str]:
    """What is said of the numerator, in Chinese and English, and the numerator itself."""
    weighed = decision.get("num_weighed")
    if weighed is None or weighed == decision["num"]:
        return "", "", f"{decision['num']}"
    counted = number(weighed)
    return (
        f"按分类器误差校正后折合 {counted} 单，",
        f", {counted} after allowing for the classifier's errors",
        counted,
    )
