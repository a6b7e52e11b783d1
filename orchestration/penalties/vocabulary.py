"""The words that the ledger's tables are held to: accounts, moves of money, statuses, causes."""

# Where money stands. Points are in no account: they add up.
ACCOUNTS = ("imposed", "outstanding", "frozen", "paid", "exempted", "reversed")

# entry_type -> the (debit, credit) it may have: the amount leaves the credit and comes to the debit.
MOVES: dict[str, tuple[tuple[str, str], ...]] = {
    "issue": (("outstanding", "imposed"),),
    "freeze": (("frozen", "outstanding"),),
    "execute": (("paid", "frozen"),),
    "pay": (("paid", "frozen"),),
    "exempt": (("exempted", "outstanding"), ("exempted", "frozen")),
    "reverse": (("reversed", "outstanding"), ("reversed", "frozen")),
    "refund": (("reversed", "paid"),),
    "expire": (("reversed", "paid"),),  # of points only: it moves no money
}

# A decision stands where its last event says that is no remark.
STATUSES = (
    *("noticed", "awaiting_review", "confirmed", "executed", "expired"),
    *("exempted_first", "exempted_resolved", "exempted_study"),
    *("suspended", "resumed", "reversed", "lowered", "suppressed", "void", "shadow"),
)
NOT_YET_CARRIED_OUT = ("noticed", "awaiting_review", "confirmed")  # nothing is paid
CARRIED_OUT = ("executed", "expired")  # nothing is owed or held any more
GIVEN_UP = (  # nothing is owed, held or kept
    *("exempted_first", "exempted_resolved", "exempted_study"),
    *("reversed", "suppressed", "void", "shadow"),
)

REMARKS = ("suspended", "resumed", "lowered")  # said of a decision without moving it on

SHADOWED_BY = ("policy", "horizon", "exclusive_group")
TERM_CHANGES = ("started", "ended_early")
CAUSES = ("later_numbers", "appeal", "earlier_reversal", "correction")
OUTCOMES = ("worse", "better", "proposed_reversal", "reversed", "lowered", "upheld")
SUSPENSION_KINDS = ("penalties_off", "force_majeure", "grace", "protection")
SUSPENSION_SCOPES = ("platform", "policy", "rule_family", "shop")
