"""Decides a chat from its turns: what is complained of, how it ends, how service answered."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from orchestration.classification.dissatisfaction import Dissatisfaction, evidence_of_gravest
from orchestration.classification.settled import is_admission, offers, settled
from orchestration.classification.turns import ASKED, SERVICE, TOLD, Turn, Wait, unanswered
from orchestration.classification.verdict import (
    NEGATIVE_FROM,
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
PRIOR_OF_SESSION = 0.09
LEAST_OF_LOW_STARS = 0.9
# Shown by the consumer and admitted by the shop.
LEAST_OF_PROVEN = 0.9
MOST_OF_ONE_BAD_WORD = 0.45
# An agent who says the same three times answers nothing.
SAME_ANSWER_TIMES = 3
_DIMENSION = "service"

# What each fact adds to the log-odds of a negative session; set by hand, read in `_evidence`.
GRAVEST_TURNS = 0.5
PER_UPSET_TURN = 0.9
UPSET_SHARE = 2.0
UPSET_END = 1.0
TOLD_PROBLEM = 2.4
ASKED_PROBLEM = 0.9
SHOWN = 0.8
ADMITTED = 0.8
SERVICE_COMPLAINT = 1.2
SERVICE_FAULT = 1.2
UNANSWERED = 2.0
ACCEPTED_END = -1.3
HIGH_STARS = -2.0


class Session:
    """One chat with the stars the consumer gave its human agent, if any."""

    def __init__(self, turns: Sequence[Turn], stars: int | None) -> None:
        self.turns, self.stars = turns, stars
        said = [turn for turn in turns if turn.words.is_said]
        self.consumer = [turn for turn in said if turn.words.role == "consumer"]
        self.agent = [turn for turn in said if turn.words.role == "agent"]


class State(NamedTuple):
    """What the turns come to."""

    upset: list[Turn]
    is_rated_low: bool
    ends_upset: bool
    ends_accepted: bool
    stays_upset: bool
    waits: list[Wait]
    faults: list[Found]


def judge_session(session: Session, dissatisfaction: Dissatisfaction) -> Verdict:
    """The verdict on one chat; never by one bad word, but by complaints and how it ends."""
    state = _state(session)
    dissatisfied = state.stays_upset or dissatisfaction.probability(session.turns) >= NEGATIVE_FROM
    return _judged(session, state)._replace(is_dissatisfied=dissatisfied)


def _judged(session: Session, state: State) -> Verdict:
    words = _words(session)
    if not session.consumer and not state.is_rated_low:
        return Verdict("not_negative", 0.0, words, None, (NOTHING,))
    guard = None if state.stays_upset else settled(session.turns)
    evidence = _evidence(session, state)
    probability = probability_of(evidence, PRIOR_OF_SESSION)
    if guard is not None:
        span_tag = NOTHING._replace(spans=(guard[1],))
        return Verdict("guarded", probability, words, guard[0], (span_tag,))
    if _is_one_bad_word(session, state):
        probability = min(probability, MOST_OF_ONE_BAD_WORD)
    if state.is_rated_low:
        probability = max(probability, LEAST_OF_LOW_STARS)
    if _is_proven(session):
        probability = max(probability, LEAST_OF_PROVEN)
    decision = decide(probability)
    if decision == "not_negative":
        return Verdict(decision, probability, words, None, (NOTHING,))
    unclear = "probability_near_threshold" if decision == "uncertain" else None
    return Verdict(decision, probability, words, None, _tags(session, state), unclear)


def _state(session: Session) -> State:
    upset = [turn for turn in session.consumer if turn.words.is_upset]
    last = session.consumer[-3:]
    ends_upset = bool(last) and (
        last[-1].words.is_upset
        or (len(last) > 1 and last[-2].words.is_upset and not last[-1].words.is_acceptance)
    )
    ends_accepted = not ends_upset and any(turn.words.is_acceptance for turn in last)
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
    told = any(hit.entry.code != OTHER for turn in session.consumer for hit in turn.words.complaints)
    told = told or bool(_admissions(session))
    return len(state.upset) <= 1 and not (told or state.faults or state.waits)


def _words(session: Session) -> float | None:
    """The probability that the consumer's words alone give: that of the gravest turn."""
    read = [turn.words.reading.evidence for turn in session.consumer if turn.words.reading is not None]
    return probability_of(max(read), PRIOR_OF_SESSION) if read else None


