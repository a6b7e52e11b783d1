"""How a decision can be appealed: by when, for which reasons, who decides, and what filing stops."""

from collections.abc import Iterable, Sequence
from typing import Any

from orchestration.penalties.basis import VersionBasis
from orchestration.penalties.statement_words import Both, listed, worded

Row = dict[str, Any]

# What is about one evaluation, and not about the decision.
_OF_AN_EVALUATION = frozenset({"feedback", "session"})


def reasons_open(decision: Row, orders: Iterable[Row], basis: VersionBasis) -> list[Row]:
    """The reasons of the policy that may be given here, each with what it may be given against."""
    channels = {row["channel"] for row in orders}
    issues = set(decision["issue_codes"])
    found = []
    for row in basis.rows("policy_appeal_reasons"):
        subjects = [name for name in row["subject_types"] if _is_open(name, row, decision, channels)]
        if subjects and (not row["issue_codes"] or issues & set(row["issue_codes"])):
            found.append(row | {"subject_types": subjects})
    return sorted(found, key=lambda row: row["reason_no"])


def _is_open(subject: str, reason: Row, decision: Row, channels: set[str]) -> bool:
    if subject not in _OF_AN_EVALUATION:
        return decision["appealable"]
    # Under a rate an evaluation may be disputed where the decision stands; a ticket is its order.
    if decision["subject_type"] == "order" and not decision["appealable"]:
        return False
    if subject == "session" and "im_session" not in channels:
        return False
    return not reason["channels"] or bool(channels & set(reason["channels"]))


def ways(decision: Row, basis: VersionBasis) -> list[Both]:
    """What a merchant needs to know to appeal, sentence by sentence."""
    appeals = basis.appeals
    is_open = decision["appealable"] and decision["mode"] == "enforce"
    said = [_whether(decision)]
    if is_open:
        said += [_until(decision, appeals), _where(decision), *_needed(appeals), *_answered(appeals)]
    if decision["subject_type"] != "order":
        said.append(_reports(appeals))
    if is_open:
        said.append(_stops(appeals.get("suspends_execution")))
    return [
        *said,
        _both(
            "申诉成立的，相关订单不再计入，本决定随之撤销或降低，已执行的款项、扣分与限制予以恢复。",
            "Where an appeal is upheld, its orders no longer count; the decision is taken back or lowered, "
            "and money, points and privileges are restored.",
        ),
        _both(
            "若申诉仅由系统自动处理，申诉人可要求由人工作出决定。",
            "Where only automated means have handled an appeal, a person decides on request.",
        ),
    ]


def _whether(decision: Row) -> Both:
    if decision["mode"] != "enforce":
        return _both(
            "本决定不执行，无需申诉。", "Nothing of this is carried out, so nothing needs to be appealed."
        )
    if decision["appealable"]:
        return _both("本决定可以申诉。", "This decision can be appealed.")
    if decision["subject_type"] == "order":
        return _both(
            f"规则 {decision['rule_id']} 所涉问题按平台规则不开放申诉。",
            f"The platform opens no appeal for the problems of rule {decision['rule_id']}.",
        )
    return _both("按平台规则，本决定不可申诉。", "By the platform's rule this decision cannot be appealed.")


def _until(decision: Row, appeals: Row) -> Both:
    days, deadline = appeals.get("window_days"), decision["appeal_deadline"]
    kind = worded("calendars", appeals.get("calendar") or "natural")
    if deadline is not None:
        return _both(f"申诉截止日：{deadline}（含当日）。", f"The last day to appeal is {deadline}.")
    if days is not None:
        return _both(
            f"自人工确认之日起 {days} 个{kind.zh}内可以申诉。",
            f"It can be appealed within {days} {kind.en} of a person's confirmation.",
        )
    return _both("规则未公布申诉期限，请尽早提出。", "No last day to appeal is known: appeal soon.")


def _where(decision: Row) -> Both:
    number = decision["decision_id"]
    return _both(
        f"在平台申诉入口提出，或使用命令 ccr appeal file，写明决定编号 {number}。",
        f"File it with the platform, or by the command ccr appeal file, with the decision's id {number}.",
    )


def _needed(appeals: Row) -> list[Both]:
    said = []
    if appeals.get("evidence_required"):
        proof = listed("evidence", appeals["evidence_required"])
        said.append(_both(f"须附：{proof.zh}。", f"It must come with: {proof.en}."))
    if appeals.get("statement_max_chars"):
        most = appeals["statement_max_chars"]
        said.append(_both(f"说明不超过 {most} 字。", f"Its statement has {most} characters at most."))
    return said


def _answered(appeals: Row) -> list[Both]:
    said = []
    if appeals.get("decision_sla_days"):
        days, kind = appeals["decision_sla_days"], worded("calendars", appeals["sla_calendar"])
        said.append(_both(f"{days} 个{kind.zh}内答复。", f"It is answered within {days} {kind.en}."))
    if appeals.get("rounds") == 2:
        differs = appeals.get("evidence_must_differ")
        said.append(
            _both(
                "被驳回的可复议一次" + ("，须提交与首次不同的凭证。" if differs else "。"),
                "A rejected appeal may be reconsidered once" + (", upon other evidence." if differs else "."),
            )
        )
    return said


def _reports(appeals: Row) -> Both:
    days = appeals.get("report_window_days")
    return _both(
        "对其中单条评价或会话有异议的，可就该条提出" + (f"（{days} 天内的评价）。" if days else "。"),
        "A single evaluation or chat may be disputed by itself"
        + (f", up to {days} days old." if days else "."),
    )


def _stops(suspends: bool | None) -> Both:
    if suspends:
        return _both("申诉期间暂停执行。", "While an appeal is open nothing is carried out.")
    if suspends is None:
        return _both("规则未说明申诉是否暂停执行。", "Whether filing stops the execution is not known.")
    return _both("申诉不暂停执行。", "Filing does not stop the execution.")


def _both(zh: str, en: str) -> Both:
    return Both(zh=zh, en=en)


def reason_of(row: Row) -> Row:
    """A reason as the statement lists it."""
    evidence: Sequence[str] = row["evidence_required"]
    return {
        "code": row["reason_code"],
        "says": Both(zh=row["name_zh"], en=row["name_en"]),
        "subjects": tuple(row["subject_types"]),
        "evidence": listed("evidence", evidence) if evidence else None,
        "needs_statement": row["needs_statement"],
    }
