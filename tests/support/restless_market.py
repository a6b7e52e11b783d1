"""A small market in which everything that may change about a count does, from a seed.

Orders are paid late, corrected, excluded and let in again; lines come after their order; feedback
comes before it, twice, guarded, doubtful, and with proof that follows; days go missing.
"""

import random
from datetime import date, timedelta
from typing import Final

from tests.support.inputs import Inputs
from tests.support.warehouse import Warehouse

FIRST: Final = date(2026, 9, 1)
LAST: Final = date(2026, 9, 16)

_DIMENSIONS: Final = ("product", "content", "service", "logistics")
_ISSUES: Final = {
    "product": "wrong_item",
    "content": "live_display_mismatch",
    "service": "no_reply",
    "logistics": "late_ship",
}


def restless_market(warehouse: Warehouse, seed: int = 7, orders: int = 120) -> Inputs:
    """Rows for FIRST..LAST: two policies that find something, eight shops, two platforms."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    inputs = Inputs(warehouse)
    other = inputs.on("pinduoduo")
    inputs.deliver(FIRST, LAST)
    other.deliver(FIRST + timedelta(days=2), LAST)
    for number in range(8):
        inputs.shop(f"s{number}", category=f"c{number % 2}")
    inputs.add("raw.categories", {"category_id": "c0", "parent_id": "top", "name": "c0"})
    inputs.policy(
        "weekly", platform="douyin", window_days=7, min_orders=2, min_distinct_buyers=1,
        mode="enforce", enforced_from="2026-09-10", evaluation_weekday=3,
    )  # fmt: skip
    inputs.rung("weekly", 1, "occurrences_90d", 2, severity=2)
    inputs.rung("weekly", 1, "rate", 0.2, severity=2)
    inputs.rung("weekly", 2, "num_effective", 1)
    inputs.policy("tickets", platform="pinduoduo", kind="per_order_ticket", mode="enforce")
    inputs.ticket_rule("tickets", "wrong", 1, "wrong_item", requires_evidence=True)
    inputs.ticket_rule("tickets", "silent", 2, "no_reply", requires_dissatisfaction=True)
    for number in range(orders):
        _order(inputs if number % 3 else other, f"o{number}", chance)
    return inputs


def _order(inputs: Inputs, order: str, chance: random.Random) -> None:
    created = FIRST + timedelta(days=chance.randrange(12))
    shop = f"s{chance.randrange(8)}"
    lines = [
        {
            "line_id": f"l{number}",
            "product": f"p{chance.randrange(6)}",
            "creator": chance.choice([None, None, "k1", "k2"]),
            "theme": chance.choice(["shop", "live"]),
            "is_gift": number == 2,
        }
        for number in range(chance.randint(1, 3))
    ]
    paid: date | None = created if chance.random() < 0.8 else None
    known = created
    for _ in range(chance.randint(1, 4)):
        inputs.order(
            order,
            shop=shop,
            paid=paid,
            known=known,
            codes=["risk_review"] if chance.random() < 0.3 else [],
            lines=lines[: chance.randint(1, len(lines))],
        )
        known += timedelta(days=chance.randint(1, 3))
        if paid is None or chance.random() < 0.15:
            paid = created + timedelta(days=chance.randrange(3))
        if known > LAST:
            break
    for number in range(chance.choice([0, 0, 1, 1, 2])):
        _feedback(inputs, f"f{number} of {order}", order, created, chance)


def _feedback(inputs: Inputs, feedback: str, order: str, created: date, chance: random.Random) -> None:
    day = created + timedelta(days=chance.randint(-2, 4))
    linked = max(day, created)
    if linked > LAST or day < FIRST:
        return
    dimension = chance.choice(_DIMENSIONS)
    inputs.feedback(
        feedback,
        order,
        day,
        dimension=dimension,
        issue=_ISSUES[dimension],
        decision=chance.choice(["negative", "negative", "negative", "guarded", "uncertain"]),
        link_day=linked,
        confidence=chance.choice([1.0, 1.0, 0.45]),
        line_id=chance.choice([None, "l0", "l1", "l2"]),
        channel=chance.choice(["review", "complaint"]),
        rating_overall=chance.choice([1, 2, 5, None]),
        exclusion_codes=["template_text"] if chance.random() < 0.1 else [],
        tag={"needs_content_theme": dimension == "content"},
    )
    if chance.random() < 0.4:
        other = chance.choice(_DIMENSIONS)
        inputs.tag(feedback, day, other, f"second_{other}")
    proof = day + timedelta(days=chance.randint(1, 5))
    if proof <= LAST and chance.random() < 0.6:
        inputs.version(feedback, proof, evidence_valid=True, exclusion_codes=["duplicate_version"])
