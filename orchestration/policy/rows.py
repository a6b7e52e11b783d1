"""One policy version as the rows of every table it has a part in."""

import json
from typing import Any

from orchestration.policy.appealing import RateAppeals, TicketAppeals
from orchestration.policy.citing import source_rows
from orchestration.policy.escalating import Escalation
from orchestration.policy.loading import PolicyVersion
from orchestration.policy.model import RatePolicy, TicketPolicy
from orchestration.policy.terms import Exemptions

Row = dict[str, Any]


def rows_of(version: PolicyVersion) -> dict[str, list[Row]]:
    """By table, the rows of a version without its name."""
    document = version.document
    exclusions = (("order", document.exclusions.orders), ("evaluation", document.exclusions.evaluations))
    laid_out = _rate_rows(document) if isinstance(document, RatePolicy) else _ticket_rows(document)
    return laid_out | {
        "policy_versions": [_version_row(version)],
        "policy_sources": source_rows(document),
        "policy_exclusions": [
            {"scope": scope, "exclusion_code": code} for scope, codes in exclusions for code in sorted(codes)
        ],
        "policy_exemptions": _exemption_rows(document.exemptions),
        "policy_appeals": [_appeals_row(document.appeals)],
        "policy_appeal_reasons": _reason_rows(document.appeals),
    }


def _version_row(version: PolicyVersion) -> Row:
    document = version.document
    row: Row = {
        "platform": document.platform,
        "kind": document.kind,
        "mode": document.mode,
        "title": document.title,
        "effective_from": document.dates.effective_from,
        "effective_to": version.effective_to,
        "enforced_from": document.dates.enforced_from,
        "cooldown_days": 0,  # a ticket's subject is one order, which comes once
        "rule_family": document.rule_family,
        "exclusive_group": document.exclusive_group,
        "sha256": version.sha256,
        "freeze_days_before_execute": document.execution.freeze_days_before_execute
        if document.execution
        else None,
    }
    if isinstance(document, RatePolicy):
        row |= {
            "metric_id": document.metric.id,
            "grain": document.metric.grain,
            "cohort": document.metric.cohort,
            "straddle": document.straddle,
            "maturity_days": document.metric.maturity_days,
            "decision_threshold": document.metric.decision_threshold,
            "window_days": document.metric.window_days,
            "metric_rate": document.metric.rate,
            "min_orders": document.eligibility.min_orders,
            "min_distinct_buyers": document.eligibility.min_distinct_buyers,
            "cooldown_days": document.evaluation.cooldown_days or 0,
            "evaluation_weekday": document.evaluation.weekday,
            "evaluation_every": document.evaluation.every,
            "interval_method": document.statistics.interval,
            "interval_level": document.statistics.level,
            "use_bound": document.statistics.use,
            "empirical_bayes": document.statistics.empirical_bayes,
            "min_orders_for_prior": document.statistics.min_orders_for_prior,
            "fdr_q": document.statistics.fdr_q,
            "fine_rounding": document.rounding.fine if document.rounding else None,
        }
        probability = document.eligibility.prob_above_threshold
        if probability is not None:
            row |= {
                "prob_above_threshold": probability.at_least,
                "threshold_ratio": probability.ratio_to_benchmark,
            }
    return row


def _exemption_rows(exemptions: Exemptions | None) -> list[Row]:
    if exemptions is None:
        return []
    return [
        {
            "exemption": exemption,
            "within_days": exemptions.first_time_within_days if exemption == "first_time" else None,
        }
        for exemption in exemptions.granted
    ]


