"""A day after the other: what appeals came to, what is due, and what the candidates become."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from orchestration.penalties.appeals import Appeals
from orchestration.penalties.basis import BASIS_TABLES, Basis
from orchestration.penalties.candidates import (
    Candidate,
    WordsByCandidate,
    key_of_words,
    read_candidates,
    read_words,
)
from orchestration.penalties.comparing import (
    Known,
    Reassessment,
    compare,
    compare_vanished,
    is_there,
    known_decisions,
)
from orchestration.penalties.disregarding import Disregarded
from orchestration.penalties.drafting import Refusal, draft
from orchestration.penalties.executing import execute_due, expire_due
from orchestration.penalties.issuing import Circumstances, Consumed, Issued, Postponed, issue
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.reversing import Outcome, settle
from orchestration.penalties.rulebook import RULE_TABLES, Rulebook

HORIZON_DAYS = 30
# The tables of the policies that a posting asks, for the rules and for the statements.
POSTING_TABLES = tuple(sorted({*RULE_TABLES, *BASIS_TABLES}))


@dataclass
class PostingReport:
    """What became of every candidate, and of what was in the ledger already."""

    posted: dict[str, Issued] = field(default_factory=dict)  # by decision_id
    unchanged: list[str] = field(default_factory=list)
    reassessed: list[Reassessment] = field(default_factory=list)
    in_cooldown: list[Postponed] = field(default_factory=list)
    consumed: list[Postponed] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    vanished: list[Reassessment] = field(default_factory=list)  # decisions without a candidate now
    settled: list[Outcome] = field(default_factory=list)  # what appeals did
    disregarded: list[Disregarded] = field(default_factory=list)  # appeals that do not fit what they name
    executed: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many candidates ended how, which adds up to the candidates; then what else was written."""
        modes = Counter(each.mode for each in self.posted.values())
        statuses = Counter(each.status for each in self.posted.values())
        changes = Counter(each.change for each in self.reassessed)
        reasons = Counter(each.reason for each in self.refused)
        appeals = Counter(each.outcome for each in self.settled)
        return {
            "posted_enforce": modes["enforce"],
            "posted_shadow": modes["shadow"],
            "unchanged": len(self.unchanged),
            "reassessed_worse": changes["reassessed_worse"],
            "reassessed_better": changes["reassessed_better"],
            "proposed_reversal": changes["proposed_reversal"],
            "in_cooldown": len(self.in_cooldown),
            "consumed": len(self.consumed),
            "incomplete_statement": reasons["incomplete_statement"],
            "incoherent_numbers": reasons["incoherent_numbers"],
            **{f"of_them_{name}": statuses[name] for name in _OF_THEM},
            "vanished": len(self.vanished),
            **{f"appeals_{name}": appeals[name] for name in _BY_APPEALS},
            "appeals_disregarded": len(self.disregarded),
            "executed": len(self.executed),
            "expired": len(self.expired),
        }


_OF_THEM = ("awaiting_review", "exempted_first", "exempted_resolved", "suppressed")
_BY_APPEALS = ("suspended", "resumed", "reversed", "lowered", "upheld", "exempted")


def post(
    ledger: Ledger,
    candidates: pa.Table,
    candidate_orders: pa.Table,
    policies: Mapping[str, pa.Table],
    *,
    judged: Iterable[tuple[date, str]] = (),
    appeals: Appeals | None = None,
    known_through: date | None = None,
    horizon_days: int = HORIZON_DAYS,
) -> PostingReport:
    """Bring the ledger up to date over the days judged, each in turn, one transaction a decision.

    `policies` has the tables of POSTING_TABLES; `judged` are the days and platforms whose candidates
    these are, also where there is none. What was issued is compared and left as it is: a tier
    is never raised after it was issued, and better numbers are for an appeal or a person to
    bring forward. Posting again, in whatever order and from however many processes, gives the same.
    """
    rules = Rulebook.of(policies)
    around = Circumstances(rules, Basis.of(policies), appeals or Appeals((), ()), known_through, horizon_days)
    to_post = read_candidates(candidates)
    words = read_words(candidate_orders)
    ids = frozenset(candidate.decision_id for candidate in to_post)
    posting = _Posting(ledger, words, around, known_decisions(ledger, ids))
    of_day: defaultdict[tuple[date, str], list[Candidate]] = defaultdict(list)
    for candidate in to_post:
        of_day[candidate.business_day, candidate.platform].append(candidate)
    complete = set(judged)
    report = posting.report
    with ledger.in_bulk():
        for day, platform in sorted(complete | of_day.keys()):
            settled = settle(ledger, platform, day, around.appeals, rules)
            report.settled += settled.outcomes
            report.disregarded += settled.disregarded
            report.executed += execute_due(ledger, platform, day, rules)
            report.expired += expire_due(ledger, platform, day)
            for candidate in sorted(of_day[day, platform], key=posting.turn):
                posting.take(candidate)
            if (day, platform) in complete:
                report.vanished += compare_vanished(ledger, platform, day, ids)
    return report


@dataclass
class _Posting:
    """One posting on its way through its candidates."""

    ledger: Ledger
    words: WordsByCandidate
    around: Circumstances
    known: dict[str, Known]
    report: PostingReport = field(default_factory=PostingReport)

    def turn(self, candidate: Candidate) -> int:
        """Of the rules of an exclusive group the most severe comes first, and suppresses the others."""
        terms = self.around.rules.terms((candidate.policy_id, candidate.policy_version))
        return -candidate.severity if terms.exclusive_group else 0

    def take(self, candidate: Candidate) -> None:
        """Issue a candidate's decision, or set the one that is there against it."""
        words = self.words.get(key_of_words(candidate), [])
        drafted = draft(candidate, words, self.around.rules)
        if isinstance(drafted, Refusal):
            self.report.refused.append(drafted)
            return
        known = self.known.get(candidate.decision_id)
        if known is not None and known.is_plain and known.standing == drafted.standing:
            self.report.unchanged.append(candidate.decision_id)
            return
        with self.ledger.writing(candidate.shop_key) as connection:
            # Looked up again under the lock: another process may have posted it meanwhile.
            there = known is not None or is_there(connection, candidate.decision_id)
            if there:
                outcome = compare(connection, candidate, drafted, self.around.rules)
            else:
                outcome = issue(connection, candidate, words, drafted, self.around)
        self._count(candidate, outcome)

    def _count(
        self,
        candidate: Candidate,
        outcome: Reassessment | Issued | Postponed | Refusal | None,
    ) -> None:
        match outcome:
            case None:
                self.report.unchanged.append(candidate.decision_id)
            case Reassessment():
                self.report.reassessed.append(outcome)
            case Issued():
                self.report.posted[candidate.decision_id] = outcome
            case Consumed():
                self.report.consumed.append(outcome)
            case Postponed():
                self.report.in_cooldown.append(outcome)
            case Refusal():
                self.report.refused.append(outcome)
