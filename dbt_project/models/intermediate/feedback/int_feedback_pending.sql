{# One row per feedback that counts for no order by the last processed day, and why. #}
{{ config(materialized='view') }}

with

unlinked as (

    select
        events.business_day,
        events.platform,
        events.feedback_key,
        events.channel,
        events.native_order_key,
        case
            when links.feedback_key is not null then 'ambiguous'
            when events.native_order_key is not null then 'order_unknown'
            else 'no_order_given'
        end as why
    from {{ ref('int_feedback_events') }} as events
    left join {{ ref('int_feedback_links') }} as links
        on events.feedback_key = links.feedback_key
    where
        events.is_first_version
        and (links.feedback_key is null or links.link_confidence < 0.5)

)

select * from unlinked