def _rate_rows(document: RatePolicy) -> dict[str, list[Row]]:
    return {
        "score_knots": [
            {"knot_no": number, "ratio": ratio, "score": score}
            for number, (ratio, score) in enumerate(document.score.knots if document.score else (), start=1)
        ],
        "policy_dimensions": [
            {"dimension": name, "enabled": counts_as is not None, "count_as": counts_as}
            for name, counts_as in document.metric.counted_as().items()
        ],
        "policy_caps": [
            cap.model_dump(exclude={"measure"}) | {"measure_code": cap.measure}
            for cap in (document.caps.amounts if document.caps else ())
        ],
        "small_n_guards": [
            {"guard_no": number} | guard.model_dump()
            for number, guard in enumerate(document.eligibility.small_n, start=1)
        ],
        "ladder_conditions": [
            {
                "tier_rank": rank,
                "tier": tier.tier,
                "rule_id": tier.rule,
                "severity": tier.severity,
                "measure": measure,
                "at_least": at_least,
                "human_review": tier.human_review == "required",
            }
            for rank, tier in enumerate(document.ladder, start=1)
            for measure, at_least in tier.when.thresholds().items()
        ],
        "ladder_measures": [
            _measure_row(tier.tier, number, measure.code, measure.parameters())
            for tier in document.ladder
            for number, measure in enumerate(tier.measures, start=1)
        ],
    }


def _ticket_rows(document: TicketPolicy) -> dict[str, list[Row]]:
    ranked = enumerate(((rule, issue) for rule in document.rules for issue in rule.issues), start=1)
    return {
        "policy_escalations": _escalation_rows(document.escalation),
        "ladder_measures": [
            _measure_row(rule.rule, 1, "consumer_compensation", rule.compensation.model_dump())
            for rule in document.rules
        ],
        "ticket_rules": [
            {
                "rule_id": rule.rule,
                "rule_rank": rank,
                "issue_code": issue,
                "requires_evidence": "valid_evidence" in rule.requires,
                "requires_admission": "merchant_admission" in rule.requires,
                "requires_dissatisfaction": "consumer_dissatisfaction" in rule.requires,
                "severity": rule.severity,
                "pct": rule.compensation.pct_of_paid,
                "min_fen": rule.compensation.min_fen,
                "max_fen": rule.compensation.max_fen,
                "appealable": rule.appealable,
            }
            for rank, (rule, issue) in ranked
        ],
    }


def _escalation_rows(escalation: Escalation | None) -> list[Row]:
    return [
        {
            "step_no": number,
            "input": step.input,
            "at_least": step.at_least,
            "human_review": step.human_review == "required",
            "measure_no": place,
            "measure_code": measure.code,
            "params_json": _json(measure.parameters()),
        }
        for number, step in enumerate(escalation.steps if escalation else (), start=1)
        for place, measure in enumerate(step.measures, start=1)
    ]


def _measure_row(tier: str, number: int, code: str, parameters: Row) -> Row:
    return {
        "tier": tier,
        "measure_no": number,
        "measure_code": code,
        "params_json": _json(parameters),
    }


def _json(parameters: Row) -> str:
    return json.dumps(parameters, sort_keys=True, separators=(",", ":"))


def _appeals_row(appeals: RateAppeals | TicketAppeals) -> Row:
    appealable, second = appeals.appealable, appeals.reconsideration
    return {
        "appealable": appealable.default if appealable else None,
        "never_issues": sorted(appealable.never) if appealable else [],
        "window_days": appeals.window_days,
        "calendar": appeals.calendar,
        "rounds": appeals.rounds,
        "evidence_must_differ": second.evidence_must_differ if second else None,
        "decision_sla_days": appeals.decision_sla_days,
        "sla_calendar": appeals.sla_calendar,
        "suspends_execution": appeals.suspends_execution,
        "evidence_required": list(appeals.evidence_required),
        "statement_max_chars": appeals.statement_max_chars,
        "report_window_days": appeals.report_window_days,
    }


def _reason_rows(appeals: RateAppeals | TicketAppeals) -> list[Row]:
    return [
        {
            "reason_no": number,
            "reason_code": reason.code,
            "name_zh": reason.zh,
            "name_en": reason.en,
            "subject_types": list(reason.subjects),
            "channels": list(reason.channels),
            "issue_codes": list(reason.issues),
            "evidence_required": list(reason.evidence),
            "needs_statement": reason.needs_statement,
        }
        for number, reason in enumerate(appeals.reasons, start=1)
    ]