def _evidence(session: Session, state: State) -> float:
    told = [hit.entry.code for turn in session.consumer for hit in turn.words.complaints]
    told += [found.issue for found in _admissions(session)]
    evidence = GRAVEST_TURNS * evidence_of_gravest(session.turns)
    evidence += PER_UPSET_TURN * min(len(state.upset), 3)
    evidence += UPSET_SHARE * len(state.upset) / max(len(session.consumer), 1)
    evidence += UPSET_END * state.ends_upset
    evidence += TOLD_PROBLEM * any(code in TOLD for code in told)
    evidence += ASKED_PROBLEM * any(code in ASKED for code in told)
    evidence += SHOWN * (_is_shown(session) and any(code in TOLD for code in told))
    evidence += ADMITTED * (offers(session.turns) and any(code in TOLD | ASKED for code in told))
    evidence += SERVICE_COMPLAINT * any(code in SERVICE for code in told)
    evidence += SERVICE_FAULT * bool(state.faults)
    evidence += UNANSWERED * bool(state.waits)
    evidence += ACCEPTED_END * state.ends_accepted
    if session.stars is not None and session.stars > DISSATISFIED_STARS:
        evidence += HIGH_STARS
    return evidence


def _is_shown(session: Session) -> bool:
    """Whether the consumer sends a picture or a film."""
    return any(turn.words.shows for turn in session.consumer)


def _is_proven(session: Session) -> bool:
    """Whether what the consumer shows is a fault that the shop admits, by name or by making it good."""
    if not _is_shown(session):
        return False
    told = any(hit.entry.code in TOLD for turn in session.consumer for hit in turn.words.complaints)
    return bool(_admissions(session)) or (told and offers(session.turns))


def _admissions(session: Session) -> list[Found]:
    """The faults that agents admit by name: 是我们漏发了."""
    return [
        Found(hit.entry.code or OTHER, hit.entry.severity, cited(hit, turn.text, turn.field))
        for turn in session.agent
        for hit in turn.words.agent_hits
        if is_admission(hit)
    ]


def _agent_faults(session: Session) -> list[Found]:
    """What agents said that they should not; an empty phrase once is courtesy, twice is evasion."""
    found: list[Found] = []
    empty: list[Found] = []
    for turn in session.agent:
        for hit in turn.words.agent_hits:
            if hit.entry.role != "issue" or hit.state != "asserted" or is_admission(hit):
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
        for hit in turn.words.complaints:
            code = hit.entry.code or OTHER
            found.append(Found(code, hit.entry.severity, cited(hit, turn.text, turn.field)))
    found += _admissions(session)
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
        found += [
            Found(OTHER, 1, cited(hit, turn.text, turn.field)) for hit in turn.words.hits("dissatisfaction")
        ]
    if not found and session.stars is not None and state.is_rated_low:
        severity = 1 if session.stars == DISSATISFIED_STARS else 2
        found.append(Found(OTHER, severity, valued("rating_service", session.stars, "rating")))
    read = [turn for turn in session.consumer if turn.words.reading is not None]
    if not found and read:
        gravest = max(read, key=lambda turn: turn.words.reading.evidence if turn.words.reading else 0.0)
        if gravest.words.reading is not None:
            span = heaviest(gravest.words.reading, gravest.text, gravest.field)
            found += [Found(OTHER, 1, span)] if span else []
    return found
