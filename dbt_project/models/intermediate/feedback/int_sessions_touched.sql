{# One row per consultation session that the window's days may say something new of. #}
{{ config(materialized='ephemeral') }}

with

sessions as (

    {{ feedback_touched(ref('stg_im_sessions'), 'session_key') }}
    union
    select session_key from {{ ref('stg_im_messages') }} where {{ in_window('business_day') }}

)

select * from sessions
