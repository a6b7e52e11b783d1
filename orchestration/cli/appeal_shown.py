"""How appeals look in a terminal: what was written, what is suggested, where they stand."""

from collections.abc import Sequence
from datetime import date

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.appeals.book import Line
from orchestration.appeals.codes import tab_of
from orchestration.appeals.effect import Effect
from orchestration.appeals.filing import AppealEvent
from orchestration.appeals.folding import Transition
from orchestration.appeals.known import Known
from orchestration.appeals.machine import OPEN

_STANDING = """
with ranked as (
    select *, row_number() over (partition by appeal_key order by seq desc) as recency
    from appeals.appeal_events
    where business_day <= $day
)
select appeal_key, platform, shop_key, subject_type, subject_key, reason_code, to_state, round, filed_on,
       deadline_on, due_on, human_requested, result_reason
from ranked
where recency = 1
  and (platform = $platform or $platform is null)
  and (shop_key in ($shop, platform || ':' || $shop) or $shop is null)
  and (list_contains($shops, shop_key) or $shops is null)
order by due_on nulls last, appeal_key
"""


def print_written(console: Console, transition: Transition) -> None:
    """What was written down, and what follows."""
    after = transition.after
    _say(
        console,
        f"{transition.appeal_key}: {transition.event.event}, now {after.state} (round {after.nth_round})",
    )
    if transition.event.event in ("filed", "resubmitted", "reconsideration_filed"):
        _say(console, f"policy {after.terms.policy_id or 'none'} {after.terms.version or ''}".rstrip())
        if after.deadline_on is not None:
            _say(console, f"filed in time: the last day is {after.deadline_on}")
        if after.due_on is not None:
            _say(console, f"an answer is due by {after.due_on}")
        elif after.due_unknown:
            _say(console, f"when an answer is due is not known: {after.due_unknown}")
    _say(console, f"known from {transition.business_day}: run that day (`ccr run`) to see it in the counts")


def print_suggestion(
    console: Console,
    connection: duckdb.DuckDBPyConnection,
    draft: AppealEvent,
    events: Sequence[AppealEvent],
    known: Known,
) -> None:
    """What can be said before anything is filed."""
    from orchestration.appeals.folding import already_heard, fold
    from orchestration.appeals.triage import suggest
    from orchestration.wiring.appeal_triage import record_of
    from orchestration.wiring.expected_effect import effect_in

    day = draft.business_day
    case = known.case_of(draft, day)
    record = record_of(connection, draft, case, day)
    said = suggest(draft, case, record, effect_in(connection, draft.shop_key, day), day)
    _say(console, f"{draft.subject_key} ({draft.subject_type}) of {draft.shop_key}, as known on {day}")
    for key in sorted({each.appeal_key for each in events}):
        _say(
            console,
            f"appeal {key} about it is {fold(events, known.case_of).standing(key).state or 'refused'}",
        )
    heard = already_heard(draft, events, known.case_of)
    is_open = said.is_open and not heard
    _say(console, "an appeal is open" if is_open else f"no appeal is open: {said.why_not or heard}")
    if is_open and said.partly_closed:
        _say(console, f"but not against all of it: {said.partly_closed}")
    if is_open and said.reason is not None:
        _say(console, f"suggested reason {said.reason.code}: {said.reason.because}")
        for piece in said.reason.checklist:
            _say(console, f"  [ ] {piece}")
    if is_open:
        if said.evidence_required:
            _say(console, f"the policy asks for: {', '.join(said.evidence_required)}")
        if said.statement_max_chars is not None:
            _say(console, f"the statement may have {said.statement_max_chars} characters")
        left = f"{said.deadline_on} ({said.days_left} days left)" if said.deadline_on else said.no_deadline
        _say(console, f"last day to file: {left}")
    if is_open and said.effect is not None:
        _say(console, f"if it is upheld: {_effect(said.effect)}")
    _say(console, "nothing is filed by this; what a platform finds untrue is rejected and counted")


def print_list(
    console: Console,
    connection: duckdb.DuckDBPyConnection,
    written: Sequence[Line],
    *,
    day: date,
    platform: str | None,
    shop: str | None,
    state: str | None,
    shops: Sequence[str] | None,
) -> None:
    """One line an appeal of `shops` (None: of all); an answer that is overdue is marked."""
    asked = {"day": day, "platform": platform, "shop": shop, "shops": shops}
    rows = connection.execute(_STANDING, asked).fetchall()
    table = Table(box=None, pad_edge=False)
    for heading in ("appeal", "subject", "reason", "state", "shown as", "round", "last day", "answer due"):
        table.add_column(heading, overflow="fold")
    shown = 0
    for key, of_platform, _, kind, subject, reason, at, nth, _, deadline, due, asked, why in rows:
        if state is not None and not (at == state or (state == "open" and at in OPEN)):
            continue
        shown += 1
        late = at in OPEN and due is not None and due < day
        table.add_row(
            key,
            f"{subject} ({kind})",
            reason or "",
            f"{at}{' by a person' if asked and at in OPEN else ''}{f': {why}' if why else ''}",
            tab_of(of_platform, at) or "",
            str(nth),
            str(deadline or ""),
            f"{due or ''}{' overdue' if late else ''}",
        )
    if shown:
        console.print(table)
    _say(console, f"{shown} appeals as known on {day}")
    heard = {
        (key, number)
        for key, number in connection.execute(
            "select appeal_key, event_no from staging.stg_appeals"
        ).fetchall()
    }
    for line in written:
        if (line.as_event().appeal_key, line.event_no) not in heard:
            _say(
                console,
                f"{line.as_event().appeal_key}: {line.event} waits in the book for the run of {line.day}",
            )


def _effect(effect: Effect) -> str:
    rate = f"{effect.num_now} of {effect.den} orders negative become {effect.num_without} of {effect.den}"
    now, without = effect.tier_now or "no tier", effect.tier_without or "no tier"
    if effect.held_back_by is not None:
        without += f" ({effect.held_back_by})"
    tier = f"{now} becomes {without}" if effect.changes_tier else f"{without} stays"
    left_out = (
        f" (as far as the rate decides; {', '.join(effect.left_out)} left aside)" if effect.left_out else ""
    )
    return f"{rate}; {tier}{left_out}"


def _say(console: Console, line: str) -> None:
    console.print(Text(line), highlight=False, soft_wrap=True)
