"""Decides a chat from its turns: what is complained of, how it ends, how service answered."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from orchestration.classification.spans import Hit
from orchestration.classification.turns import ASKED, SERVICE, TOLD, Turn, Wait, unanswered
from orchestration.classification.verdict import (
    NOTHING,
    OTHER,
    Found,
    Span,
    Tag,
    Verdict,
    cited,
    decide,
    heaviest,
    probability_of,
    tags_of,
    valued,
)

# C6: one to three stars for a human agent are a dissatisfied session.
DISSATISFIED_STARS = 3
PRIOR_OF_SESSION = 0.10
LEAST_OF_LOW_STARS = 0.9
MOST_OF_ONE_BAD_WORD = 0.45
# An agent who says the same three times answers nothing.
SAME_ANSWER_TIMES = 3
_DIMENSION = "service"
# What who cannot use a thing takes it to be.
_FEARED = frozenset({"quality_defect", "quality_flaw"})

# What each fact adds to the log-odds of a negative session; set by hand, read in `_evidence`.
PER_UPSET_TURN = 0.9
UPSET_SHARE = 2.0
UPSET_END = 1.0
TOLD_PROBLEM = 2.4
ASKED_PROBLEM = 0.9
ADMITTED = 0.8
SERVICE_COMPLAINT = 1.2
SERVICE_FAULT = 1.2
UNANSWERED = 2.0
ACCEPTED_END = -1.3
HIGH_STARS = -2.0


class Session(NamedTuple):
    """One chat with the stars the consumer gave its human agent, if any."""

    turns: tuple[Turn, ...]
    stars: int | None

    @property
    def consumer(self) -> list[Turn]:
        return [turn for turn in self.turns if turn.role == "consumer" and turn.text.strip()]

    @property
    def agent(self) -> list[Turn]:
        return [turn for turn in self.turns if turn.role == "agent" and turn.text.strip()]


class State(NamedTuple):
    """What the turns come to."""

    upset: list[Turn]
    is_rated_low: bool
    ends_upset: bool
    ends_accepted: bool
    is_dissatisfied: bool
    waits: list[Wait]
    faults: list[Found]


def judge_session(session: Session) -> Verdict:
    """The verdict on one chat; never by one bad word, but by complaints and how it ends."""
    state = _state(session)
    words = _words(session)
    if not session.consumer and not state.is_rated_low:
        return Verdict("not_negative", 0.0, words, None, (NOTHING,))
    guard = None if state.is_dissatisfied else _guard(session)
    evidence = _evidence(session, state)
    probability = probability_of(evidence, PRIOR_OF_SESSION)
    if guard is not None:
        span_tag = NOTHING._replace(spans=(guard[1],))
        return Verdict("guarded", probability, words, guard[0], (span_tag,))
    if _is_one_bad_word(session, state):
        probability = min(probability, MOST_OF_ONE_BAD_WORD)
    if state.is_rated_low:
        probability = max(probability, LEAST_OF_LOW_STARS)
    decision = decide(probability)
    if decision == "not_negative":
        return Verdict(decision, probability, words, None, (NOTHING,))
    unclear = "probability_near_threshold" if decision == "uncertain" else None
    return Verdict(decision, probability, words, None, _tags(session, state), unclear)


def _state(session: Session) -> State:
    upset = [turn for turn in session.consumer if turn.is_upset()]
    last = session.consumer[-3:]
    ends_upset = bool(last) and (
        last[-1].is_upset() or (len(last) > 1 and last[-2].is_upset() and not last[-1].is_acceptance())
    )
    ends_accepted = not ends_upset and any(turn.is_acceptance() for turn in last)
    rated_low = session.stars is not None and session.stars <= DISSATISFIED_STARS
    share = len(upset) / max(len(session.consumer), 1)
    dissatisfied = rated_low or (
        not ends_accepted and (len(upset) >= 2 or (bool(upset) and (share >= 0.3 or ends_upset)))
    )
    # S55: waiting harms who stays dissatisfied, not who thanks in the end.
    waits = [] if ends_accepted else unanswered(session.turns)
    faults = _agent_faults(session) if dissatisfied else []
    return State(upset, rated_low, ends_upset, ends_accepted, dissatisfied, waits, faults)


def _is_one_bad_word(session: Session, state: State) -> bool:
    """One angry turn in a chat that tells no problem and got no bad answer."""
    told = any(hit.entry.code != OTHER for turn in session.consumer for hit in turn.complaints())
    return len(state.upset) <= 1 and not (told or state.faults or state.waits)


def _words(session: Session) -> float | None:
    """The probability that the consumer's words alone give: that of the gravest turn."""
    read = [turn.reading.evidence for turn in session.consumer if turn.reading is not None]
    return probability_of(max(read), PRIOR_OF_SESSION) if read else None


