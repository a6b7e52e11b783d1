"""Why an event of an appeal is not accepted: codes, what to do instead, and what no appeal is open for."""

from collections.abc import Iterable

REMEDIES: dict[str, str] = {
    "out_of_sequence": "See `ccr appeal list` for where the appeal stands, and do what may follow.",
    "unknown_reason": "Choose one of the reasons that the policy lists for this subject.",
    "subject_unknown": "Name the subject by the id under which it was delivered, once it has been.",
    "not_appealable": "Settle it with the consumer, or correct the facts where they were delivered wrongly.",
    "filed_late": "Only the platform can still cancel it, or a correction of the ledger.",
    "statement_too_long": "Shorten the statement.",
    "evidence_missing": "Add what is missing and file again.",
    "evidence_unchanged": "Add evidence that was not handed in before.",
    "too_many_rounds": "No further round is heard.",
    "second_open_appeal": "Wait for the answer to the open appeal, or withdraw it.",
    "wrong_shop": "File it for the shop that the subject belongs to.",
    "decided_by_machine_after_human_request": "Let a person decide, and say so with reviewer_kind human.",
}

# what the rule book says of them in so many words (domain S64, S67 to S69)
_SAID_OF_ISSUES = {
    "no_reply": "a long silence of the service (长时间不回复) cannot be appealed",
    "ticket_overdue_after_track_stall": "a ticket that ran over after tracking had stalled, with a consumer "
    "who is dissatisfied (物流断更后工单逾期), cannot be appealed",
    "late_ship_false_voucher": "late shipping whose vouchers contradict the facts (延迟发货且凭证与事实不符) "
    "cannot be appealed",
}
_SAID_OF_OTHERS = "is no product problem, and only product problems are open to appeal (目前仅商品问题可申诉)"


def not_appealable(issues: Iterable[str]) -> str:
    """Why no appeal is open for these issues, each by its name."""
    said = [
        f"{issue}: {_SAID_OF_ISSUES[issue]}" if issue in _SAID_OF_ISSUES else f"{issue} {_SAID_OF_OTHERS}"
        for issue in sorted(issues)
    ]
    return "; ".join(said)


def in_full(code: str, says: str) -> str:
    """What is wrong and what to do."""
    return f"{says}. {REMEDIES[code]}"
