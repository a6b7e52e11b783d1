{#
    One row per linked feedback and dimension it speaks of, on the day the link became known.
    Only first versions speak (I6). What a guard cleared is kept: it counts in the real rate.
#}

{% set least_link_confidence = 0.5 %}
{# At most so sure that the words are negative, beside a rating that is: the two contradict. #}
{% set contradicting_probability = 0.1 %}

with

links_of_window as (

    select
        business_day,
        feedback_key,
        order_key,
        link_confidence
    from {{ ref('int_feedback_links') }}
    where {{ in_window('business_day') }}

),

tags_by_dimension as (

    select
        tags.feedback_key,
        tags.dimension,
        coalesce(tags.needs_content_theme, false) as needs_content_theme,
        bool_or(tags.decision = 'negative') as is_negative,
        {{ set_of('tags.issue_code', where="tags.decision = 'negative'") }} as issue_codes,
        {{ set_of('tags.issue_code', where="tags.decision = 'guarded'") }} as guarded_issue_codes,
        max(tags.severity) as severity,
        max(tags.text_probability) as text_probability
    from {{ source('classified', 'feedback_tags') }} as tags
    inner join links_of_window on tags.feedback_key = links_of_window.feedback_key
    where
        tags.decision in ('negative', 'guarded')
        and tags.dimension is not null
    group by tags.feedback_key, tags.dimension, coalesce(tags.needs_content_theme, false)

),

feedback_judged as (

    select
        links_of_window.business_day,
        events.platform,
        links_of_window.feedback_key,
        links_of_window.order_key,
        events.line_id,
        events.channel,
        events.occurred_at,
        tags_by_dimension.dimension,
        tags_by_dimension.needs_content_theme,
        tags_by_dimension.issue_codes,
        tags_by_dimension.guarded_issue_codes,
        tags_by_dimension.severity,
        tags_by_dimension.is_negative,
        links_of_window.link_confidence >= {{ least_link_confidence }} as is_real,
        {{ with_codes_that_hold('events.exclusion_codes', {
            'low_link_confidence': 'links_of_window.link_confidence < ' ~ least_link_confidence,
            'rating_text_contradiction':
                'events.rating_overall <= 2 and tags_by_dimension.text_probability <= '
                ~ contradicting_probability,
        }) }} as exclusion_codes
    from links_of_window
    inner join tags_by_dimension on links_of_window.feedback_key = tags_by_dimension.feedback_key
    inner join {{ ref('int_feedback_events') }} as events
        on
            links_of_window.feedback_key = events.feedback_key
            and events.is_first_version

),

verdicts as (

    select
        business_day,
        platform,
        feedback_key,
        order_key,
        line_id,
        channel,
        dimension,
        needs_content_theme,
        issue_codes,
        guarded_issue_codes,
        exclusion_codes,
        cast(severity as smallint) as severity,
        is_negative,
        is_real,
        is_negative and {{ list_length('exclusion_codes') }} = 0 as is_valid,
        occurred_at
    from feedback_judged

)

select * from verdicts
