"""The state machine of an appeal as plain tables: which event leads from which state to which."""

from typing import Literal, get_args

State = Literal[
    "submitted",
    "under_review",
    "returned",
    "human_review",
    "approved",
    "rejected",
    "reconsidering",
    "final_rejected",
    "withdrawn",
    "cancelled",
    "exempt",
]
Event = Literal[
    "filed",
    "checked",
    "returned",
    "resubmitted",
    "human_requested",
    "upheld",
    "rejected",
    "reconsideration_filed",
    "withdrawn",
    "cancelled",
    "resolved_with_consumer",
]
STATES: tuple[str, ...] = get_args(State)
EVENTS: tuple[str, ...] = get_args(Event)

OPEN: frozenset[str] = frozenset({"submitted", "under_review", "returned", "human_review", "reconsidering"})
"""Somebody still owes an answer."""
FAILED: frozenset[str] = frozenset({"rejected", "final_rejected"})
DECIDES: frozenset[str] = frozenset({"upheld", "rejected"})

_BEING_JUDGED = ("submitted", "under_review", "human_review", "reconsidering")

# None: nothing was filed yet, or what was filed was refused
TRANSITIONS: dict[tuple[str | None, str], str] = {
    (None, "filed"): "submitted",
    ("submitted", "checked"): "under_review",
    ("submitted", "returned"): "returned",
    ("under_review", "returned"): "returned",
    ("returned", "resubmitted"): "submitted",
    **{(state, "upheld"): "approved" for state in _BEING_JUDGED},
    **{(state, "rejected"): "rejected" for state in _BEING_JUDGED},
    ("reconsidering", "rejected"): "final_rejected",
    ("rejected", "reconsideration_filed"): "reconsidering",
    # who was turned down by a machine may ask for a person then, too
    **{
        (state, "human_requested"): "human_review"
        for state in ("submitted", "under_review", "reconsidering", "rejected", "final_rejected")
    },
    **{(state, "withdrawn"): "withdrawn" for state in sorted(OPEN)},
    **{(state, "cancelled"): "cancelled" for state in sorted(OPEN)},
    **{(state, "resolved_with_consumer"): "exempt" for state in sorted(OPEN)},
}


def next_state(state: str | None, event: str, nth_round: int) -> str | None:
    """Where an event leads; None where it may not follow. The second round ends for good."""
    found = TRANSITIONS.get((state, event))
    return "final_rejected" if found == "rejected" and nth_round > 1 else found


def may_follow(state: str | None) -> list[str]:
    """The events that a state admits, in the order of the list of events."""
    return [event for event in EVENTS if (state, event) in TRANSITIONS]


def counts_as(event: str, result_reason: str | None) -> str | None:
    """How a decision counts against whoever appealed: `failed`, `untrue` (which is failed too), or None."""
    if event != "rejected":
        return None
    return "untrue" if result_reason == "untrue" else "failed"
