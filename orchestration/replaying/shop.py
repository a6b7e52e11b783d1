"""A shop on a day: its rate, interval, benchmark, score and place on the ladder, worked out again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import duckdb
import pyarrow as pa

from orchestration.replaying.arithmetic import ratio, weighed, wilson_high, wilson_low
from orchestration.replaying.counts import Counts, benchmarks, peers_counted, peers_of, shop_counts
from orchestration.replaying.judging import Judgement, guard_score, judged
from orchestration.replaying.ladder import OCCURRENCES
from orchestration.replaying.reading import ReplayError, Row, first, rows
from orchestration.replaying.rules import RATE, Rules, rules_in_force

# Scores need beta functions, which are another room's: from subjects and the version's rows to scores.
Scorer = Callable[[pa.Table, Rules], pa.Table]

OCCURRENCE_DAYS = 90
SCORE_FIGURES = ("rate_eb", "threshold", "prob_above_threshold", "funnel_q", "ratio_eb_to_benchmark", "score")


@dataclass(frozen=True)
class ShopReplay:
    """A shop's evaluation: counts with the orders behind them, figures, and what each version says.

    `rules` are those of the window's last day, or the version tried: the figures are made by them.
    """

    platform: str
    shop_key: str
    rules: Rules
    counts: Counts
    figures: Row
    judgement: Judgement
    is_evaluation_day: bool
    window_days: int
    peers: Sequence[Row]

    @property
    def day(self) -> date:
        """The last day of the window."""
        return self.counts.last_day

    @property
    def period_key(self) -> str:
        """The period that a decision of the day is about."""
        year, week, _ = self.day.isocalendar()
        return f"{year}-W{week:02d}"

    def candidate(self) -> Row | None:
        """The candidate the day brings, with the columns of `fct_penalty_candidates`; None without one."""
        tier, rules = self.judgement.taken.tier, self.judgement.taken.rules
        if tier is None or not self.is_evaluation_day:
            return None
        return {
            "policy_id": rules.policy_id,
            "policy_version": rules.version,
            "policy_sha256": rules.said("sha256"),
            "rule_family": self.rules.said("rule_family"),
            "rule_id": tier["rule_id"],
            "tier": tier["tier"],
            "severity": tier["severity"],
            "mode": self.judgement.mode,
            "shop_key": self.shop_key,
            "period_key": self.period_key,
            "period_start": self.counts.first_day,
            "period_end": self.day,
            **{name: self.figures[name] for name in CANDIDATE_FIGURES},
            "issue_codes": self.counts.issue_codes,
            "cooldown_days": self.rules.said("cooldown_days") or 0,
            "human_review": tier["human_review"],
        }


CANDIDATE_FIGURES = (
    "num_effective", "den_effective", "num_weighed", "rate", "ci_low", "ci_high", "benchmark_rate",
    "benchmark_level", "ratio_to_benchmark", "ratio_to_benchmark_low", "occurrences_90d", "distinct_buyers",
)  # fmt: skip


def replayed_shop(
    connection: duckdb.DuckDBPyConnection,
    shop_key: str,
    day: date,
    known_on: date,
    *,
    scorer: Scorer,
    would_be: Rules | None = None,
) -> ShopReplay:
    """The shop's window that ends on a day, as known by the end of `known_on`.

    Earlier occurrences are counted as known on their own days and by the policies then in force.
    Raises ReplayError where no rate policy was in force.
    """
    found = _without_occurrences(connection, shop_key, day, known_on, scorer=scorer, would_be=would_be)
    # Only a shop that may be held, if only to be warned, has its occurrences counted.
    occurrences = None
    if found.judgement.may_be_held:
        occurrences = int(found.judgement.is_occurrence and found.is_evaluation_day) + sum(
            _without_occurrences(
                connection, shop_key, each, each, scorer=scorer, would_be=None
            ).judgement.is_occurrence
            for each in _earlier_evaluations(connection, found.platform, day)
        )
    figures = found.figures | {OCCURRENCES: occurrences}
    return replace(found, figures=figures, judgement=found.judgement.on_ladder(figures))


def _earlier_evaluations(connection: duckdb.DuckDBPyConnection, platform: str, day: date) -> list[date]:
    found = rows(
        connection,
        "select business_day from intermediate.int_policies_in_force where platform = $platform "
        "and kind = 'rate' and isodow(business_day) = evaluation_weekday "
        "and business_day < $day and business_day > $earliest order by 1",
        platform=platform,
        day=day,
        earliest=day - timedelta(days=OCCURRENCE_DAYS),
    )
    return [row["business_day"] for row in found]


def _without_occurrences(
    connection: duckdb.DuckDBPyConnection,
    shop_key: str,
    day: date,
    known_on: date,
    *,
    scorer: Scorer,
    would_be: Rules | None,
) -> ShopReplay:
    platform = shop_key.split(":", maxsplit=1)[0]
    rules = would_be or rules_in_force(connection, platform, day, RATE)
    if rules is None:
        raise ReplayError(
            f"no policy judged rates of platform '{platform}' on {day}: its shops have counts and no "
            "evaluation; add a version that holds on that day and run it again"
        )
    window_days = rules.said("window_days")
    counts = shop_counts(connection, shop_key, day, window_days, known_on, would_be=would_be)
    peers = peers_counted(connection, platform, counts, shop_key)
    pooled = benchmarks(peers)
    own = next((row for row in peers if row["subject_id"] == shop_key), {"shop_type": None})
    figures = _rates(connection, platform, counts, pooled.get(shop_key), rules=rules, window_days=window_days)
    figures |= _score(scorer, rules, peers, pooled, shop_key=shop_key, window_days=window_days)
    return ShopReplay(
        platform,
        shop_key,
        rules,
        counts,
        figures,
        judged(connection, platform, day, rules, figures=figures, shop_type=own["shop_type"]),
        rules.said("evaluation_weekday") == day.isoweekday(),
        window_days,
        peers_of(shop_key, figures["benchmark_level"], peers),
    )


def _rates(
    connection: duckdb.DuckDBPyConnection,
    platform: str,
    counts: Counts,
    benchmark: Row | None,
    *,
    rules: Rules,
    window_days: int,
) -> Row:
    """The figures a policy weighs: plain, or adjusted for the classifier's errors."""
    num, den, by_words = counts.num_effective, counts.den_effective, counts.num_by_words
    pool = benchmark or {"num": None, "den": None, "rate": None, "level": None, "subjects": None}
    weight = first(
        connection,
        "select factor, ci_low, ci_high, rate_plain, status from classified.rate_adjustment "
        "where platform = $platform and business_day = $day and window_days = $window and channel = 'review'",
        platform=platform, day=counts.last_day, window=window_days,
    )  # fmt: skip
    figures: Row = {
        "den_real": counts.den_real,
        "num_real": counts.num_real,
        "den_effective": den,
        "num_effective": num,
        "num_weighed": float(num),
        "rate": ratio(num, den),
        "rate_real": ratio(counts.num_real, counts.den_real),
        "ci_low": wilson_low(num, den),
        "ci_high": wilson_high(num, den),
        "benchmark_rate": pool["rate"],
        "benchmark_den": pool["den"],
        "benchmark_num": pool["num"],
        "benchmark_subjects": pool["subjects"],
        "benchmark_level": pool["level"],
        "adjustment_status": _adjustment_status(den, by_words, weight),
        "status": _status(connection, platform, counts, rules, window_days),
        "distinct_buyers": counts.distinct_buyers,
    }
    is_adjusted = rules.said("metric_rate") == "adjusted"
    figures["lacks_adjustment"] = is_adjusted and figures["adjustment_status"] != "ok"
    if is_adjusted:
        figures |= _adjusted(counts, pool, weight)
    figures["ratio_to_benchmark"] = ratio(figures["rate"], figures["benchmark_rate"])
    figures["ratio_to_benchmark_low"] = ratio(figures["ci_low"], figures["benchmark_rate"])
    return figures


