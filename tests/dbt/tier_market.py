"""Shops with given counts under given policies, and their tier found by adding negatives one at a time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from math import sqrt
from typing import Any, Final

import numpy as np
from scipy import stats

from orchestration.scoring.posterior import fewest_probable
from tests.support.warehouse import Row, Warehouse

DAY: Final = "2026-10-04"  # a Sunday: an evaluation day
EARLIER: Final = "2026-09-30"  # within the window that ends on DAY
WINDOW: Final = 7
MODELS: Final = (
    "int_versions_judging penalty_evaluated_orders penalty_rate_judgings penalty_rate_evaluations "
    "penalty_rate_candidates penalty_tier_distances fct_tier_distances"
)
Z: Final = 1.959963984540054
NUMBER: Final = {"num_effective": "bigint", "den_effective": "bigint"}
RATES: Final = ("rate", "ci_low", "ci_high", "benchmark_rate")
SCORES: Final = {
    "business_day": "date", "platform": "varchar", "subject_type": "varchar", "subject_id": "varchar",
    "window_days": "integer", "dimension": "varchar", "window_start": "date", **NUMBER,
    "num_adjusted": "double", **{f"{name}{kind}": "double" for name in RATES for kind in ("", "_adjusted")},
    "benchmark_level": "varchar", "adjustment_status": "varchar", "status": "varchar",
    "prob_above_threshold": "double", "threshold": "double", "prior_alpha": "double", "prior_beta": "double",
}  # fmt: skip
IN_FORCE: Final = {
    "business_day": "date", "platform": "varchar", "kind": "varchar", "policy_id": "varchar",
    "policy_version": "varchar", "policy_sha256": "varchar", "rule_family": "varchar", "mode": "varchar",
    "enforced_from": "date", "window_days": "integer", "straddle": "varchar", "metric_rate": "varchar",
    "min_orders": "integer", "min_distinct_buyers": "integer", "prob_above_threshold": "double",
    "cooldown_days": "integer", "evaluation_weekday": "integer",
}  # fmt: skip
NEGATIVES: Final = {
    "business_day": "date", "platform": "varchar", "shop_key": "varchar", "order_key": "varchar",
    "order_day": "date", "buyer_key": "varchar", "dimension": "varchar", "change": "integer",
}  # fmt: skip
VERDICTS: Final = {
    "business_day": "date", "until_day": "date", "order_key": "varchar", "is_valid": "boolean",
    "issue_codes": "varchar[]",
}  # fmt: skip

Ladder = dict[str, dict[str, float]]  # the gravest tier first, each with what it asks for


def lower(num: float, den: int) -> float:
    """The Wilson lower bound, as the project's SQL has it."""
    if num == 0:
        return 0.0
    return (num + Z * Z / 2 - Z * sqrt(num * (den - num) / den + Z * Z / 4)) / (den + Z * Z)


@dataclass(frozen=True)
class Version:
    """What a version of a policy asks; a ladder's tiers cost something, but for one called T0."""

    ladder: Ladder
    orders: int = 1
    buyers: int | None = None
    probability: float | None = None
    guards: tuple[tuple[str | None, int, int], ...] = ()  # shop type, fewer orders, so many negatives

    def severities(self) -> dict[str, int]:
        """Of each tier; the gravest is the first."""
        count = len(self.ladder)
        return {tier: 0 if tier == "T0" else count - place for place, tier in enumerate(self.ladder)}


@dataclass(frozen=True)
class Shop:
    """A shop's numbers; `buyers` are those behind its negatives."""

    num: int
    den: int
    benchmark: float | None
    buyers: int | None = None  # as many as negatives
    shop_type: str = "flagship"
    status: str = "ok"
    prior: tuple[float, float] | None = None
    occurrences: int = 0  # on earlier evaluation days
    adjusted: tuple[float, float] | None = None  # numerators of the rate and of its lower bound

    @property
    def name(self) -> str:
        """What it is found by."""
        return f"{self.num}/{self.den} at {self.benchmark}"


