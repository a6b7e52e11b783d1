{# Proof and admission that a ticket's rule asks for were known by the day of the ticket (S75, S76). #}
{{ config(meta={"dagster": {"ref": {"name": "fct_penalty_candidates"}}}) }}

with

proof as (

    select
        candidates.business_day,
        candidates.subject_id,
        candidates.rule_id,
        bool_or(rules.requires_evidence) as requires_evidence,
        bool_or(rules.requires_admission) as requires_admission,
        bool_or(coalesce(events.evidence_valid, false)) as has_evidence,
        bool_or(coalesce(events.merchant_admitted, false)) as has_admission
    from {{ ref('fct_penalty_candidates') }} as candidates
    inner join {{ source('policies', 'ticket_rules') }} as rules
        on
            candidates.policy_id = rules.policy_id
            and candidates.policy_version = rules.version
            and candidates.rule_id = rules.rule_id
    inner join {{ ref('int_verdicts_in_force') }} as verdicts
        on
            candidates.subject_id = verdicts.order_key
            and verdicts.is_valid
            and verdicts.business_day <= candidates.business_day
            and (verdicts.until_day is null or candidates.business_day < verdicts.until_day)
    inner join {{ ref('int_feedback_events') }} as events
        on
            verdicts.feedback_key = events.feedback_key
            and events.business_day <= candidates.business_day
    where
        candidates.subject_type = 'order'
        and {{ in_window('candidates.business_day') }}
    group by candidates.business_day, candidates.subject_id, candidates.rule_id

)

select * from proof
where
    (requires_evidence and not has_evidence)
    or (requires_admission and not has_admission)
