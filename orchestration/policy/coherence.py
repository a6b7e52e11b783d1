"""What the parts of one policy must agree on. Each fault is found by itself, so that all are told."""

from collections.abc import Iterator
from typing import NamedTuple

from orchestration.policy.model import RatePolicy, TicketPolicy
from orchestration.policy.parts import Measure

_OF_A_BENCHMARK = ("ratio_to_benchmark", "ratio_to_benchmark_low")
_POINTS = ("ratio_to_benchmark", "rate")


class Discord(NamedTuple):
    """Two places of a policy that contradict each other; `at` is where to mend it."""

    at: tuple[str | int, ...]
    rule: str
    says: str
    remedy: str


def discords(policy: RatePolicy | TicketPolicy) -> Iterator[Discord]:
    """Every contradiction within a policy whose parts are each sound."""
    yield from _reasons(policy)
    if isinstance(policy, TicketPolicy):
        yield from _appealable_twice(policy)
        return
    yield from _mode(policy)
    yield from _without_benchmark(policy)
    yield from _statistics(policy)
    yield from _evaluation(policy)
    yield from _amounts(policy)


def _mode(policy: RatePolicy) -> Iterator[Discord]:
    metric = policy.metric
    if policy.mode == "enforce" and not metric.is_counted:
        yield Discord(
            ("mode",),
            "not_supported",
            f"{metric.id} is not counted here, so that nothing could be enforced",
            "Write `mode: score_only` or `mode: shadow` until its counts exist.",
        )
    if policy.mode != "score_only" and not policy.ladder:
        yield Discord(
            ("mode",),
            "value_missing",
            f"the mode is '{policy.mode}', and there is no ladder",
            "Add `ladder:`, or write `mode: score_only`.",
        )
    if policy.ladder and not metric.definition.worse_when_high:
        yield Discord(
            ("ladder",),
            "wrong_for_metric",
            f"a high {metric.id} is good, and the tiers take shops from a threshold up",
            "Leave the ladder out.",
        )


def _without_benchmark(policy: RatePolicy) -> Iterator[Discord]:
    if policy.benchmark is not None:
        return
    resting: list[tuple[tuple[str | int, ...], str]] = [
        (("ladder", index, "when", name), f"tier '{tier.tier}'")
        for index, tier in enumerate(policy.ladder)
        for name in _OF_A_BENCHMARK
        if name in tier.when.thresholds()
    ]
    if policy.eligibility.prob_above_threshold is not None:
        resting.append((("eligibility", "prob_above_threshold"), "prob_above_threshold"))
    if policy.score is not None:
        resting.append((("score",), "the score"))
    for at, thing in resting:
        yield Discord(
            at,
            "benchmark_missing",
            f"{thing} rests on a benchmark, and there is none",
            "Add `benchmark:`, or hold the rate itself against a number.",
        )


def _statistics(policy: RatePolicy) -> Iterator[Discord]:
    if policy.eligibility.prob_above_threshold is not None and not policy.statistics.empirical_bayes:
        yield Discord(
            ("eligibility", "prob_above_threshold"),
            "prior_missing",
            "a probability is asked for, and empirical_bayes is false",
            "Write `empirical_bayes: true`, or leave prob_above_threshold out.",
        )
    elif policy.score is not None and not policy.statistics.empirical_bayes:
        yield Discord(
            ("score", "knots"),
            "prior_missing",
            "a score is read at the shrunk rate, and empirical_bayes is false",
            "Write `empirical_bayes: true`, or leave the score out.",
        )
    if policy.statistics.use == "point":
        return
    for index, tier in enumerate(policy.ladder):
        conditions = tier.when.thresholds()
        on_point = [name for name in _POINTS if name in conditions]
        if tier.severity >= 1 and on_point and "ratio_to_benchmark_low" not in conditions:
            yield Discord(
                ("ladder", index, "when", on_point[0]),
                "point_estimate_costs",
                f"tier '{tier.tier}' costs something and rests on {on_point[0]}, but statistics use the "
                "lower bound",
                "Ask for ratio_to_benchmark_low, or write `use: point`.",
            )


