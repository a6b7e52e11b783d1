"""The identity of a decision, the same however often and in whatever order days are run."""

import hashlib


def decision_id(
    *,
    platform: str,
    shop_key: str,
    policy_id: str,
    rule_family: str,
    subject_type: str,
    subject_key: str,
    period_key: str,
) -> str:
    """SHA-256 of who was judged, by which policy, for which period.

    Neither the run, nor the policy's version, nor the numbers are part of it: they are what the
    decision says, and a second judgement of the same period must find the first.
    """
    return _digest(platform, shop_key, policy_id, rule_family, subject_type, subject_key, period_key)


def entry_id(decision: str, measure_no: int, entry_type: str, cause: str | None = None) -> str:
    """SHA-256 of one movement in the ledger; `cause` tells those of one type apart, as by their appeal."""
    return _digest(decision, str(measure_no), entry_type, *(() if cause is None else (cause,)))


def suspension_id(kind: str, scope: str, scope_key: str, from_day: str, to_day: str) -> str:
    """SHA-256 of what a stop covers, so that declaring it twice is declaring it once."""
    return _digest(kind, scope, scope_key, from_day, to_day)


def _digest(*parts: str) -> str:
    # Ids come from outside: a bar inside one must not make two identities look alike.
    escaped = (part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)
    return hashlib.sha256("|".join(escaped).encode()).hexdigest()
