{# One row per delivered version of a chat message: equal rows of one delivery day are one version.
   Kept as a table, as earlier versions are looked up by their keys. #}
{{ config(materialized='incremental') }}

with

versions as (

    select
        platform,
        session_id,
        message_id,
        any_value(seq) as seq,
        any_value(role) as role,
        any_value(sent_at) as sent_at,
        any_value(text) as text,
        count(*) as delivered_count,
        business_day,
        _row_sha256
    from {{ source('raw', 'im_messages') }}
    where business_day in ({{ days_to_stage(source('raw', 'im_messages')) }})
    group by
        platform,
        session_id,
        message_id,
        business_day,
        _row_sha256

),

named as (

    select
        business_day,
        platform,
        platform || ':' || session_id as session_key,
        session_id,
        message_id,
        seq,
        role,
        sent_at,
        {{ mask_personal('text') }} as text,
        delivered_count,
        _row_sha256 as row_sha256
    from versions

)

select * from named