def _evaluation(policy: RatePolicy) -> Iterator[Discord]:
    evaluation = policy.evaluation
    if policy.ladder and evaluation.cooldown_days is None:
        yield Discord(
            ("evaluation",),
            "value_missing",
            "there is a ladder, and 'cooldown_days' is missing",
            "Add `cooldown_days:`; an order is held against a shop once however short it is.",
        )
    if policy.metric.is_counted and (evaluation.every, evaluation.ends_on) != ("week", "sunday"):
        yield Discord(
            ("evaluation", "ends_on" if evaluation.every == "week" else "every"),
            "not_supported",
            f"{policy.metric.id} is judged here for each natural week on its Sunday",
            "Write `every: week` and `ends_on: sunday`; another one needs the models changed first.",
        )


def _amounts(policy: RatePolicy) -> Iterator[Discord]:
    for index, tier in enumerate(policy.ladder):
        for place, measure in enumerate(tier.measures):
            at = ("ladder", index, "measures", place, measure.code)
            taken = _taken(measure)
            for cap in policy.caps.amounts if policy.caps else ():
                most = cap.max_points or cap.max_fen or 0
                if cap.measure == measure.code and taken > most:
                    yield Discord(
                        at,
                        "above_cap",
                        f"{measure.code} of tier '{tier.tier}' takes {taken}, above its cap of {most} "
                        f"within {cap.within_days} days",
                        "Lower it, or raise the cap.",
                    )
            if policy.rounding and measure.code == "fine" and policy.rounding.rounded(taken) == 0:
                yield Discord(
                    at,
                    "out_of_range",
                    f"the fine of tier '{tier.tier}', {taken} fen, is rounded to nothing",
                    "Raise it to 1000 yuan, or write `fine: none` under rounding.",
                )


def _taken(measure: Measure) -> int:
    return measure.amount_fen or measure.points or 0


def _appealable_twice(policy: TicketPolicy) -> Iterator[Discord]:
    said = policy.appeals.appealable
    if said is None:
        return
    for index, rule in enumerate(policy.rules):
        for issue in rule.issues:
            if said.allows(issue) != rule.appealable:
                yield Discord(
                    ("rules", index, "appealable"),
                    "appeal_contradicted",
                    f"rule '{rule.rule}' says appealable: {str(rule.appealable).lower()}, and appeals say "
                    f"{str(said.allows(issue)).lower()} for '{issue}'",
                    "Correct the rule, or the `not:` list of appeals.",
                )


def _reasons(policy: RatePolicy | TicketPolicy) -> Iterator[Discord]:
    appeals = policy.appeals
    for index, reason in enumerate(appeals.reasons):
        at = ("appeals", "reasons", index)
        closed = appeals.appealable is not None and not appeals.appealable.default
        if closed and "decision" in reason.subjects:
            yield Discord(
                (*at, "subjects"),
                "appeal_contradicted",
                f"reason '{reason.code}' is given against a decision, and no decision can be appealed",
                "Take `decision` out of its subjects, or write `appealable: true`.",
            )
        for place, issue in enumerate(reason.issues):
            if not _open(policy, issue):
                yield Discord(
                    (*at, "issues", place),
                    "appeal_contradicted",
                    f"reason '{reason.code}' is for '{issue}', which can never be appealed",
                    "Take the issue out of the reason, or let it be appealed.",
                )


def _open(policy: RatePolicy | TicketPolicy, issue: str) -> bool:
    said = policy.appeals.appealable
    if isinstance(policy, TicketPolicy) and said is None:
        return any(rule.appealable for rule in policy.rules if issue in rule.issues)
    # Where no decision can be appealed an evaluation may still be reported, whatever its issue.
    return said is None or not said.default or said.allows(issue)
