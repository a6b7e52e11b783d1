{#
    Every negative tag has evidence that can be replayed (I7): words stand in the text where they are
    said to stand, letter for letter; anything else is a value.
#}
-- depends_on: {{ ref('int_feedback_verdicts') }}
{{ config(meta={"dagster": {"ref": {"name": "int_feedback_verdicts"}}}) }}

with

negatives as (

    select
        feedback_key,
        tag_no
    from {{ source('classified', 'feedback_tags') }}
    where
        decision = 'negative'
        and {{ in_window('business_day') }}

),

evidence as (

    select
        negatives.feedback_key,
        negatives.tag_no,
        spans.field,
        spans.span_start,
        spans.span_end,
        spans.span_text,
        case
            when spans.field = 'text' then events.text
            when spans.field = 'reason_text' then events.reason_text
            when spans.field like 'message:%' then messages.text
        end as source_text,
        spans.kind in ('keyword', 'model') as is_words
    from negatives
    left join {{ source('classified', 'evidence_spans') }} as spans
        on
            negatives.feedback_key = spans.feedback_key
            and negatives.tag_no = spans.tag_no
    left join {{ ref('int_feedback_events') }} as events
        on
            negatives.feedback_key = events.feedback_key
            and events.is_first_version
    left join {{ ref('int_session_messages') }} as messages
        on
            negatives.feedback_key = messages.feedback_key
            and spans.field = 'message:' || messages.message_id

)

select * from evidence
where
    field is null
    or coalesce(span_text, '') = ''
    or (
        is_words
        and substr(source_text, span_start + 1, span_end - span_start) is distinct from span_text
    )
    or (
        not is_words
        and (span_start <> 0 or span_end <> 0)
    )