def _adjustment_status(den: int, by_words: int, weight: Row | None) -> str:
    if den == 0:
        return "no_orders"
    if by_words == 0:
        return "ok"
    return weight["status"] if weight else "no_texts"


def _adjusted(counts: Counts, pool: Row, weight: Row | None) -> Row:
    num, den, by_words = counts.num_effective, counts.den_effective, counts.num_by_words
    usable = weight if weight and weight["status"] == "ok" else None
    factor = usable["factor"] if usable else None
    low = ratio(usable["ci_low"], usable["rate_plain"]) if usable else None
    high = ratio(usable["ci_high"], usable["rate_plain"]) if usable else None
    mean = weighed(num, by_words, factor, den)
    pooled = None if pool["num"] is None else weighed(pool["num"], pool["by_words"], factor, pool["den"])
    return {
        "num_weighed": mean if den > 0 else None,
        "rate": ratio(mean, den),
        "ci_low": wilson_low(weighed(num, by_words, low, den), den),
        "ci_high": wilson_high(weighed(num, by_words, high, den), den),
        "benchmark_rate": ratio(pooled, pool["den"]),
    }


def _status(
    connection: duckdb.DuckDBPyConnection, platform: str, counts: Counts, rules: Rules, window_days: int
) -> str:
    if counts.den_effective == 0:
        return "no_orders"
    seen = first(
        connection,
        "select count_if(has_orders) as with_orders, "
        "max(unprocessed_days) filter (where business_day = $last) as unprocessed "
        "from intermediate.int_platform_days "
        "where platform = $platform and business_day between $first and $last",
        platform=platform,
        first=counts.first_day,
        last=counts.last_day,
    )
    if seen is None or seen["unprocessed"] != 0 or seen["with_orders"] < window_days:
        return "provisional"
    least = rules.said("min_orders")
    return "insufficient" if least is None or counts.den_effective < least else "ok"


