"""Every transition of the state machine, and everything that is none."""

from collections.abc import Sequence

import pytest

from orchestration.appeals.filing import AppealEvent
from orchestration.appeals.folding import Folded, Standing, fold
from orchestration.appeals.machine import (
    EVENTS,
    OPEN,
    STATES,
    TRANSITIONS,
    counts_as,
    may_follow,
    next_state,
)
from tests.unit.appeals.appeals import case, event, filed

# by state, the events that lead there, as (event, reviewer)
WAY_TO: dict[str | None, list[tuple[str, str | None]]] = {
    None: [],
    "submitted": [("filed", None)],
    "under_review": [("filed", None), ("checked", None)],
    "returned": [("filed", None), ("returned", None)],
    "human_review": [("filed", None), ("human_requested", None)],
    "approved": [("filed", None), ("upheld", "auto")],
    "rejected": [("filed", None), ("rejected", "auto")],
    "reconsidering": [("filed", None), ("rejected", "auto"), ("reconsideration_filed", None)],
    "final_rejected": [
        ("filed", None), ("rejected", "auto"), ("reconsideration_filed", None), ("rejected", "auto"),
    ],
    "withdrawn": [("filed", None), ("withdrawn", None)],
    "cancelled": [("filed", None), ("cancelled", None)],
    "exempt": [("filed", None), ("resolved_with_consumer", None)],
}  # fmt: skip


def events_of(names: Sequence[tuple[str, str | None]]) -> list[AppealEvent]:
    made = []
    for number, (name, reviewer) in enumerate(names, start=1):
        if name == "filed":
            made.append(filed(number=number))
        else:
            evidence = (f"photo:{number}",) if name in ("reconsideration_filed", "resubmitted") else ()
            made.append(event(number, name, reviewer_kind=reviewer, evidence=evidence))
    return made


def folded(names: Sequence[tuple[str, str | None]]) -> Folded:
    return fold(events_of(names), lambda _, __: case())


def standing(names: Sequence[tuple[str, str | None]]) -> Standing:
    return folded(names).standing("pinduoduo:appeal:a1")


@pytest.mark.parametrize("state", WAY_TO)
def test_every_state_can_be_reached(state: str | None) -> None:
    assert standing(WAY_TO[state]).state == state
    assert set(WAY_TO) == {None, *STATES}


@pytest.mark.parametrize(("state", "name"), TRANSITIONS)
def test_every_transition_is_taken(state: str | None, name: str) -> None:
    reviewer = "human" if name in ("upheld", "rejected") else None
    done = folded([*WAY_TO[state], (name, reviewer)])
    assert done.refusals == ()
    last = done.transitions[-1]
    assert (last.from_state, last.after.state) == (state, TRANSITIONS[state, name])
    assert last.after.seq == len(WAY_TO[state]) + 1


NOT_TAKEN = [
    (state, name)
    for state in WAY_TO
    for name in EVENTS
    if (state, name) not in TRANSITIONS and (state, name) != ("final_rejected", "reconsideration_filed")
]


@pytest.mark.parametrize(("state", "name"), NOT_TAKEN)
def test_whatever_is_no_transition_is_refused_and_changes_nothing(state: str | None, name: str) -> None:
    done = folded([*WAY_TO[state], (name, "human")])
    (refusal,) = done.refusals
    assert refusal.code == "out_of_sequence"
    assert name in refusal.detail
    assert "`ccr appeal list`" in refusal.detail
    assert done.standing("pinduoduo:appeal:a1").state == state


def test_the_second_round_ends_for_good_whoever_decides() -> None:
    second = WAY_TO["reconsidering"]
    assert standing([*second, ("rejected", "auto")]).state == "final_rejected"
    assert standing([*second, ("human_requested", None), ("rejected", "human")]).state == "final_rejected"
    assert standing([*second, ("upheld", "auto")]).state == "approved"
    assert next_state("human_review", "rejected", 1) == "rejected"


def test_who_was_turned_down_by_a_machine_may_ask_for_a_person() -> None:
    after = standing([*WAY_TO["rejected"], ("human_requested", None)])
    assert (after.state, after.human_requested) == ("human_review", True)
    by_a_person = folded([*WAY_TO["submitted"], ("rejected", "human"), ("human_requested", None)])
    (refusal,) = by_a_person.refusals
    assert (refusal.code, refusal.detail.split(".")[0]) == ("out_of_sequence", "a person has decided already")


def test_it_is_returned_once() -> None:
    again = [*WAY_TO["returned"], ("resubmitted", None)]
    assert standing(again).state == "submitted"
    (refusal,) = folded([*again, ("returned", None)]).refusals
    assert refusal.code == "too_many_rounds"


def test_a_closed_appeal_admits_nothing_but_the_next_round() -> None:
    closed = set(STATES) - OPEN
    assert {state: may_follow(state) for state in closed} == {
        "approved": [],
        "rejected": ["human_requested", "reconsideration_filed"],
        "final_rejected": ["human_requested"],
        "withdrawn": [],
        "cancelled": [],
        "exempt": [],
    }


@pytest.mark.parametrize(
    ("name", "why", "counted"),
    [
        ("rejected", "untrue", "untrue"),
        ("rejected", "insufficient_evidence", "failed"),
        ("rejected", None, "failed"),
        ("upheld", None, None),
        ("withdrawn", "untrue", None),
    ],
)
def test_a_rejection_counts_as_failed_or_as_untrue(name: str, why: str | None, counted: str | None) -> None:
    assert counts_as(name, why) == counted
