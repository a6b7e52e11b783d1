"""Folds delivered events into what happened to each appeal: accepted transitions and refusals.

Events of an appeal are taken by their number, each once all before it have come, so that what was
accepted stays accepted whatever is delivered later.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

from orchestration.appeals.clock import term
from orchestration.appeals.codes import result_reason
from orchestration.appeals.filing import AppealEvent, Case, Terms
from orchestration.appeals.machine import DECIDES, FAILED, OPEN, may_follow, next_state
from orchestration.appeals.refusals import in_full
from orchestration.appeals.rules import (
    Broken,
    broken_by_content,
    broken_by_filing,
    broken_by_second_round,
    deadline_of,
    hashes_of,
)

CaseOf = Callable[[AppealEvent, date], Case]


class Refusal(NamedTuple):
    """An event that is not accepted, and why; on the day on which that was found."""

    business_day: date
    event: AppealEvent
    code: str
    detail: str


@dataclass(frozen=True)
class Standing:
    """Where an appeal stands after the events accepted so far."""

    state: str | None = None
    seq: int = 0
    nth_round: int = 1
    terms: Terms = field(default_factory=Terms)
    filing: AppealEvent | None = None
    reason_code: str | None = None
    statement: str | None = None
    evidence: tuple[str, ...] = ()
    seen: frozenset[str] = frozenset()  # hashes of all evidence handed in
    filed_on: date | None = None
    deadline_on: date | None = None
    due_on: date | None = None
    due_unknown: str = ""
    was_returned: bool = False
    human_requested: bool = False
    decided_by: str | None = None


@dataclass(frozen=True)
class Transition:
    """An accepted event, on the day from which it is known, and how the appeal stands after it."""

    business_day: date
    event: AppealEvent
    from_state: str | None
    after: Standing
    case: Case

    @property
    def appeal_key(self) -> str:
        """The appeal."""
        return self.event.appeal_key


@dataclass(frozen=True)
class Folded:
    """What became of events."""

    transitions: tuple[Transition, ...]
    refusals: tuple[Refusal, ...]

    def standing(self, appeal_key: str) -> Standing:
        """Where an appeal stands at the end."""
        of_appeal = [each.after for each in self.transitions if each.appeal_key == appeal_key]
        return of_appeal[-1] if of_appeal else Standing()


def fold(events: Iterable[AppealEvent], case_of: CaseOf) -> Folded:
    """What becomes of the events of any number of appeals, judged by the facts of the day each is ready on.

    The order in which events are given does not matter.
    """
    turns, refusals = _in_turn(events)
    standings: dict[str, Standing] = defaultdict(Standing)
    heard: dict[str, dict[str, Standing]] = defaultdict(dict)  # by subject, the appeals that were filed
    transitions: list[Transition] = []
    for turn in sorted(turns):
        event, day = turn.event, turn.ready_day
        before = standings[event.appeal_key]
        case = case_of(before.filing or event, day)
        others = [standings[key] for key in heard[_subject_of(before, event)] if key != event.appeal_key]
        broken = _first_broken(event, before, case, others)
        if broken is not None:
            refusals.append(Refusal(day, event, broken.code, in_full(*broken)))
            continue
        after = _after(event, before, case)
        standings[event.appeal_key] = after
        heard[_subject_of(after, event)][event.appeal_key] = after
        transitions.append(Transition(day, event, before.state, after, case))
    return Folded(tuple(transitions), tuple(sorted(refusals, key=_place)))


class _Turn(NamedTuple):
    """When an event is heard: by day, then by the clock, never before an earlier one of its appeal."""

    ready_day: date
    not_before: datetime
    appeal_key: str
    event_no: int
    event: AppealEvent


def _in_turn(events: Iterable[AppealEvent]) -> tuple[list[_Turn], list[Refusal]]:
    by_appeal: dict[str, list[AppealEvent]] = defaultdict(list)
    for event in events:
        by_appeal[event.appeal_key].append(event)
    turns: list[_Turn] = []
    refusals: list[Refusal] = []
    for key, of_appeal in by_appeal.items():
        ready_day, not_before, awaited = date.min, None, 1
        delivered: dict[int, AppealEvent] = {}
        for event in sorted(of_appeal, key=lambda each: (each.event_no, each.business_day, each.row_sha256)):
            first = delivered.setdefault(event.event_no, event)
            if first is not event:
                if first.row_sha256 != event.row_sha256:
                    says = f"event {event.event_no} was delivered before, and says something else now"
                    refusals.append(_waiting(event, says))
                continue
            if event.event_no != awaited:
                refusals.append(_waiting(event, f"event {event.event_no} came before event {awaited}"))
                continue
            awaited += 1
            if ready_day > event.business_day:
                says = f"event {event.event_no} came before an earlier one, and waited until {ready_day}"
                refusals.append(_waiting(event, says))
            ready_day = max(ready_day, event.business_day)
            not_before = max(not_before or event.happened_at, event.happened_at)
            turns.append(_Turn(ready_day, not_before, key, event.event_no, event))
    return turns, refusals


def _place(refusal: Refusal) -> tuple[date, str, int, str]:
    return refusal.business_day, refusal.event.appeal_key, refusal.event.event_no, refusal.detail


def _waiting(event: AppealEvent, says: str) -> Refusal:
    return Refusal(event.business_day, event, "out_of_sequence", in_full("out_of_sequence", says))


def _subject_of(standing: Standing, event: AppealEvent) -> str:
    return (standing.filing or event).subject_key or ""


def _first_broken(event: AppealEvent, before: Standing, case: Case, others: list[Standing]) -> Broken | None:
    if before.filing is not None and event.shop_key != before.filing.shop_key:
        broken = [
            Broken("wrong_shop", f"the appeal is one of {before.filing.shop_key}, not of {event.shop_key}")
        ]
    elif before.state == "rejected" and event.event == "reconsideration_filed":
        broken = [
            *broken_by_second_round(event, before.terms, before.seen),
            *broken_by_content(_in_full(event, before), before.terms),
            *_heard_elsewhere(others),
        ]
    elif before.state == "final_rejected" and event.event == "reconsideration_filed":
        broken = [Broken("too_many_rounds", "the reconsideration was the last round")]
    elif next_state(before.state, event.event, before.nth_round) is None:
        broken = [_out_of_sequence(event, before)]
    elif event.event == "filed":
        broken = [
            *broken_by_filing(event, case, deadline_of(event, case)),
            *_heard_elsewhere(others),
            *_heard_before(event, others),
        ]
    else:
        broken = list(_broken_later(event, before))
    return broken[0] if broken else None


def _out_of_sequence(event: AppealEvent, before: Standing) -> Broken:
    if before.state is None:
        return Broken("out_of_sequence", f"'{event.event}' of an appeal that was not filed, or was refused")
    open_to = ", ".join(may_follow(before.state)) or "nothing"
    return Broken(
        "out_of_sequence", f"'{event.event}' cannot follow in state {before.state}; what can is: {open_to}"
    )


def _broken_later(event: AppealEvent, before: Standing) -> Iterable[Broken]:
    if event.event in DECIDES and before.human_requested and event.reviewer_kind != "human":
        yield Broken(
            "decided_by_machine_after_human_request", "a person was asked for, and no person decided"
        )
    elif event.event == "human_requested" and before.state in FAILED and before.decided_by == "human":
        yield Broken("out_of_sequence", "a person has decided already")
    elif event.event == "returned" and before.was_returned:
        yield Broken("too_many_rounds", "it was returned once already, and is to be decided now")
    elif event.event == "resubmitted":
        yield from broken_by_content(_in_full(event, before), before.terms)


def _in_full(event: AppealEvent, before: Standing) -> AppealEvent:
    """What was handed in before holds where the event does not replace it."""
    is_new = bool(event.statement)
    return event._replace(
        reason_code=event.reason_code or before.reason_code,
        statement=event.statement if is_new else before.statement,
        statement_length=event.statement_length if is_new else None,
        evidence=event.evidence or before.evidence,
    )


def _heard_elsewhere(others: list[Standing]) -> Iterable[Broken]:
    for other in others:
        if other.state in OPEN and other.filing is not None:
            yield Broken("second_open_appeal", f"appeal {other.filing.appeal_id} about it is {other.state}")


def _heard_before(event: AppealEvent, others: list[Standing]) -> Iterable[Broken]:
    for other in others:
        filing = other.filing
        if filing is None or filing.is_report != event.is_report:
            continue
        if other.state in FAILED or other.state == "approved":
            says = f"appeal {filing.appeal_id} about it was decided ({other.state})"
            hint = "; only a reconsideration of that one may follow" if other.state == "rejected" else ""
            yield Broken("too_many_rounds", says + hint)


def _after(event: AppealEvent, before: Standing, case: Case) -> Standing:
    """How the appeal stands once the event is accepted."""
    state = next_state(before.state, event.event, before.nth_round)
    after = replace(before, state=state, seq=before.seq + 1)
    if event.event == "filed":
        terms = case.terms
        after = replace(after, terms=terms, filing=event, deadline_on=deadline_of(event, case).on)
    elif event.event == "reconsideration_filed":
        after = replace(after, nth_round=2)
    elif event.event == "returned":
        after = replace(after, was_returned=True)
    elif event.event == "human_requested":
        after = replace(after, human_requested=True)
    elif event.event in DECIDES:
        after = replace(after, decided_by=event.reviewer_kind)
    if event.event in ("filed", "resubmitted", "reconsideration_filed"):
        due = term(event.happened_on, after.terms.decision_sla_days, after.terms.sla_calendar)
        after = replace(
            after,
            filed_on=event.happened_on,
            due_on=due.on,
            due_unknown="" if after.terms.decision_sla_days is None else due.why_not,
            reason_code=event.reason_code or before.reason_code,
            statement=event.statement or before.statement,
            evidence=event.evidence or before.evidence,
            seen=before.seen | hashes_of(event.evidence),
        )
    return after


def already_heard(draft: AppealEvent, events: Iterable[AppealEvent], case_of: CaseOf) -> str:
    """What earlier appeals about its subject leave no room for; empty where nothing stands against it."""
    standings = {each.appeal_key: each.after for each in fold(events, case_of).transitions}
    others = [
        each for each in standings.values() if each.filing and each.filing.subject_key == draft.subject_key
    ]
    found = [*_heard_elsewhere(others), *_heard_before(draft, others)]
    return found[0].says if found else ""


def told_reason(event: AppealEvent) -> str | None:
    """Why it was decided so, in our words where the platform's are known."""
    return result_reason(event.result_reason)
