{# A link made earlier would let a day count what only a later day knew. #}
{{ config(meta={"dagster": {"ref": {"name": "int_feedback_links"}}}) }}

with

orders_known as (

    select
        order_key,
        min(business_day) as known_on
    from {{ ref('stg_orders') }}
    group by order_key

)

select
    links.business_day,
    links.feedback_key,
    links.order_key
from {{ ref('int_feedback_links') }} as links
left join {{ ref('int_feedback_events') }} as events
    on links.feedback_key = events.feedback_key
    and events.is_first_version
left join orders_known on links.order_key = orders_known.order_key
where
    {{ in_window('links.business_day') }}
    and (
        orders_known.known_on is null
        or links.business_day < orders_known.known_on
        or links.business_day < events.business_day
    )
