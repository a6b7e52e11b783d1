"""What feedback can be about: nineteen issues, and the topics that are no complaint."""

import numpy as np

# Issue -> dimension. The order is that of the numbers below.
ISSUES: dict[str, str] = {
    "quality_defect": "product",
    "quality_flaw": "product",
    "wrong_item": "product",
    "missing_item": "product",
    "not_as_described": "product",
    "counterfeit": "product",
    "misleading_listing": "content",
    "live_display_mismatch": "content",
    "content_promise_mismatch": "content",
    "damaged_on_arrival": "logistics",
    "late_ship": "logistics",
    "lost_or_stalled": "logistics",
    "courier_service": "logistics",
    "packaging_poor": "logistics",
    "no_reply": "service",
    "perfunctory_reply": "service",
    "rude_or_mocking": "service",
    "shirking": "service",
    "unjustified_refusal": "service",
}
CALM = (
    "praise",
    "neutral",
    "negation",
    "usage_question",
    "remorse",
    "price_only",
    "mistaken_stars",
    "meaningless",
    "default",
    "brushing",
)
TOPICS: tuple[str, ...] = (*ISSUES, *CALM)
TOPIC = {name: number for number, name in enumerate(TOPICS)}
DIMENSIONS = ("product", "content", "service", "logistics")
DIMENSION_OF = np.array([DIMENSIONS.index(name) for name in ISSUES.values()])

# How often a complaint of the parent category is about what; the rest of the market is `any`.
#        defect flaw wrong miss descr fake mislead live promise damage late lost courier pack
#        no_reply perfunctory rude shirk refuse
_MIX: dict[str, tuple[int, ...]] = {
    "any": (20, 9, 7, 7, 10, 2, 3, 3, 3, 7, 6, 5, 4, 4, 5, 3, 2, 3, 2),
    "食品生鲜": (26, 0, 5, 10, 6, 0, 3, 3, 3, 16, 6, 4, 4, 5, 4, 3, 2, 3, 2),
    "美妆个护": (20, 4, 5, 6, 8, 7, 4, 3, 5, 8, 5, 4, 3, 5, 4, 3, 2, 2, 2),
}
# Orders that came from a live room or a short video complain about what was shown there.
_CONTENT_EXTRA = (0, 0, 0, 0, 0, 0, 0, 9, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
_CONTENT_ONLY = (0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def issue_weights(parent: str, has_content: bool) -> np.ndarray:
    """Weights of the issues for orders of a parent category, from content or not."""
    mix = np.array(_MIX.get(parent, _MIX["any"]), dtype=np.int64)
    if has_content:
        return mix + np.array(_CONTENT_EXTRA)
    return mix * (1 - np.array(_CONTENT_ONLY))
