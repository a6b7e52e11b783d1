{# One row per delivered version of the feedback that the window's days may say something new of, whatever its
   channel, numbered in the order in which the versions became known. The first one counts; later
   ones are kept as facts. #}
{{ config(materialized='table' if target.type == 'spark' else 'ephemeral') }}

with

delivered as (

    select * from {{ ref('int_review_events') }}
    union all
    select * from {{ ref('int_after_sale_events') }}
    union all
    select * from {{ ref('int_complaint_events') }}
    union all
    select * from {{ ref('int_im_session_events') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by feedback_key order by business_day, updated_at, row_sha256
        ) as version_no,
        row_number() over (
            partition by feedback_key, row_sha256, message_count order by business_day
        ) > 1 as is_repetition
    from delivered

)

select * from numbered
