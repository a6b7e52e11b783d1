{# One row per chat message of the sessions touched, as first delivered; a message edited later keeps its
   first words. #}
{{ config(materialized='ephemeral') }}

with

ranked as (

    select
        *,
        row_number() over (
            partition by session_key, message_id order by business_day, row_sha256
        ) as version_no
    from {{ ref('stg_im_messages') }}
    where
        business_day <= {{ window_end() }}
        and session_key in (select touched.session_key from {{ ref('int_sessions_touched') }} as touched)

),

first_versions as (

    select
        business_day,
        platform,
        platform || ':im_session:' || session_id as feedback_key,
        session_key,
        message_id,
        seq,
        role,
        sent_at,
        text
    from ranked
    where version_no = 1

)

select * from first_versions