def _score(
    scorer: Scorer,
    rules: Rules,
    peers: Sequence[Row],
    pooled: dict[str, Row],
    *,
    shop_key: str,
    window_days: int,
) -> Row:
    """The shop's row of scores, made among all shops of the platform as they were made that day."""
    subjects = [
        {
            "platform": each["platform"],
            "subject_type": "shop",
            "subject_id": each["subject_id"],
            "window_days": window_days,
            "num": each["num"],
            "den": each["den"],
            "policy_id": rules.policy_id,
            "policy_version": rules.version,
            "category_key": each["category_key"],
            "family_key": each["family_key"],
            "benchmark_rate": pooled.get(each["subject_id"], {}).get("rate"),
            "min_orders": rules.said("min_orders"),
            "guard_score": guard_score(rules, each["shop_type"], each["num"], each["den"]),
        }
        for each in peers
    ]
    if not any(each["subject_id"] == shop_key for each in subjects):
        return dict.fromkeys((*SCORE_FIGURES, "score_status"))
    scored = scorer(pa.Table.from_pylist(subjects, schema=SUBJECTS), rules).to_pylist()
    own = next(each for each in scored if each["subject_id"] == shop_key)
    return {name: own[name] for name in (*SCORE_FIGURES, "score_status")}


SUBJECTS = pa.schema(
    [
        *((name, pa.string()) for name in ("platform", "subject_type", "subject_id")),
        ("window_days", pa.int32()),
        *((name, pa.int64()) for name in ("num", "den")),
        *((name, pa.string()) for name in ("policy_id", "policy_version", "category_key", "family_key")),
        ("benchmark_rate", pa.float64()),
        ("min_orders", pa.int32()),
        ("guard_score", pa.float64()),
        ("least_probability", pa.float64()),  # a replay looks no further than the day: nothing is asked
    ]
)
