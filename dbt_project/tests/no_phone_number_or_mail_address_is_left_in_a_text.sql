{{ config(meta={"dagster": {"ref": {"name": "int_feedback_events"}}}) }}

with

texts as (

    select business_day, feedback_key, text from {{ ref('int_feedback_events') }}
    union all
    select business_day, feedback_key, reason_text as text from {{ ref('int_feedback_events') }}
    union all
    select business_day, feedback_key, text from {{ ref('int_session_messages') }}

)

select
    business_day,
    feedback_key
from texts
where
    {{ in_window('business_day') }}
    and (
        {{ text_matches('text', '(^|[^0-9])1[3-9][0-9]{9}($|[^0-9])') }}
        or {{ text_matches('text', '[A-Za-z0-9]@[A-Za-z0-9-]+[.][A-Za-z]') }}
    )