@dataclass
class Market:
    """Policies, one a platform and by its name, and shops, laid out as they would have been counted."""

    warehouse: Warehouse
    versions: dict[str, list[Version]] = field(default_factory=dict)  # that of the day last
    straddles: dict[str, str] = field(default_factory=dict)
    adjusted: set[str] = field(default_factory=set)
    shops: dict[str, Shop] = field(default_factory=dict)

    def policy(
        self, platform: str, *versions: Version, straddle: str = "by_period_end", adjusted: bool = False
    ) -> None:
        """The last version is in force on the day, the one before it until then."""
        self.versions[platform] = list(versions)
        self.straddles[platform] = straddle
        if adjusted:
            self.adjusted.add(platform)

    def shop(self, platform: str, shop: Shop, name: str | None = None) -> str:
        """Its key."""
        key = f"{platform}:{name or shop.name}"
        self.shops[key] = shop
        return key

    def judging(self, platform: str) -> list[Version]:
        """The versions that judge the day's window; none where it is too early."""
        versions = self.versions[platform]
        if self.straddles[platform] == "lenient" or len(versions) == 1:
            return versions
        return versions[-1:] if self.straddles[platform] == "by_period_end" else []

    def distances(self) -> dict[str, Row]:
        """The table by shop, once all of it is judged."""
        for table, columns in (
            ("ccr.fct_ccr", SCORES),
            ("ccr.fct_negative_orders", NEGATIVES),
            ("ccr.dim_shops", {"shop_key": "varchar", "shop_type": "varchar"}),
            ("intermediate.int_policies_in_force", IN_FORCE),
            ("intermediate.int_verdicts_in_force", VERDICTS),
        ):
            self.warehouse.create(table, columns)
        for platform, versions in self.versions.items():
            self._write_policy(platform, versions)
        self.warehouse.insert("ccr.fct_ccr", [self._score(key, shop) for key, shop in self.shops.items()])
        self.warehouse.insert(
            "ccr.dim_shops",
            [{"shop_key": key, "shop_type": shop.shop_type} for key, shop in self.shops.items()],
        )
        self.warehouse.insert("ccr.fct_negative_orders", self._negatives())
        self.warehouse.insert("scored.shop_scores", self._probable())
        self.warehouse.run(DAY, DAY, MODELS)
        self._remember_occurrences()
        self.warehouse.run(DAY, DAY, MODELS)
        return {row["shop_key"]: row for row in self.warehouse.rows("penalties.fct_tier_distances")}

    def found_one_by_one(self, key: str) -> tuple[str | None, str | None, int | None]:
        """The tier met, or the nearest and how many negatives it is away, each number judged in turn."""
        platform, shop = key.split(":", 1)[0], self.shops[key]
        for more in range(shop.den - shop.num + 1):
            tier = self._lands_on(platform, shop, more)
            if tier is not None:
                return (None, tier, more) if more else (tier, None, None)
        return None, None, None

    def _lands_on(self, platform: str, shop: Shop, more: int) -> str | None:
        versions = self.judging(platform)
        if shop.status != "ok" or not versions:
            return None
        is_adjusted = platform in self.adjusted
        held = [version for version in versions if _may_be_held(version, shop, more)]
        if len(held) < len(versions) or (is_adjusted and shop.adjusted is None):
            return None
        numbers = _numbers(shop, more, is_adjusted=is_adjusted)
        occurs = all(_occurs(version, numbers) for version in versions)
        numbers["occurrences_90d"] = shop.occurrences + occurs
        outcomes: list[tuple[int, bool, str]] = []
        for version in versions:
            severities = version.severities()
            met = next((tier for tier, asked in version.ladder.items() if _meets(asked, numbers)), None)
            if met is None or severities[met] == 0:
                return None
            outcomes.append((severities[met], version is not versions[-1], met))
        return min(outcomes)[2]

    def _write_policy(self, platform: str, versions: list[Version]) -> None:
        rows: list[Row] = []
        for number, version in enumerate(versions, 1):
            key = {"policy_id": platform, "version": f"{number}"}
            days = [DAY] if number == len(versions) else [EARLIER]
            rows += [
                {
                    "business_day": day, "platform": platform, "kind": "rate", "policy_id": platform,
                    "policy_version": f"{number}", "policy_sha256": f"{number}", "rule_family": "rates",
                    "mode": "enforce", "enforced_from": "2016-01-01", "window_days": WINDOW,
                    "straddle": self.straddles[platform],
                    "metric_rate": "adjusted" if platform in self.adjusted else "plain",
                    "min_orders": version.orders, "min_distinct_buyers": version.buyers,
                    "prob_above_threshold": version.probability, "cooldown_days": 30,
                    "evaluation_weekday": 7,
                }
                for day in days
            ]  # fmt: skip
            severities = version.severities()
            self.warehouse.insert(
                "policies.ladder_conditions",
                [
                    key | {
                        "tier_rank": rank, "tier": tier, "rule_id": f"R{rank}",
                        "severity": severities[tier], "measure": measure, "at_least": at_least,
                        "human_review": False,
                    }
                    for rank, (tier, asked) in enumerate(version.ladder.items(), 1)
                    for measure, at_least in asked.items()
                ],
            )  # fmt: skip
            self.warehouse.insert(
                "policies.small_n_guards",
                [
                    key | {"guard_no": place, "shop_type": kind, "den_lt": den, "num_le": num, "score": 80}
                    for place, (kind, den, num) in enumerate(version.guards, 1)
                ],
            )
        self.warehouse.insert("intermediate.int_policies_in_force", rows)

    def _score(self, key: str, shop: Shop) -> Row:
        platform, num, den, benchmark = key.split(":", 1)[0], shop.num, shop.den, shop.benchmark
        row: dict[str, Any] = {
            "business_day": DAY, "platform": platform, "subject_type": "shop", "subject_id": key,
            "window_days": WINDOW, "dimension": "overall", "window_start": "2026-09-28",
            "num_effective": num, "den_effective": den, "rate": num / den, "ci_low": lower(num, den),
            "benchmark_rate": benchmark, "status": shop.status, "adjustment_status": "no_texts",
        }  # fmt: skip
        if shop.adjusted:
            weighed, low = shop.adjusted
            row |= {"num_adjusted": weighed, "rate_adjusted": weighed / den, "adjustment_status": "ok"}
            row |= {"ci_low_adjusted": lower(low, den), "benchmark_rate_adjusted": benchmark}
        if shop.prior and benchmark:
            row["prob_above_threshold"] = float(_probabilities(shop)[num])
        return row

    def _negatives(self) -> Iterable[Row]:
        for key, shop in self.shops.items():
            buyers = shop.num if shop.buyers is None else shop.buyers
            for number in range(shop.num):
                yield {
                    "business_day": DAY, "platform": key.split(":", 1)[0], "shop_key": key,
                    "order_key": f"{key} {number}", "order_day": EARLIER,
                    "buyer_key": f"{key} {number % buyers}", "dimension": "overall", "change": 1,
                }  # fmt: skip

    def _probable(self) -> Iterable[Row]:
        for key, shop in self.shops.items():
            platform = key.split(":", 1)[0]
            asked = [each.probability for each in self.judging(platform) if each.probability is not None]
            if shop.prior and shop.benchmark and asked:
                least, limit, den = max(asked), 1.3 * shop.benchmark, float(shop.den)
                given = (np.array([value]) for value in (least, limit, den, *shop.prior))
                fewest = fewest_probable(*given)[0]
                yield {
                    "business_day": DAY, "platform": platform, "subject_type": "shop", "subject_id": key,
                    "window_days": WINDOW, "num_probable": None if np.isnan(fewest) else int(fewest),
                }  # fmt: skip

    def _remember_occurrences(self) -> None:
        """On Sundays before the day, and on a day that is just too long ago to count."""
        day = date.fromisoformat(DAY)
        self.warehouse.insert(
            "penalties.penalty_rate_evaluations",
            [
                {"business_day": day - timedelta(days=ago), "shop_key": key, "is_occurrence": True}
                for key, shop in self.shops.items()
                for ago in [*range(7, 7 * shop.occurrences + 1, 7), 90]
            ],
        )


