"""What the counting half of dbt reads, as plain tables, so that it runs without the other half.

    inputs = Inputs(warehouse)
    inputs.deliver("2026-09-01", "2026-09-30")
    inputs.order("o1", shop="s1", paid="2026-09-02")
    inputs.feedback("f1", order="o1", day="2026-09-05", issue="quality_defect")
    inputs.count("2026-09-01", "2026-09-30")
    warehouse.rows("ccr.fct_ccr")

Rows are kept in memory until `count`, which writes them all and runs dbt: a test may change its
mind (`forget`), as a late or corrected delivery does. Keys are given without their platform.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Final, get_args
from zlib import crc32

from orchestration.policy.vocabulary import EvaluationExclusion, OrderExclusion
from tests.support.stand_ins import STAND_INS
from tests.support.warehouse import Day, Warehouse

COUNTING: Final = "path:models/intermediate/counting path:models/marts"
_STAGING: Final = "stg_deliveries stg_review_decisions stg_shops stg_products stg_categories"
_INPUTS: Final = (
    *STAND_INS,
    "raw.deliveries",
    "raw.review_decisions",
    "raw.shops",
    "raw.products",
    "raw.categories",
)
_CLASSIFIED: Final = (
    "classified.feedback_tags",
    "classified.evidence_spans",
    "classified.abnormal_evaluations",
    "classified.rate_adjustment",
)
_SCORED: Final = ("scored.shop_scores",)
_APPEALS: Final = ("appeals.upheld_feedback",)
_POLICIES: Final = (
    "policies.policy_versions",
    "policies.policy_exclusions",
    "policies.policy_dimensions",
    "policies.small_n_guards",
    "policies.ladder_conditions",
    "policies.ticket_rules",
)

EXCLUDING: Final = tuple(code for code in get_args(EvaluationExclusion) if code != "logistics_only")
EXCLUDING_ORDERS: Final[tuple[str, ...]] = get_args(OrderExclusion)

REFERENCE_POLICY: Final[dict[str, Any]] = {
    "policy_id": "reference",
    "version": "1",
    "platform": "*",
    "kind": "rate",
    "mode": "score_only",
    "effective_from": "2016-01-01",
    "enforced_from": "2016-01-01",
    "metric_id": "ccr_rate",
    "window_days": 30,
    "metric_rate": "plain",
    "min_orders": 30,
    "min_distinct_buyers": 5,
    "cooldown_days": 30,
    "evaluation_weekday": 7,
    "rule_family": "reference",
    "sha256": "0" * 64,
}


class Inputs:
    """Rows for the counting half, each builder adding what the other half would have made."""

    def __init__(self, warehouse: Warehouse, platform: str = "douyin") -> None:
        self.warehouse = warehouse
        self.platform = platform
        self._rows: dict[str, list[dict[str, Any]]] = {
            table: [] for table in (*_INPUTS, *_CLASSIFIED, *_SCORED, *_APPEALS, *_POLICIES)
        }
        self._rows["policies.policy_versions"].append(dict(REFERENCE_POLICY))
        self._exclude_all(REFERENCE_POLICY["policy_id"], REFERENCE_POLICY["version"])

    def add(self, table: str, *rows: dict[str, Any]) -> None:
        """Rows as they are, for what no builder makes."""
        self._rows[table].extend(dict(row) for row in rows)

    def forget(self, table: str, **where: Any) -> None:
        """Drop the rows that have these values."""
        self._rows[table] = [
            row for row in self._rows[table] if any(row.get(k) != v for k, v in where.items())
        ]

    def deliver(self, first: Day, last: Day, status: str = "present") -> None:
        """The days first..last were processed, with a delivery of orders in that state."""
        known = [
            row["first_landed_day"]
            for row in self._rows["raw.deliveries"]
            if row["platform"] == self.platform
        ]
        for day in days(first, last):
            self.add(
                "raw.deliveries",
                {
                    "platform": self.platform,
                    "source": "orders",
                    "status": status,
                    "first_landed_day": min([*known, _day(first)]),
                    "business_day": day,
                },
            )

    def shop(self, shop: str, category: str | None = "c1", **values: Any) -> None:
        """A shop of the snapshot."""
        self.add(
            "raw.shops",
            {
                "platform": self.platform,
                "shop_id": shop,
                "name": shop,
                "shop_type": "enterprise",
                "main_category_id": category,
                **values,
            },
        )

    def order(
        self,
        order: str,
        *,
        shop: str = "s1",
        paid: Day | None = "2026-09-01",
        known: Day | None = None,
        codes: Sequence[str] = (),
        lines: Sequence[dict[str, Any]] = ({"line_id": "l1", "product": "p1"},),
        **values: Any,
    ) -> None:
        """The state of an order as known from a day on (by default the day it was paid)."""
        day = _day(known or paid or "2026-09-01")
        moment = f"{paid or day} 12:00:00"
        codes = sorted({*codes, "unpaid"} if paid is None else codes)
        line_rows = [
            {
                "business_day": day,
                "platform": self.platform,
                "order_key": self.key(order),
                "line_key": self.key(f"{order}:{line['line_id']}"),
                "line_id": line["line_id"],
                "product_key": self.key(line["product"]),
                "creator_key": self.key(line.get("creator")),
                "theme": line.get("theme", "shop"),
                "is_gift": line.get("is_gift", False),
            }
            for line in lines
        ]
        self.add("intermediate.int_order_lines_known", *line_rows)
        self.add(
            "intermediate.int_orders_judged",
            {
                "business_day": day,
                "platform": self.platform,
                "order_key": self.key(order),
                "shop_key": self.key(shop),
                "buyer_key": self.key(values.pop("buyer", f"buyer of {order}")),
                "order_day": paid,
                "created_at": moment,
                "paid_at": moment if paid else None,
                "pay_amount_fen": 10_000,
                "line_set": crc32(repr([{**row, "business_day": None} for row in line_rows]).encode()),
                "has_content_theme": any(
                    row["theme"] in ("live", "short_video") and not row["is_gift"] for row in line_rows
                ),
                "exclusion_codes": codes,
                "is_paid": paid is not None,
                **values,
            },
        )

    def feedback(
        self,
        feedback: str,
        order: str | None,
        day: Day,
        *,
        dimension: str = "product",
        issue: str = "quality_defect",
        decision: str = "negative",
        words: str = "坏了",
        link_day: Day | None = None,
        confidence: float = 1.0,
        tag: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """A first version with one tag and its words, linked on `link_day` (by default its day)."""
        key = self.key(feedback)
        self.version(feedback, day, is_first_version=True, **{"text": f"收到就{words}", **values})
        if order is not None:
            self.add(
                "intermediate.int_feedback_links",
                {
                    "business_day": link_day or day,
                    "feedback_key": key,
                    "order_key": self.key(order),
                    "link_method": "native",
                    "link_confidence": confidence,
                },
            )
        self.tag(feedback, day, dimension, issue, decision=decision, words=words, **(tag or {}))

    def version(self, feedback: str, day: Day, **values: Any) -> None:
        """One delivered version of a feedback."""
        versions = self._rows["intermediate.int_feedback_events"]
        number = 1 + sum(row["feedback_key"] == self.key(feedback) for row in versions)
        self.add(
            "intermediate.int_feedback_events",
            {
                "business_day": day,
                "platform": self.platform,
                "feedback_key": self.key(feedback),
                "version_no": number,
                "is_first_version": False,
                "channel": "review",
                "occurred_at": f"{day} 13:00:00",
                "updated_at": f"{day} 13:00:00",
                "row_sha256": f"{feedback}-{number}",
                "exclusion_codes": [],
                **values,
            },
        )

    def tag(
        self,
        feedback: str,
        day: Day,
        dimension: str,
        issue: str,
        *,
        decision: str = "negative",
        words: str = "坏了",
        **values: Any,
    ) -> None:
        """One tag of a feedback and the words it rests on, after 收到就 in its text."""
        key = self.key(feedback)
        number = 1 + sum(row["feedback_key"] == key for row in self._rows["classified.feedback_tags"])
        self.add(
            "classified.feedback_tags",
            {
                "business_day": day,
                "feedback_key": key,
                "channel": "review",
                "tag_no": number,
                "issue_code": issue,
                "dimension": dimension,
                "decision": decision,
                "probability": 0.9,
                "text_probability": 0.9,
                "severity": 2,
                "needs_content_theme": False,
                "words_sha256": f"words of {feedback}",
                **values,
            },
        )
        self.add(
            "classified.evidence_spans",
            {
                "business_day": day,
                "feedback_key": key,
                "tag_no": number,
                "span_no": 1,
                "field": "text",
                "span_start": 3,
                "span_end": 3 + len(words),
                "span_text": words,
                "kind": "keyword",
            },
        )

    def decide(
        self,
        feedback: str,
        day: Day,
        decision: str,
        *,
        number: int = 1,
        issue: str | None = "quality_defect",
        dimension: str | None = "product",
        words: str | None = "坏了",
        **values: Any,
    ) -> None:
        """A person's decision on a review, known from a day on, with words that stand after 收到就."""
        self.add(
            "raw.review_decisions",
            {
                "business_day": day,
                "platform": self.platform,
                "channel": "review",
                "feedback_id": feedback.rpartition(":")[2],
                "decision_no": number,
                "decision": decision,
                "issue_code": issue if decision in ("negative", "guarded") else None,
                "dimension": dimension if decision in ("negative", "guarded") else None,
                "severity": 2,
                "needs_content_theme": False,
                "evidence_field": "text" if words else None,
                "evidence_start": 3 if words else None,
                "evidence_end": 3 + len(words) if words else None,
                "evidence_text": words,
                "words_sha256": f"words of {feedback}",
                "decided_by": "a reader",
                "decided_at": f"{day} 15:00:00",
                **values,
            },
        )

    def uphold(self, feedback: str, day: Day, code: str = "appeal_upheld", appeal: str = "a1") -> None:
        """An appeal or a report against a feedback is upheld, known from a day on."""
        self.add(
            "appeals.upheld_feedback",
            {
                "business_day": day,
                "platform": self.platform,
                "feedback_key": self.key(feedback),
                "appeal_key": self.key(f"appeal:{appeal}"),
                "exclusion_code": code,
            },
        )

    def abnormal(self, feedback: str, day: Day, code: str) -> None:
        """A reason, found in the words of a feedback, why it should not count."""
        self.add(
            "classified.abnormal_evaluations",
            {"business_day": day, "feedback_key": self.key(feedback), "code": code, "detail": code},
        )

    def policy(self, policy: str, **values: Any) -> None:
        """A policy version; what is not said is as in the reference policy."""
        self.add("policies.policy_versions", {**REFERENCE_POLICY, "policy_id": policy, **values})
        self._exclude_all(policy, values.get("version", REFERENCE_POLICY["version"]))

    def _exclude_all(self, policy: str, version: str) -> None:
        self.exclude(policy, version)
        self.exclude(policy, version, EXCLUDING_ORDERS, scope="order")

    def exclude(
        self,
        policy: str,
        version: str = "1",
        codes: Sequence[str] = EXCLUDING,
        scope: str = "evaluation",
    ) -> None:
        """The codes that a policy version says keep an item out, instead of those it named before."""
        key = {"policy_id": policy, "version": version, "scope": scope}
        self.forget("policies.policy_exclusions", **key)
        self.add("policies.policy_exclusions", *({**key, "exclusion_code": code} for code in codes))

    def rung(self, policy: str, tier_rank: int, measure: str, at_least: float, **values: Any) -> None:
        """One condition of a tier, named T and its rank, of severity 1."""
        self.add(
            "policies.ladder_conditions",
            {
                "policy_id": policy,
                "version": "1",
                "tier_rank": tier_rank,
                "tier": f"T{tier_rank}",
                "rule_id": f"R{tier_rank}",
                "severity": 1,
                "measure": measure,
                "at_least": at_least,
                "human_review": False,
                **values,
            },
        )

    def ticket_rule(self, policy: str, rule: str, rank: int, issue: str, **values: Any) -> None:
        """One rule of a ticket policy, asking for nothing unless told."""
        self.add(
            "policies.ticket_rules",
            {
                "policy_id": policy,
                "version": "1",
                "rule_id": rule,
                "rule_rank": rank,
                "issue_code": issue,
                "requires_evidence": False,
                "requires_admission": False,
                "requires_dissatisfaction": False,
                "severity": 1,
                **values,
            },
        )

    def key(self, name: str | None) -> str | None:
        return None if name is None else f"{self.platform}:{name}"

    def on(self, platform: str) -> "Inputs":
        """The same rows, seen from another platform: what it adds is added here."""
        other = Inputs(self.warehouse, platform)
        other._rows = self._rows
        return other

    def has_deliveries(self) -> bool:
        """Whether this platform was delivered anything."""
        return any(row["platform"] == self.platform for row in self._rows["raw.deliveries"])

    def known_on(self, kept: Iterable[date]) -> "Inputs":
        """The same inputs, less what became known on other days."""
        allowed = set(kept)
        fewer = Inputs(self.warehouse, self.platform)
        fewer._rows = {
            table: [row for row in rows if "business_day" not in row or _day(row["business_day"]) in allowed]
            for table, rows in self._rows.items()
        }
        return fewer

    def write(self) -> None:
        """Put the rows into the warehouse, in place of what was there."""
        for table, columns in STAND_INS.items():
            self.warehouse.create(table, columns)
        with self.warehouse.connect() as connection:
            for table in self._rows:
                connection.execute(f"delete from {table}")
        for table, rows in self._rows.items():
            self.warehouse.insert(table, rows)

    def count(self, first: Day, last: Day, select: str = COUNTING) -> None:
        """Write the rows and run the counting half over the days."""
        self.write()
        self.warehouse.run(first, last, f"{_STAGING} {select}")


def days(first: Day, last: Day) -> list[date]:
    """The days first..last, both included."""
    start = _day(first)
    return [start + timedelta(n) for n in range((_day(last) - start).days + 1)]


def _day(value: Day) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
