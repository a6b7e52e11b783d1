"""Whatever order events are delivered in, the same appeals come of them, and nothing accepted is undone."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.appeals.filing import AppealEvent
from orchestration.appeals.folding import Folded, fold
from orchestration.appeals.machine import EVENTS
from tests.unit.appeals.appeals import case, event, filed

NAMES = st.lists(st.sampled_from(EVENTS), min_size=1, max_size=8)


def told(names: list[str]) -> list[AppealEvent]:
    """A filing and whatever follows, with evidence of its own each."""
    following = [
        event(number, name, reviewer_kind="human", evidence=(f"photo:{number}",))
        for number, name in enumerate(names, start=2)
    ]
    return [filed(), *following]


def summary(folded: Folded) -> list[tuple[Any, ...]]:
    return [
        (each.event.event_no, each.from_state, each.after.state, each.after.seq)
        for each in folded.transitions
    ]


@given(names=NAMES, data=st.data())
@settings(max_examples=150, deadline=None)
def test_the_order_in_which_events_are_given_does_not_matter(names: list[str], data: st.DataObject) -> None:
    events = told(names)
    shuffled = data.draw(st.permutations(events))
    assert fold(shuffled, lambda _, __: case()) == fold(events, lambda _, __: case())


@given(names=NAMES, data=st.data())
@settings(max_examples=150, deadline=None)
def test_the_days_on_which_events_come_do_not_matter_to_what_comes_of_them(
    names: list[str], data: st.DataObject
) -> None:
    events = told(names)
    at_once = fold(events, lambda _, __: case())
    delays = data.draw(st.lists(st.integers(0, 9), min_size=len(events), max_size=len(events)))
    late = [
        each._replace(business_day=each.business_day + timedelta(days=delay))
        for each, delay in zip(events, delays, strict=True)
    ]
    assert summary(fold(late, lambda _, __: case())) == summary(at_once)
    # a day says what it said before, whatever comes on later days
    last = date(2026, 9, 10)
    known = fold([each for each in late if each.business_day <= last], lambda _, __: case())
    by_then = [each for each in fold(late, lambda _, __: case()).transitions if each.business_day <= last]
    assert list(known.transitions) == by_then


def test_what_comes_before_its_turn_waits_and_is_told_so() -> None:
    early = event(2, "upheld", 6, reviewer_kind="human")
    late = filed(7)
    done = fold([early, late], lambda _, __: case())
    assert [(each.business_day.day, each.code) for each in done.refusals] == [(6, "out_of_sequence")]
    assert [(each.business_day.day, each.after.state) for each in done.transitions] == [
        (7, "submitted"),
        (7, "approved"),
    ]


def test_a_row_delivered_again_is_one_and_one_that_changed_is_refused() -> None:
    again = filed(6)
    changed = filed(6, row_sha256="other words")
    assert fold([filed(), again], lambda _, __: case()).refusals == ()
    done = fold([filed(), changed], lambda _, __: case())
    assert [each.detail.split(".")[0] for each in done.refusals] == [
        "event 1 was delivered before, and says something else now"
    ]
    assert len(done.transitions) == 1