def _evidence(session: Session, state: State) -> float:
    told = [hit.entry.code for turn in session.consumer for hit in turn.complaints()]
    evidence = PER_UPSET_TURN * min(len(state.upset), 3)
    evidence += UPSET_SHARE * len(state.upset) / max(len(session.consumer), 1)
    evidence += UPSET_END * state.ends_upset
    evidence += TOLD_PROBLEM * any(code in TOLD for code in told)
    evidence += ASKED_PROBLEM * any(code in ASKED for code in told)
    evidence += ADMITTED * (_is_admitted(session) and any(code in TOLD | ASKED for code in told))
    evidence += SERVICE_COMPLAINT * any(code in SERVICE for code in told)
    evidence += SERVICE_FAULT * bool(state.faults)
    evidence += UNANSWERED * bool(state.waits)
    evidence += ACCEPTED_END * state.ends_accepted
    if session.stars is not None and session.stars > DISSATISFIED_STARS:
        evidence += HIGH_STARS
    return evidence


def _is_admitted(session: Session) -> bool:
    """Whether an agent offers to put something right."""
    return any(hit.entry.role == "remedy" for turn in session.agent for hit in turn.agent_hits)


def _guard(session: Session) -> tuple[str, Span] | None:
    """A question that was answered, or a misunderstanding that was cleared, with its words."""
    answered = False
    question: tuple[Turn, Hit] | None = None
    cleared: tuple[Turn, Hit] | None = None
    for turn in session.turns:
        if turn.role == "agent":
            answered = answered or any(hit.entry.role == "teaching" for hit in turn.agent_hits)
        if turn.role != "consumer":
            continue
        for hit in turn.hits("guard"):
            if hit.entry.code == "misunderstanding":
                cleared = cleared or (turn, hit)
            elif hit.entry.code in ("usage_question", "spec_question"):
                question = question or (turn, hit)
    told = {hit.entry.code for turn in session.consumer for hit in turn.complaints()}
    accepted = [turn for turn in session.consumer[-3:] if turn.is_acceptance()]
    was_taught = answered and not told & ((TOLD | SERVICE) - _FEARED)
    if was_taught and question is not None and question[0] is not session.consumer[-1]:
        turn, hit = question
        if accepted or not told & _FEARED:
            return hit.entry.code or "usage_question", cited(hit, turn.text, turn.field)
    if cleared is not None and session.agent:
        turn, hit = cleared
        return "misunderstanding", cited(hit, turn.text, turn.field)
    if was_taught and told & _FEARED and accepted and (works := _works_now(accepted)) is not None:
        return "usage_question", works
    return None


def _works_now(accepted: Sequence[Turn]) -> Span | None:
    """The words that say what seemed broken works once it was explained."""
    for turn in accepted:
        for hit in (*turn.hits("acceptance"), *turn.hits("praise")):
            phrase = hit.entry.phrase
            if phrase.startswith(("没", "不")) or phrase.endswith(("了", "now", "certo", "consegui")):
                return cited(hit, turn.text, turn.field)
    return None


def _agent_faults(session: Session) -> list[Found]:
    """What agents said that they should not; an empty phrase once is courtesy, twice is evasion."""
    found: list[Found] = []
    empty: list[Found] = []
    for turn in session.agent:
        for hit in turn.agent_hits:
            if hit.entry.role != "issue" or hit.state != "asserted":
                continue
            code = hit.entry.code or OTHER
            item = Found(code, hit.entry.severity, cited(hit, turn.text, turn.field))
            (empty if code == "perfunctory_reply" else found).append(item)
    if len(empty) >= 2:
        found += empty
    said = Counter(turn.text.strip() for turn in session.agent)
    for turn in session.agent:
        text = turn.text.strip()
        if said[text] >= SAME_ANSWER_TIMES and len(text) > 3:
            start = turn.text.index(text)
            span = Span(turn.field, start, start + len(text), text, "keyword", "same_answer_again")
            found.append(Found("perfunctory_reply", 1, span))
    return found


def _tags(session: Session, state: State) -> tuple[Tag, ...]:
    found: list[Found] = []
    for turn in session.consumer:
        for hit in turn.complaints():
            code = hit.entry.code or OTHER
            found.append(Found(code, hit.entry.severity, cited(hit, turn.text, turn.field)))
    found += state.faults
    for wait in state.waits:
        span = valued(wait.turn.field, wait.seconds, "wait_seconds")
        found.append(Found("no_reply", 1 if wait.was_answered else 2, span))
    if not found:
        found = _nameless(session, state)
    return tags_of(found, dimension_of_other=_DIMENSION)


def _nameless(session: Session, state: State) -> list[Found]:
    """Evidence where no problem is named: angry words, the stars, or the heaviest clause."""
    found: list[Found] = []
    for turn in state.upset:
        found += [Found(OTHER, 1, cited(hit, turn.text, turn.field)) for hit in turn.hits("dissatisfaction")]
    if not found and session.stars is not None and state.is_rated_low:
        severity = 1 if session.stars == DISSATISFIED_STARS else 2
        found.append(Found(OTHER, severity, valued("rating_service", session.stars, "rating")))
    read = [turn for turn in session.consumer if turn.reading is not None]
    if not found and read:
        gravest = max(read, key=lambda turn: turn.reading.evidence if turn.reading else 0.0)
        if gravest.reading is not None:
            span = heaviest(gravest.reading, gravest.text, gravest.field)
            found += [Found(OTHER, 1, span)] if span else []
    return found
