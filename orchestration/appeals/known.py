"""What was known by a day: the subject of an appeal with its issues, and the terms of the policy in force."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from orchestration.appeals.filing import AppealEvent, Case, FeedbackFacts, Subject, Terms
from orchestration.appeals.rules import LOOKED_UP

ANY_PLATFORM = "*"
_TICKETS = "per_order_ticket"


class PolicyInForce(NamedTuple):
    """The terms of one version, and the days on which it holds."""

    platform: str
    kind: str
    effective_from: date
    effective_to: date | None  # first day no longer in force
    terms: Terms


class FeedbackKnown(NamedTuple):
    """The first version of a feedback, and the day its order became known; both None where it has none."""

    feedback_key: str
    channel: str
    shop_key: str | None
    occurred_on: date
    known_on: date
    order_key: str | None
    linked_on: date | None


class OrderKnown(NamedTuple):
    """Whose an order is, as known from a day on."""

    order_key: str
    known_on: date
    shop_key: str


class SaidOf(NamedTuple):
    """What a feedback counts for from a day on: the classifier's word, or the nth of a person."""

    feedback_key: str
    known_on: date
    decision_no: int  # 0: the classifier
    issues: tuple[str, ...] | None  # None: the person gave the word back to the classifier


class Known:
    """Everything that the events of some appeals are judged by."""

    def __init__(
        self,
        policies: Iterable[PolicyInForce] = (),
        feedback: Iterable[FeedbackKnown] = (),
        orders: Iterable[OrderKnown] = (),
        said: Iterable[SaidOf] = (),
    ) -> None:
        self.policies = tuple(policies)
        self._feedback: dict[str, list[FeedbackKnown]] = defaultdict(list)  # by its key, and by its order's
        for each in feedback:
            self._feedback[each.feedback_key].append(each)
            if each.order_key is not None:
                self._feedback[each.order_key].append(each)
        self._orders: dict[str, list[OrderKnown]] = defaultdict(list)
        for order in orders:
            self._orders[order.order_key].append(order)
        self._said: dict[str, list[SaidOf]] = defaultdict(list)
        for words in said:
            self._said[words.feedback_key].append(words)

    def case_of(self, event: AppealEvent, day: date) -> Case:
        """The terms and facts for one event, as known by the end of a day."""
        terms = terms_in_force(self.policies, event.platform, event.subject_type, day)
        if event.subject_key is None or event.subject_type not in LOOKED_UP:
            return Case(terms, None)
        if event.subject_type == "order":
            return Case(terms, self._order(event.subject_key, day))
        return Case(terms, self._feedback_subject(event.subject_key, day))

    def _order(self, order_key: str, day: date) -> Subject | None:
        states = [each for each in self._orders.get(order_key, ()) if each.known_on <= day]
        if not states:
            return None
        feedback = [
            self._facts(each, day)
            for each in self._feedback.get(order_key, ())
            if each.linked_on is not None and each.linked_on <= day
        ]
        counting = tuple(
            sorted((each for each in feedback if each.issues), key=lambda each: each.feedback_key)
        )
        return Subject(order_key, max(states, key=lambda each: each.known_on).shop_key, counting)

    def _feedback_subject(self, feedback_key: str, day: date) -> Subject | None:
        found = [each for each in self._feedback.get(feedback_key, ()) if each.known_on <= day]
        if not found:
            return None
        facts = self._facts(found[0], day)
        shop_key = facts.shop_key
        if shop_key is None and facts.order_key is not None:
            order = self._order(facts.order_key, day)
            shop_key = order.shop_key if order else None
        return Subject(feedback_key, shop_key, (facts,))

    def _facts(self, feedback: FeedbackKnown, day: date) -> FeedbackFacts:
        is_linked = feedback.linked_on is not None and feedback.linked_on <= day
        return FeedbackFacts(
            feedback_key=feedback.feedback_key,
            channel=feedback.channel,
            shop_key=feedback.shop_key,
            order_key=feedback.order_key if is_linked else None,
            occurred_on=feedback.occurred_on,
            known_on=feedback.known_on,
            issues=self._issues(feedback.feedback_key, day),
        )

    def _issues(self, feedback_key: str, day: date) -> tuple[str, ...]:
        said = [each for each in self._said.get(feedback_key, ()) if each.known_on <= day]
        persons = [each for each in said if each.decision_no > 0]
        last = max(persons, key=lambda each: each.decision_no, default=None)
        if last is not None and last.issues is not None:
            return last.issues
        return tuple(sorted({issue for each in said if each.decision_no == 0 for issue in each.issues or ()}))


def terms_in_force(
    policies: Iterable[PolicyInForce], platform: str, subject_type: str | None, day: date
) -> Terms:
    """The terms for an appeal that is filed on a day; none where no policy is in force.

    A platform's own policy goes before the one for any platform; of its own, tickets are for orders
    and the rate is for everything else.
    """

    def preference(policy: PolicyInForce) -> tuple[bool, bool, int, str, str]:
        is_meant = (policy.kind == _TICKETS) == (subject_type == "order")
        terms = policy.terms
        return (
            policy.platform == ANY_PLATFORM,
            not is_meant,
            -policy.effective_from.toordinal(),
            terms.policy_id or "",
            terms.version or "",
        )

    standing = [
        policy
        for policy in policies
        if policy.platform in (platform, ANY_PLATFORM)
        and policy.effective_from <= day
        and (policy.effective_to is None or day < policy.effective_to)
    ]
    return min(standing, key=preference).terms if standing else Terms()
