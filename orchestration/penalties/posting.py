"""Candidates become decisions, each once and whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, NamedTuple

import pyarrow as pa
from sqlalchemy import Connection, insert, select

from orchestration.penalties.candidates import (
    Candidate,
    key_of_words,
    read_candidates,
    read_words,
)
from orchestration.penalties.drafting import Draft, Refusal, Standing, draft, standing_of
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.rulebook import AppealTerms, Rulebook
from orchestration.penalties.tables import decision_orders, decisions, entries, measures

_LOOKED_UP_AT_ONCE = 500


class Reassessment(NamedTuple):
    """A decision that stands as it was issued, though its numbers are others now."""

    decision_id: str
    subject_id: str
    period_key: str
    change: Literal["reassessed_worse", "reassessed_better"]
    issued: Standing
    found: Standing


class Postponed(NamedTuple):
    """A candidate too close to a decision already made of the same shop and rule family."""

    decision_id: str
    subject_id: str
    period_key: str
    after: str  # the decision it is too close to


@dataclass
class PostingReport:
    """What became of every candidate."""

    posted: dict[str, str] = field(default_factory=dict)  # decision_id -> mode
    unchanged: list[str] = field(default_factory=list)
    reassessed: list[Reassessment] = field(default_factory=list)
    in_cooldown: list[Postponed] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many candidates ended how; the sum is the number of candidates."""
        modes = list(self.posted.values())
        changes = [each.change for each in self.reassessed]
        reasons = [each.reason for each in self.refused]
        return {
            "posted_enforce": modes.count("enforce"),
            "posted_shadow": modes.count("shadow"),
            "unchanged": len(self.unchanged),
            "reassessed_worse": changes.count("reassessed_worse"),
            "reassessed_better": changes.count("reassessed_better"),
            "in_cooldown": len(self.in_cooldown),
            "incomplete_statement": reasons.count("incomplete_statement"),
            "incoherent_numbers": reasons.count("incoherent_numbers"),
        }


def post(
    ledger: Ledger,
    candidates: pa.Table,
    candidate_orders: pa.Table,
    ladder_measures: pa.Table,
    ticket_rules: pa.Table,
    *,
    ladder_conditions: pa.Table,
    appeals: AppealTerms | None = None,
) -> PostingReport:
    """Write every decision that is not there yet, in one transaction each.

    A decision that is there already is compared and left as it is: a tier is never raised after
    it was issued, and better numbers are for an appeal to bring forward.
    """
    rules = Rulebook.of(ladder_measures, ladder_conditions, ticket_rules, appeals or {})
    to_post = read_candidates(candidates)
    words = read_words(candidate_orders)
    issued = _issued(ledger, [candidate.decision_id for candidate in to_post])
    report = PostingReport()
    for candidate in to_post:
        drafted = draft(candidate, words.get(key_of_words(candidate), []), rules)
        if isinstance(drafted, Refusal):
            report.refused.append(drafted)
        elif candidate.decision_id in issued:
            _compare(candidate, issued[candidate.decision_id], drafted.standing, report)
        else:
            standing = _post_one(ledger, candidate, drafted, report)
            if standing is not None:
                issued[candidate.decision_id] = standing
    return report


def _post_one(ledger: Ledger, candidate: Candidate, drafted: Draft, report: PostingReport) -> Standing | None:
    with ledger.writing(f"{candidate.shop_key}|{candidate.rule_family}") as connection:
        # Looked up again under the lock: another process may have posted it meanwhile.
        there = _standings(connection, [candidate.decision_id]).get(candidate.decision_id)
        neighbour = None if there else _neighbour(connection, candidate)
        if there is None and neighbour is None:
            _write(connection, drafted)
    if there is not None:
        _compare(candidate, there, drafted.standing, report)
        return there
    if neighbour is not None:
        report.in_cooldown.append(
            Postponed(candidate.decision_id, candidate.subject_id, candidate.period_key, neighbour)
        )
        return None
    report.posted[candidate.decision_id] = candidate.mode
    return drafted.standing


def _write(connection: Connection, drafted: Draft) -> None:
    connection.execute(insert(decisions), drafted.decision)
    connection.execute(insert(measures), drafted.measures)
    connection.execute(insert(decision_orders), drafted.orders)
    if drafted.entries:
        connection.execute(insert(entries), drafted.entries)


def _compare(candidate: Candidate, issued: Standing, found: Standing, report: PostingReport) -> None:
    if found == issued:
        report.unchanged.append(candidate.decision_id)
        return
    report.reassessed.append(
        Reassessment(
            candidate.decision_id,
            candidate.subject_id,
            candidate.period_key,
            "reassessed_worse" if found > issued else "reassessed_better",
            issued,
            found,
        )
    )


def _neighbour(connection: Connection, candidate: Candidate) -> str | None:
    if candidate.is_ticket or candidate.cooldown_days <= 0:
        return None
    reach = timedelta(days=candidate.cooldown_days)
    earliest: date = candidate.period_end - reach
    latest: date = candidate.period_end + reach
    return connection.execute(
        select(decisions.c.decision_id)
        .where(
            decisions.c.shop_key == candidate.shop_key,
            decisions.c.rule_family == candidate.rule_family,
            decisions.c.mode == candidate.mode,
            decisions.c.subject_type == candidate.subject_type,
            decisions.c.period_end > earliest,
            decisions.c.period_end < latest,
        )
        .order_by(decisions.c.period_end, decisions.c.decision_id)
        .limit(1)
    ).scalar()


def _issued(ledger: Ledger, ids: Iterable[str]) -> dict[str, Standing]:
    wanted = sorted(set(ids))
    found: dict[str, Standing] = {}
    with ledger.reading() as connection:
        for start in range(0, len(wanted), _LOOKED_UP_AT_ONCE):
            found |= _standings(connection, wanted[start : start + _LOOKED_UP_AT_ONCE])
    return found


def _standings(connection: Connection, ids: list[str]) -> Mapping[str, Standing]:
    asked = ("decision_id", "mode", "severity", "amount_fen", "ratio_low", "rate", "num")
    rows = connection.execute(
        select(*(decisions.c[name] for name in asked)).where(decisions.c.decision_id.in_(ids))
    ).mappings()
    return {row["decision_id"]: standing_of(dict(row)) for row in rows}
