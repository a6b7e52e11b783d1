{#
    One row per decision of a person, on the day from which it is known. A decision is about the
    words that were read: where a corrected delivery changed them it holds no more, and the
    feedback is undecided again.
#}

with

decisions_of_window as (

    select
        *,
        row_number() over (
            partition by feedback_key, decision_no order by business_day, decided_at, row_sha256
        ) as delivery_turn
    from {{ ref('stg_review_decisions') }}
    where business_day <= {{ window_end() }}

),

words_read as (

    select
        tags.feedback_key,
        max(tags.words_sha256) as words_sha256
    from {{ source('classified', 'feedback_tags') }} as tags
    inner join decisions_of_window on tags.feedback_key = decisions_of_window.feedback_key
    group by tags.feedback_key

),

decisions_standing as (

    select
        decisions.business_day,
        decisions.platform,
        decisions.feedback_key,
        decisions.channel,
        decisions.decision_no,
        decisions.decision,
        decisions.issue_code,
        decisions.dimension,
        cast(decisions.severity as smallint) as severity,
        decisions.needs_content_theme,
        decisions.guard_code,
        decisions.evidence_field,
        decisions.evidence_start,
        decisions.evidence_end,
        decisions.evidence_text,
        decisions.note,
        decisions.overrode_decision,
        decisions.overrode_probability,
        decisions.overrode_classifier_version,
        decisions.decided_by,
        decisions.decided_at
    from decisions_of_window as decisions
    inner join words_read
        on
            decisions.feedback_key = words_read.feedback_key
            and decisions.words_sha256 = words_read.words_sha256
    where
        decisions.delivery_turn = 1
        and {{ in_window('decisions.business_day') }}

)

select * from decisions_standing
