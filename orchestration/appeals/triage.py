"""What is suggested before anybody files: whether an appeal is open, for which reason, with what evidence.

It never files. What a platform finds untrue is rejected and counted, so a suggestion rests on our own
facts only and says which.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from orchestration.appeals.effect import Effect, EffectOf
from orchestration.appeals.filing import AppealEvent, Case, Reason
from orchestration.appeals.refusals import not_appealable
from orchestration.appeals.rules import Broken, broken_by_filing, closed_issues, deadline_of

_USE = frozenset({"usage_question", "spec_question", "size_preference"})


@dataclass(frozen=True)
class Record:
    """What is known of the feedback that an appeal would be about."""

    channels: frozenset[str] = frozenset()
    dimensions: frozenset[str] = frozenset()  # of the issues that count
    guards: frozenset[str] = frozenset()
    abnormal: frozenset[str] = frozenset()  # codes found in its words
    consumer_accepted: bool = False
    compensated: bool = False
    is_quality_return: bool = False
    evidence_valid: bool | None = None
    blame: str | None = None
    lowest_rating: int | None = None
    frees_its_order: bool = True  # no other feedback makes the order a negative one


@dataclass(frozen=True)
class Suggested:
    """One reason that the facts speak for."""

    code: str
    because: str
    checklist: tuple[str, ...]


@dataclass(frozen=True)
class Suggestion:
    """What is said about one record."""

    is_open: bool
    why_not: str
    partly_closed: str
    reason: Suggested | None
    evidence_required: tuple[str, ...]
    statement_max_chars: int | None
    deadline_on: date | None
    days_left: int | None
    no_deadline: str
    effect: Effect | None


@dataclass(frozen=True)
class _Rule:
    code: str
    because: str
    checklist: tuple[str, ...]
    holds: Callable[[Record], bool]


_OURS = "the chat with the consumer, whole, with times"
_PINDUODUO: tuple[_Rule, ...] = (
    _Rule(
        "19",
        "the facts say that the consumer was compensated (商品有问题已补偿)",
        ("the record of the payment or the refund", _OURS),
        lambda record: record.compensated and "product" in record.dimensions,
    ),
    _Rule(
        "18",
        "the facts say that the consumer accepted what was agreed (商品有问题但已与消费者达成一致)",
        (_OURS, "what was agreed, and that it was done"),
        lambda record: record.consumer_accepted and "product" in record.dimensions,
    ),
    _Rule(
        "21",
        "the words show a misunderstanding that was cleared (商品无问题消费者误解)",
        (_OURS, "the place where the consumer accepts the explanation"),
        lambda record: "misunderstanding" in record.guards,
    ),
    _Rule(
        "20",
        "no product problem is found in the consumer's words (消费者未表达商品问题)",
        (_OURS, "for a question about use or size: where it was answered"),
        lambda record: "product" not in record.dimensions or bool(record.guards & _USE),
    ),
    _Rule(
        "99",
        "none of the other reasons is borne out by what is known here (其他)",
        (_OURS, "whatever shows that the goods were as described and whole"),
        lambda _: True,
    ),
)

_DOUYIN: tuple[_Rule, ...] = (
    _Rule(
        "评价等级为差评内容为好评",
        "rating and words contradict each other",
        ("the review with its stars",),
        lambda record: "rating_text_contradiction" in record.abnormal,
    ),
    _Rule(
        "评价内容非交易商品或内容无意义",
        "the words are about other goods, or say nothing",
        ("the review", "the page of the goods that were bought"),
        lambda record: bool(record.abnormal & {"meaningless_text", "wrong_product_review", "template_text"}),
    ),
    _Rule(
        "消费者选择品质退货与事实不符",
        "a return for quality whose evidence was not accepted, or for which the consumer is to blame",
        ("photos of the goods that came back", "a report of the inspection", _OURS),
        lambda record: (
            record.is_quality_return and (record.evidence_valid is False or record.blame == "consumer")
        ),
    ),
    _Rule(
        "不可抗力",
        "it is about the delivery alone; holds only where weather, an epidemic or the like stopped it",
        (
            "an official notice or news with date, showing the time",
            "the area, down to the third or fourth administrative level",
            "the consumer's address in that area",
            "the courier's stamp, with the city of the signature",
        ),
        lambda record: record.dimensions == {"logistics"},
    ),
    _Rule(
        "我被恶意攻击",
        "a bad rating of a chat in which no fault of the service is found",
        ("none is asked for; the platform checks again",),
        lambda record: record.channels == {"im_session"} and "service" not in record.dimensions,
    ),
)

RULES: dict[str, tuple[_Rule, ...]] = {"pinduoduo": _PINDUODUO, "douyin": _DOUYIN}


def suggest(
    draft: AppealEvent, case: Case, record: Record, effect_of: EffectOf | None, day: date
) -> Suggestion:
    """What can be said on a day about an appeal that has not been filed.

    `effect_of` tells what becomes of the shop's figures; None where it has none.
    """
    terms, subject = case.terms, case.subject
    reason = _reason(draft, case, record)
    deadline = deadline_of(draft, case)
    filing = draft._replace(reason_code=reason.code if reason else None)
    # the draft has no evidence and no statement yet: those are on the checklist
    asked = {"not_appealable", "subject_unknown", "wrong_shop", "filed_late"}
    broken = [each for each in broken_by_filing(filing, case, deadline) if each.code in asked]
    closed = closed_issues(subject, terms) if subject else set()
    listed = next((each for each in terms.reasons if reason and each.code == reason.code), None)
    required = (*terms.evidence_required, *(listed.evidence_required if listed else ()))
    return Suggestion(
        is_open=not broken,
        why_not=_told(broken),
        partly_closed=not_appealable(closed) if closed and not broken else "",
        reason=None if broken else reason,
        evidence_required=tuple(dict.fromkeys(required)),
        statement_max_chars=terms.statement_max_chars,
        deadline_on=deadline.on,
        days_left=None if deadline.on is None else (deadline.on - day).days,
        no_deadline=deadline.why_not,
        effect=None if effect_of is None else effect_of(int(record.frees_its_order)),
    )


def _reason(draft: AppealEvent, case: Case, record: Record) -> Suggested | None:
    subject, reasons = case.subject, case.terms.reasons
    channels = {each.channel for each in subject.feedback} if subject else set()
    issues = subject.issues if subject else set()
    offered = [each for each in reasons if each.fits(draft.subject_type, channels, issues)]
    for rule in RULES.get(draft.platform, ()):
        code = _code_of(rule.code, offered) if reasons else rule.code
        if code is not None and rule.holds(record):
            return Suggested(code, rule.because, rule.checklist)
    return None


def _code_of(known: str, offered: Iterable[Reason]) -> str | None:
    """The code by which a policy offers the reason: it may go by the platform's words."""
    return next((each.code for each in offered if known in (each.code, each.name_zh)), None)


def _told(broken: list[Broken]) -> str:
    return broken[0].says if broken else ""
