{# One row per delivered version of a person's decision: equal rows of one delivery day are one. #}

with

versions as (

    select
        platform,
        channel,
        feedback_id,
        decision_no,
        any_value(decision) as decision,
        any_value(issue_code) as issue_code,
        any_value(dimension) as dimension,
        any_value(severity) as severity,
        any_value(needs_content_theme) as needs_content_theme,
        any_value(guard_code) as guard_code,
        any_value(evidence_field) as evidence_field,
        any_value(evidence_start) as evidence_start,
        any_value(evidence_end) as evidence_end,
        any_value(evidence_text) as evidence_text,
        any_value(note) as note,
        any_value(words_sha256) as words_sha256,
        any_value(overrode_decision) as overrode_decision,
        any_value(overrode_probability) as overrode_probability,
        any_value(overrode_classifier_version) as overrode_classifier_version,
        any_value(decided_by) as decided_by,
        any_value(decided_at) as decided_at,
        count(*) as delivered_count,
        business_day,
        _row_sha256
    from {{ source('raw', 'review_decisions') }}
    group by
        platform,
        channel,
        feedback_id,
        decision_no,
        business_day,
        _row_sha256

),

named as (

    select
        business_day,
        platform,
        platform || ':' || channel || ':' || feedback_id as feedback_key,
        channel,
        decision_no,
        decision,
        issue_code,
        dimension,
        severity,
        coalesce(needs_content_theme, false) as needs_content_theme,
        guard_code,
        evidence_field,
        evidence_start,
        evidence_end,
        evidence_text,
        {{ mask_personal('note') }} as note,
        words_sha256,
        overrode_decision,
        try_cast(overrode_probability as double) as overrode_probability,
        overrode_classifier_version,
        decided_by,
        decided_at,
        delivered_count,
        _row_sha256 as row_sha256
    from versions

)

select * from named
