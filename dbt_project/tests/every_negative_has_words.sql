{#
    Every negative tag has evidence that can be replayed (I7), of the classifier or of a person: words
    stand in the text where they are said to stand, letter for letter; anything else is a value.
#}
{{ config(meta={"dagster": {"ref": {"name": "int_evidence"}}}) }}

with

evidence as (

    select
        evidence.feedback_key,
        evidence.decision_no,
        evidence.tag_no,
        evidence.span_field,
        evidence.span_start,
        evidence.span_end,
        evidence.span_text,
        evidence.is_words,
        case
            when evidence.span_field = 'text' then events.text
            when evidence.span_field = 'reason_text' then events.reason_text
            when evidence.span_field like 'message:%' then messages.text
        end as source_text
    from {{ ref('int_evidence') }} as evidence
    left join {{ ref('int_feedback_events') }} as events
        on
            evidence.feedback_key = events.feedback_key
            and events.is_first_version
    left join {{ ref('int_session_messages') }} as messages
        on
            evidence.feedback_key = messages.feedback_key
            and evidence.span_field = 'message:' || messages.message_id
    where {{ in_window('evidence.business_day') }}

)

select * from evidence
where
    span_field is null
    or coalesce(span_text, '') = ''
    or (
        is_words
        and substr(source_text, span_start + 1, span_end - span_start) is distinct from span_text
    )
    or (
        not is_words
        and (span_start <> 0 or span_end <> 0)
    )