def _may_be_held(version: Version, shop: Shop, more: int) -> bool:
    buyers = shop.num if shop.buyers is None else shop.buyers
    guard = next((each for each in version.guards if each[0] in (None, shop.shop_type)), None)
    if shop.den < version.orders or buyers + more < (version.buyers or 0):
        return False
    if guard and shop.den < guard[1] and shop.num + more <= guard[2]:
        return False
    if version.probability is None:
        return True
    return bool(
        shop.prior and shop.benchmark and _probabilities(shop)[shop.num + more] >= version.probability
    )


@cache
def _probabilities(shop: Shop) -> np.ndarray:
    """How probable it is that the rate is above 1.3 times the benchmark, at every number of negatives."""
    assert shop.prior is not None
    assert shop.benchmark
    num = np.arange(shop.den + 1)
    alpha, beta = shop.prior
    return stats.beta.sf(min(1.3 * shop.benchmark, 1.0), num + alpha, shop.den - num + beta)


def _numbers(shop: Shop, more: int, *, is_adjusted: bool) -> dict[str, float]:
    weighed, low = shop.adjusted if is_adjusted and shop.adjusted else (shop.num, shop.num)
    weighed, low = min(shop.den, weighed + more), min(shop.den, low + more)
    numbers = {"num_effective": float(shop.num + more), "rate": weighed / shop.den}
    if shop.benchmark:
        numbers["ratio_to_benchmark"] = weighed / shop.den / shop.benchmark
        numbers["ratio_to_benchmark_low"] = lower(low, shop.den) / shop.benchmark
    return numbers


def _occurs(version: Version, numbers: dict[str, float]) -> bool:
    severities = version.severities()
    for tier, asked in version.ladder.items():
        counted = {name: least for name, least in asked.items() if name != "occurrences_90d"}
        if severities[tier] and counted and _meets(counted, numbers):
            return True
    return False


def _meets(asked: dict[str, float], numbers: dict[str, float]) -> bool:
    return all(numbers.get(name, -1.0) >= at_least for name, at_least in asked.items())
