{{ config(meta={"dagster": {"ref": {"name": "int_session_messages"}}}) }}

with

listed as (

    select
        feedback_key,
        count(*) as message_count
    from {{ ref('int_session_messages') }}
    group by feedback_key

)

select
    events.business_day,
    events.feedback_key,
    events.message_count,
    listed.message_count as listed_count
from {{ ref('int_feedback_events') }} as events
left join listed on events.feedback_key = listed.feedback_key
where
    events.is_first_version
    and events.channel = 'im_session'
    and events.message_count <> coalesce(listed.message_count, 0)
