"""A person's decision on one feedback, checked against what was asked."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple, cast

Verdict = Literal["negative", "guarded", "not_negative", "withdrawn"]
VERDICTS = ("negative", "guarded", "not_negative")


class DecisionRefusedError(ValueError):
    """A decision cannot be taken; names the column, the rule and the remedy."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(f"{column}: {reason}")
        self.column = column
        self.reason = reason


class IssueMeaning(NamedTuple):
    """What an issue code means today; a decision keeps it as it is when it is made."""

    dimension: str
    severity: int
    needs_content_theme: bool
    title: str


class Codes(NamedTuple):
    """The issues and guards a person may choose from."""

    issues: Mapping[str, IssueMeaning]
    guards: Mapping[str, str]


class Evidence(NamedTuple):
    """Words where they stand: code points of a field of the feedback."""

    field: str
    start: int
    end: int
    text: str


class Words(NamedTuple):
    """Words that the classifier found, where they stand in the text as shown."""

    start: int
    end: int
    issue: str | None
    evidence: Evidence


class FieldShown(NamedTuple):
    """Where a field of the feedback stands in the text as shown."""

    field: str
    start: int
    end: int


class Asked(NamedTuple):
    """One feedback as it is put to a person."""

    feedback_key: str
    known_day: date
    shop: str | None
    order: str | None
    rating: int | None
    text: str
    fields: tuple[FieldShown, ...]
    words: tuple[Words, ...]
    issues: tuple[str, ...]
    decision: str
    probability: float
    reason: str | None
    classifier_version: str
    words_sha256: str
    consumer_text: str

    @property
    def platform(self) -> str:
        """The platform it was delivered from."""
        return self.feedback_key.split(":", 2)[0]

    @property
    def channel(self) -> str:
        """review, after_sale, complaint or im_session."""
        return self.feedback_key.split(":", 2)[1]

    def where(self, words: str) -> Evidence | None:
        """The first place where the words stand within one field."""
        start = self.text.find(words)
        while start >= 0:
            end = start + len(words)
            for shown in self.fields:
                if shown.start <= start and end <= shown.end:
                    return Evidence(shown.field, start - shown.start, end - shown.start, words)
            start = self.text.find(words, start + 1)
        return None

    def suggested_evidence(self, issue: str | None) -> Evidence | None:
        """Words found for the issue, else any words found, else the first field whole."""
        for words in self.words:
            if words.issue == issue:
                return words.evidence
        if self.words:
            return self.words[0].evidence
        for shown in self.fields:
            return Evidence(shown.field, 0, shown.end - shown.start, self.text[shown.start : shown.end])
        return None


class Choice(NamedTuple):
    """What a person answered; what is empty is taken as suggested."""

    decision: str
    issue: str = ""
    guard: str = ""
    words: str = ""
    note: str = ""


class Decision(NamedTuple):
    """One line of the record. `decision_no` is given when it is written down."""

    platform: str
    channel: str
    feedback_id: str
    decision_no: int
    decision: Verdict
    issue_code: str | None
    dimension: str | None
    severity: int | None
    needs_content_theme: bool | None
    guard_code: str | None
    evidence_field: str | None
    evidence_start: int | None
    evidence_end: int | None
    evidence_text: str | None
    note: str | None
    words_sha256: str
    overrode_decision: str | None
    overrode_probability: str | None
    overrode_classifier_version: str | None
    decided_by: str
    decided_at: datetime
    decided_day: date

    @property
    def feedback_key(self) -> str:
        """The feedback it is about."""
        return f"{self.platform}:{self.channel}:{self.feedback_id}"

    def says_the_same_as(self, other: "Decision") -> bool:
        """Whether both say the same of the same words, whoever said it and when."""
        own = {"decision_no", "decided_by", "decided_at", "decided_day"}
        mine, yours = self._asdict(), other._asdict()
        return all(mine[name] == yours[name] for name in mine if name not in own)


class Signature(NamedTuple):
    """Who decides, when, and from which business day it is known."""

    by: str
    at: datetime
    day: date


