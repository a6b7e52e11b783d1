{# No version of any channel is dropped on the way. A session without messages and without a rating says nothing yet. #}
{{ config(meta={"dagster": {"ref": {"name": "int_feedback_events"}}}) }}

with

delivered as (

    select business_day, platform || ':review:' || review_id as feedback_key, row_sha256
    from {{ ref('stg_reviews') }}
    union all
    select business_day, platform || ':after_sale:' || after_sale_id as feedback_key, row_sha256
    from {{ ref('stg_after_sales') }}
    union all
    select business_day, platform || ':complaint:' || complaint_id as feedback_key, row_sha256
    from {{ ref('stg_complaints') }}
    union all
    select business_day, platform || ':im_session:' || session_id as feedback_key, row_sha256
    from {{ ref('stg_im_sessions') }}
    where rating is not null

)

select
    delivered.business_day,
    delivered.feedback_key
from delivered
left join {{ ref('int_feedback_events') }} as events
    on delivered.feedback_key = events.feedback_key
    and delivered.business_day = events.business_day
    and delivered.row_sha256 = events.row_sha256
where
    {{ in_window('delivered.business_day') }}
    and events.feedback_key is null
