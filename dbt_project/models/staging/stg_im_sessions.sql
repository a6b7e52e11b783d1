{# One row per delivered version of a consultation session: equal rows of one delivery day are one version.
   Kept as a table, as earlier versions are looked up by their keys. #}
{{ config(materialized='incremental') }}

with

versions as (

    select
        platform,
        session_id,
        any_value(shop_id) as shop_id,
        any_value(buyer_id) as buyer_id,
        any_value(order_id) as order_id,
        any_value(started_at) as started_at,
        any_value(ended_at) as ended_at,
        any_value(rating) as rating,
        any_value(rated_scope) as rated_scope,
        any_value(updated_at) as updated_at,
        count(*) as delivered_count,
        business_day,
        _row_sha256
    from {{ source('raw', 'im_sessions') }}
    where business_day in ({{ days_to_stage(source('raw', 'im_sessions')) }})
    group by
        platform,
        session_id,
        business_day,
        _row_sha256

),

named as (

    select
        business_day,
        platform,
        platform || ':' || session_id as session_key,
        platform || ':' || order_id as order_key,
        platform || ':' || shop_id as shop_key,
        platform || ':' || buyer_id as buyer_key,
        session_id,
        shop_id,
        buyer_id,
        order_id,
        started_at,
        ended_at,
        rating,
        rated_scope,
        updated_at,
        delivered_count,
        _row_sha256 as row_sha256
    from versions

)

select * from named