def decided(asked: Asked, choice: Choice, codes: Codes, signature: Signature) -> Decision:
    """The decision that an answer makes. Refused where it names no known code or cites no words."""
    if not signature.by.strip():
        raise DecisionRefusedError("decided_by", "is empty: name who decides")
    if choice.decision not in VERDICTS:
        said = repr(choice.decision) if choice.decision else "is missing"
        raise DecisionRefusedError("decision", f"{said}: write one of {', '.join(VERDICTS)}")
    issue = _issue(asked, choice, codes)
    meaning = codes.issues[issue] if issue else None
    guard = _guard(choice, codes)
    evidence = _evidence(asked, choice, issue)
    platform, channel, feedback_id = asked.feedback_key.split(":", 2)
    return Decision(
        platform=platform,
        channel=channel,
        feedback_id=feedback_id,
        decision_no=0,
        decision=cast("Verdict", choice.decision),
        issue_code=issue,
        dimension=meaning.dimension if meaning else None,
        severity=meaning.severity if meaning else None,
        needs_content_theme=meaning.needs_content_theme if meaning else None,
        guard_code=guard,
        evidence_field=evidence.field if evidence else None,
        evidence_start=evidence.start if evidence else None,
        evidence_end=evidence.end if evidence else None,
        evidence_text=evidence.text if evidence else None,
        note=choice.note.strip() or None,
        words_sha256=asked.words_sha256,
        overrode_decision=asked.decision,
        overrode_probability=repr(asked.probability),
        overrode_classifier_version=asked.classifier_version,
        decided_by=signature.by.strip(),
        decided_at=signature.at.astimezone(UTC),
        # nothing is known of a feedback before it was delivered
        decided_day=max(signature.day, asked.known_day),
    )


def taken_back(decision: Decision, before: Decision | None, signature: Signature) -> Decision:
    """What undoes a decision: the one before it again, or the classifier's own reading."""
    signed = {
        "decided_by": signature.by,
        "decided_at": signature.at.astimezone(UTC),
        "decided_day": max(signature.day, decision.decided_day),
    }
    if before is not None:
        return before._replace(**signed)
    nothing = dict.fromkeys(
        (
            "issue_code", "dimension", "severity", "needs_content_theme", "guard_code", "evidence_field",
            "evidence_start", "evidence_end", "evidence_text", "note",
        )
    )  # fmt: skip
    return decision._replace(decision="withdrawn", **nothing, **signed)


def _issue(asked: Asked, choice: Choice, codes: Codes) -> str | None:
    if choice.decision == "not_negative":
        if choice.issue:
            raise DecisionRefusedError("issue_code", "has no place where nothing is negative: leave it empty")
        return None
    suggested = asked.issues[0] if asked.issues else "other_negative"
    issue = choice.issue or suggested
    if issue not in codes.issues:
        raise DecisionRefusedError(
            "issue_code", f"{issue!r} is unknown: write one of {', '.join(sorted(codes.issues))}"
        )
    return issue


def _guard(choice: Choice, codes: Codes) -> str | None:
    if choice.decision != "guarded":
        if choice.guard:
            raise DecisionRefusedError("guard_code", "belongs to the decision guarded: leave it empty")
        return None
    if choice.guard not in codes.guards:
        said = f"{choice.guard!r} is unknown" if choice.guard else "is missing"
        raise DecisionRefusedError("guard_code", f"{said}: write one of {', '.join(sorted(codes.guards))}")
    return choice.guard


def _evidence(asked: Asked, choice: Choice, issue: str | None) -> Evidence | None:
    if choice.words:
        found = asked.where(choice.words)
        if found is None:
            raise DecisionRefusedError(
                "words", f"{choice.words!r} does not stand in the text: copy the words letter for letter"
            )
        return found
    if choice.decision != "negative":
        return None
    found = asked.suggested_evidence(issue)
    if found is None and not choice.note.strip():
        raise DecisionRefusedError("note", "is empty, and there are no words to cite: write what you saw")
    return found
