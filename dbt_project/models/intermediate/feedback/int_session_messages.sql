{# One row per message of a consultation session that was known when the session became an event. #}

with

sessions as (

    select
        business_day,
        feedback_key
    from {{ ref('int_feedback_events') }}
    where
        {{ in_window('business_day') }}
        and channel = 'im_session'
        and is_first_version

),

known_messages as (

    select
        sessions.business_day,
        messages.feedback_key,
        messages.message_id,
        messages.seq,
        messages.role,
        messages.sent_at,
        messages.text
    from sessions
    inner join {{ ref('int_first_messages') }} as messages
        on sessions.feedback_key = messages.feedback_key
        and sessions.business_day >= messages.business_day

)

select * from known_messages
