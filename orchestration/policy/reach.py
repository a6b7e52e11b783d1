"""Which tiers and ticket rules could never match, because one above them always does."""

from collections.abc import Mapping, Sequence

from orchestration.policy.parts import refuse

# The lower bound of an interval is never above its point, so a high bound implies a high point.
_IMPLIED_BY = {"ratio_to_benchmark": ("ratio_to_benchmark", "ratio_to_benchmark_low")}

TierShape = tuple[str, str, int, Mapping[str, float]]
RuleShape = tuple[str, int, Sequence[str], Sequence[str]]


def refuse_dead_tiers(ladder: Sequence[TierShape]) -> None:
    """Refuse a ladder that is not most-severe-first, or has a tier no shop can land on."""
    for index, (tier, rule, severity, thresholds) in enumerate(ladder):
        if not thresholds:
            raise refuse(
                "tier_without_condition",
                f"tier '{tier}' has no condition and would take every shop",
                "Give `when:` at least one measure.",
                ("ladder", index, "when"),
            )
        if thresholds.get("rate", 0.0) > 1:
            raise refuse(
                "tier_unreachable",
                f"tier '{tier}' asks for a rate above 1",
                "A rate is a share of orders: write 6 % as 0.06.",
                ("ladder", index, "when", "rate"),
            )
        for above, above_rule, above_severity, above_thresholds in ladder[:index]:
            for name, mine, theirs in (("tier", tier, above), ("rule", rule, above_rule)):
                if mine == theirs:
                    raise refuse(
                        "named_twice",
                        f"{name} '{mine}' is named twice",
                        "Give each step of the ladder a name of its own.",
                        ("ladder", index, name),
                    )
            if severity >= above_severity:
                raise refuse(
                    "tier_out_of_order",
                    f"tier '{tier}' (severity {severity}) stands below '{above}' (severity {above_severity})",
                    "Order the ladder from the most severe tier down: the first match wins.",
                    ("ladder", index, "severity"),
                )
            if _implies(thresholds, above_thresholds):
                raise refuse(
                    "tier_unreachable",
                    f"tier '{tier}' can never be reached after '{above}': whatever meets its "
                    "conditions meets those above it",
                    f"Lower a threshold of '{tier}', or raise one of '{above}'.",
                    ("ladder", index),
                )


def refuse_dead_rules(rules: Sequence[RuleShape]) -> None:
    """Refuse ticket rules that are not most-severe-first, or that an earlier one forestalls."""
    for index, (rule, severity, issues, requires) in enumerate(rules):
        for above, above_severity, above_issues, above_requires in rules[:index]:
            if rule == above:
                raise refuse(
                    "named_twice",
                    f"rule '{rule}' is named twice",
                    "Give each rule a name of its own.",
                    ("rules", index, "rule"),
                )
            if severity > above_severity:
                raise refuse(
                    "tier_out_of_order",
                    f"rule '{rule}' (severity {severity}) stands below '{above}' (severity {above_severity})",
                    "Order the rules from the most severe down: the first match wins.",
                    ("rules", index, "severity"),
                )
            for place, issue in enumerate(issues):
                if issue in above_issues and set(above_requires) <= set(requires):
                    raise refuse(
                        "tier_unreachable",
                        f"rule '{rule}' can never be reached for '{issue}' after '{above}', which "
                        "asks for no more proof",
                        "Name an issue once, or put the rule that asks for more proof first.",
                        ("rules", index, "issues", place),
                    )
        if len(set(issues)) < len(issues):
            raise refuse(
                "named_twice",
                f"rule '{rule}' names an issue twice",
                "Name it once.",
                ("rules", index, "issues"),
            )


def _implies(lower: Mapping[str, float], above: Mapping[str, float]) -> bool:
    return all(
        any(
            lower[implying] >= threshold
            for implying in _IMPLIED_BY.get(measure, (measure,))
            if implying in lower
        )
        for measure, threshold in above.items()
    )
