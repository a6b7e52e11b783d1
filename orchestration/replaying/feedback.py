"""Feedback as it had arrived by a day, and what it counts as: judged again from tags and decisions."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

import duckdb

from orchestration.replaying.reading import Row, rows

LEAST_CONFIDENCE = 0.5
CONTRADICTION = "rating_text_contradiction"
WORD_DECIDED = ("review",)


@dataclass(frozen=True)
class Feedback:
    """One feedback that is linked to an order, with everything known of it by a day."""

    link: Row
    versions: Sequence[Row]
    tags: Sequence[Row]
    spans: Sequence[Row]
    decisions: Sequence[Row]
    exclusions: Sequence[Row]

    @property
    def key(self) -> str:
        """Its key."""
        return self.link["feedback_key"]

    @property
    def first(self) -> Row:
        """The version that counts."""
        return next(version for version in self.versions if version["is_first_version"])

    def decision_on(self, day: date) -> Row | None:
        """What the last person said by a day; None where nobody did, or took it back."""
        said = [decision for decision in self.decisions if decision["business_day"] <= day]
        last = max(said, key=lambda decision: decision["decision_no"], default=None)
        return None if last is None or last["decision"] == "withdrawn" else last

    def words_on(self, day: date) -> list[str]:
        """What shows the issues that count: words, or a value; what a person marked goes before."""
        person = self.decision_on(day)
        if person is not None:
            return [person["evidence_text"]] if person["evidence_text"] else []
        counting = {tag["tag_no"] for tag in self.tags if tag["decision"] == "negative"}
        return list(dict.fromkeys(span["span_text"] for span in self.spans if span["tag_no"] in counting))

    def judged_on(self, day: date) -> date:
        """The last day up to `day` on which it was judged: linked, decided upon, or appealed with success."""
        linked = self.link["business_day"]
        excluding = [each for each in self.exclusions if each["is_first_version"] and each["is_excluding"]]
        said = (each["business_day"] for each in (*self.decisions, *excluding))
        return max((known for known in said if linked < known <= day), default=linked)


class Verdict(NamedTuple):
    """What one feedback says about one dimension, as far as a day knows."""

    from_day: date
    occurred_at: Any
    feedback_key: str
    dimension: str
    needs_content_theme: bool
    channel: str
    issue_codes: list[str]
    guarded_issue_codes: list[str]
    exclusion_codes: list[str]
    is_negative: bool
    is_real: bool
    decision_no: int

    @property
    def is_valid(self) -> bool:
        """Whether it makes its order a negative one."""
        return self.is_negative and not self.exclusion_codes

    @property
    def is_by_words(self) -> bool:
        """Whether its words decided it, and no person."""
        return self.channel in WORD_DECIDED and self.decision_no == 0

    def counted_dimension(self, has_content_theme: bool) -> str:
        """What holds only of shown content is, elsewhere, about the product (S36, S37)."""
        if self.dimension == "content" and self.needs_content_theme and not has_content_theme:
            return "product"
        return self.dimension


def verdicts(feedback: Feedback, day: date, listed: frozenset[str] | None = None) -> list[Verdict]:
    """What a feedback counts as on a day; none before it is linked.

    `listed` are the evaluation exclusions of the policy that is asked; None: what kept it out then.
    """
    if feedback.link["business_day"] > day:
        return []
    first, decision = feedback.first, feedback.decision_on(day)
    confidence = feedback.link["link_confidence"]
    codes = {
        each["exclusion_code"]
        for each in feedback.exclusions
        if each["is_first_version"]
        and each["business_day"] <= day
        and (each["is_excluding"] if listed is None else each["exclusion_code"] in listed)
    }
    if decision is not None:
        codes.discard(CONTRADICTION)  # a person who has read the words settles what contradicts them
    if confidence < LEAST_CONFIDENCE:
        codes.add("low_link_confidence")
    return [
        Verdict(
            feedback.judged_on(day),
            first["occurred_at"],
            feedback.key,
            dimension,
            theme,
            first["channel"],
            negative,
            guarded,
            sorted(codes),
            is_negative,
            confidence >= LEAST_CONFIDENCE,
            decision["decision_no"] if decision else 0,
        )
        for dimension, theme, negative, guarded, is_negative in (
            _said_by_a_person(decision) if decision else _said_by_the_classifier(feedback.tags)
        )
    ]


_Said = tuple[str, bool, list[str], list[str], bool]


def _said_by_a_person(decision: Row) -> list[_Said]:
    if decision["decision"] not in ("negative", "guarded") or decision["dimension"] is None:
        return []
    is_negative = decision["decision"] == "negative"
    issue = [decision["issue_code"]] if decision["issue_code"] is not None else []
    theme = bool(decision["needs_content_theme"])
    return [(decision["dimension"], theme, issue * is_negative, issue * (not is_negative), is_negative)]


def _said_by_the_classifier(tags: Sequence[Row]) -> list[_Said]:
    def place(tag: Row) -> tuple[str, bool]:
        return tag["dimension"], bool(tag["needs_content_theme"])

    telling = [
        tag for tag in tags if tag["decision"] in ("negative", "guarded") and tag["dimension"] is not None
    ]
    said: list[_Said] = []
    for (dimension, theme), group in groupby(sorted(telling, key=place), key=place):
        of_place = list(group)
        negative, guarded = (
            sorted({tag["issue_code"] for tag in of_place if tag["decision"] == kind} - {None})
            for kind in ("negative", "guarded")
        )
        said.append((dimension, theme, negative, guarded, any(t["decision"] == "negative" for t in of_place)))
    return said


def feedback_of(
    connection: duckdb.DuckDBPyConnection, order_keys: Sequence[str], known_on: date
) -> dict[str, list[Feedback]]:
    """By order, the feedback linked to it by the end of a day, in the order in which it was linked."""
    links = rows(
        connection,
        "select feedback_key, order_key, business_day, link_method, link_confidence "
        "from intermediate.int_feedback_links where business_day <= $known "
        "and order_key in (select unnest($keys)) order by business_day, feedback_key",
        known=known_on,
        keys=list(order_keys),
    )
    keys = [link["feedback_key"] for link in links]
    parts = {
        name: _by_feedback(connection, f"{sql} and feedback_key in (select unnest($keys)) order by all",
                           keys, known_on)
        for name, sql in _PARTS.items()
    }  # fmt: skip
    found: defaultdict[str, list[Feedback]] = defaultdict(list)
    for link in links:
        of_key = {name: part[link["feedback_key"]] for name, part in parts.items()}
        found[link["order_key"]].append(Feedback(link, **of_key))
    return dict(found)


_PARTS = {
    "versions": """
        select feedback_key, version_no, business_day, is_first_version, channel, occurred_at, updated_at,
               row_sha256, line_id, text, reason_code, reason_text, rating_overall, rating_product,
               rating_service, rating_logistics, evidence_valid, merchant_admitted
        from intermediate.int_feedback_events where business_day <= $known""",
    "tags": """
        select feedback_key, tag_no, issue_code, dimension, needs_content_theme, decision, probability,
               guard_code, severity, classifier_version
        from classified.feedback_tags where business_day <= $known""",
    "spans": """
        select feedback_key, tag_no, span_no, field, span_text, kind
        from classified.evidence_spans where business_day <= $known""",
    "decisions": """
        select feedback_key, decision_no, business_day, decision, issue_code, dimension,
               needs_content_theme, guard_code, evidence_field, evidence_text, note, decided_by, decided_at
        from intermediate.int_review_decisions where business_day <= $known""",
    "exclusions": """
        select feedback_key, version_no, business_day, exclusion_code, is_first_version, is_excluding
        from intermediate.int_evaluation_exclusions where business_day <= $known""",
}


def _by_feedback(
    connection: duckdb.DuckDBPyConnection, sql: str, keys: Sequence[str], known_on: date
) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows(connection, sql, known=known_on, keys=list(keys)):
        found[row["feedback_key"]].append(row)
    return found
