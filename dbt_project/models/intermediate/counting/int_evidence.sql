{#
    One row per piece of evidence of a negative tag, of the classifier (decision 0) or of a person:
    words and where they stand, or a value that speaks for itself. A tag without any has one row
    without words.
#}
{{ config(materialized='view') }}

with

read_by_the_classifier as (

    select
        tags.business_day,
        tags.feedback_key,
        cast(0 as integer) as decision_no,
        tags.dimension,
        coalesce(tags.needs_content_theme, false) as needs_content_theme,
        tags.issue_code,
        tags.tag_no,
        spans.span_no,
        spans.field as span_field,
        spans.span_start,
        spans.span_end,
        spans.span_text,
        spans.kind,
        spans.kind in ('keyword', 'model') as is_words
    from {{ source('classified', 'feedback_tags') }} as tags
    left join {{ source('classified', 'evidence_spans') }} as spans
        on
            tags.feedback_key = spans.feedback_key
            and tags.tag_no = spans.tag_no
    where tags.decision = 'negative'

),

cited_by_a_person as (

    {%- for number, field, start, end, words in [
        (1, 'evidence_field', 'evidence_start', 'evidence_end', 'evidence_text'),
        (2, "'note'", '0', '0', 'note'),
    ] %}
    select
        business_day,
        feedback_key,
        cast(decision_no as integer) as decision_no,
        dimension,
        needs_content_theme,
        issue_code,
        cast(1 as integer) as tag_no,
        cast({{ number }} as integer) as span_no,
        {{ field }} as span_field,
        cast(coalesce({{ start }}, 0) as integer) as span_start,
        cast(coalesce({{ end }}, 0) as integer) as span_end,
        {{ words }} as span_text,
        'human' as kind,
        {{ field }} in ('text', 'reason_text') or {{ field }} like 'message:%' as is_words
    from {{ ref('int_review_decisions') }}
    where
        decision = 'negative'
        and {{ "note is not null" if number == 2 else "(evidence_text is not null or note is null)" }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

evidence as (

    select * from read_by_the_classifier
    union all
    select * from cited_by_a_person

)

select * from evidence
