"""How a decision's numbers are made, step by step, as the version it was made under has it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from orchestration.penalties.basis import VersionBasis
from orchestration.penalties.statement_words import Both, listed, worded

Row = dict[str, Any]


class Step(NamedTuple):
    """One step of a method, and the parts of the policy that say it."""

    name: str
    says: Both
    parts: tuple[str, ...]


def method_of(decision: Row, basis: VersionBasis) -> list[Step]:
    """The steps in the order in which they are taken."""
    if decision["subject_type"] == "order":
        return list(_of_a_ticket(decision, basis))
    return list(_of_a_rate(decision, basis))


def _of_a_rate(decision: Row, basis: VersionBasis) -> Iterator[Step]:
    version = basis.version
    last, days = decision["period_end"], version["window_days"]
    first = last - timedelta(days=days - 1)
    cohort = worded("cohorts", version["cohort"])
    yield _step(
        "rate",
        "负反馈率 = 有效负反馈订单数 ÷ 有效支付订单数；一个订单无论有几条负反馈，只计一次。",
        "The rate is orders with valid negative feedback over effective paid orders; an order counts once, "
        "however much was said of it.",
        "metric",
    )
    if version["metric_rate"] == "adjusted":
        yield _step(
            "adjustment",
            "分子按分类器已知的误判与漏判比例校正。",
            "The numerator is weighed by how far the classifier is known to over- or undercount.",
            "metric",
        )
    yield _step(
        "window",
        f"统计窗口 {days} 天，{first} 至 {last}；订单按{cohort.zh}归入窗口，反馈何时到达不影响归属。",
        f"The window is {days} days, {first} to {last}; an order belongs to {cohort.en}, whenever its "
        "feedback came.",
        "metric",
    )
    yield from _exclusions(basis)
    level = f"{100 * version['interval_level']:g}"
    name = {"wilson": "Wilson", "jeffreys": "Jeffreys"}.get(
        version["interval_method"], version["interval_method"]
    )
    bound = version["use_bound"] == "lower_bound"
    yield _step(
        "interval",
        f"置信区间采用 {name} 法，置信水平 {level}%"
        + ("；产生处罚的条件以区间下限对照，即只按最有利于商家的估计处罚。" if bound else "。"),
        f"The interval is {name}'s at {level} %"
        + (
            "; conditions that cost anything are asked of its lower end, the estimate that favours the shop."
            if bound
            else "."
        ),
        "statistics",
    )
    if decision["benchmark_rate"] is not None:
        place = worded("benchmark_levels", decision["benchmark_level"] or "")
        yield _step(
            "benchmark",
            f"基准为{place.zh}内其他店铺合计的负反馈率，本店不计入。",
            f"The benchmark is the pooled rate of the other shops of {place.en}, this shop left out.",
            "benchmark",
        )
    yield _eligibility(decision, version)
    if version["prob_above_threshold"] is not None:
        least, ratio = f"{100 * version['prob_above_threshold']:g}", f"{version['threshold_ratio']:g}"
        yield _step(
            "certainty",
            f"凡有代价的处罚，还须有 {least}% 以上的把握认定真实负反馈率高于基准的 {ratio} 倍；"
            "把握由本店订单与同类店铺的先验共同得出。",
            f"Whatever costs anything also asks that the true rate be above {ratio} times the benchmark with "
            f"a probability of {least} % or more, by the shop's orders and what its peers are like.",
            "eligibility",
        )
    yield _step(
        "once",
        "已由此前同类决定处罚的订单照常列出并计入公布的负反馈率，但不再用于对照处罚条件。",
        "Orders that an earlier decision of this kind punished are listed and stay in the published "
        "rate, and are not held against the shop again.",
        "evaluation",
    )


def _eligibility(decision: Row, version: Row) -> Step:
    least, buyers, found = (
        version["min_orders"],
        version["min_distinct_buyers"],
        decision["distinct_buyers"],
    )
    return _step(
        "eligibility",
        f"有效支付订单须不少于 {least} 单，负反馈须来自不少于 {buyers} 名消费者（本次 {found} 名）。",
        f"There must be {least} effective paid orders or more, and negative feedback from {buyers} consumers "
        f"or more (here {found}).",
        "eligibility",
    )


def _of_a_ticket(decision: Row, basis: VersionBasis) -> Iterator[Step]:
    rule = basis.ticket(decision["rule_id"])
    needed = [name for name in ("requires_evidence", "requires_admission", "requires_dissatisfaction")
              if rule is not None and rule[name]]  # fmt: skip
    proof = listed("requirements", needed)
    yield _step(
        "established",
        f"订单的负面反馈经核实成立，且具备规则要求的：{proof.zh}。",
        f"The order's negative feedback is established, with what the rule asks for: {proof.en}.",
        decision["rule_id"],
    )
    yield from _exclusions(basis)
    yield _step(
        "one_ticket",
        "一个订单只适用一条规则：符合的规则中最严重的一条。",
        "One order falls under one rule: the most severe of those that fit.",
        decision["rule_id"],
    )
    yield _step(
        "amount",
        "赔付金按实付金额的比例计，不足一分舍去，并以规则的下限与上限为界。",
        "The compensation is a share of what was paid, rounded down to the fen, within the rule's bounds.",
        decision["rule_id"],
    )


def _exclusions(basis: VersionBasis) -> Iterator[Step]:
    for scope, zh, en in (
        ("order", "不计入的订单", "Orders left out"),
        ("evaluation", "不计入的评价", "Evaluations left out"),
    ):
        codes = [row["exclusion_code"] for row in basis.rows("policy_exclusions") if row["scope"] == scope]
        if codes:
            said = listed("exclusions", codes)
            yield _step(f"{scope}s_left_out", f"{zh}：{said.zh}。", f"{en}: {said.en}.", "exclusions")


def _step(name: str, zh: str, en: str, *parts: str) -> Step:
    return Step(name, Both(zh=zh, en=en), parts)
