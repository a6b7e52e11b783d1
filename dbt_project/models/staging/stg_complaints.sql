{# One row per delivered version of a complaint: equal rows of one delivery day are one version.
   Kept as a table, as earlier versions are looked up by their keys. #}
{{ config(materialized='incremental') }}

with

versions as (

    select
        platform,
        complaint_id,
        any_value(order_id) as order_id,
        any_value(shop_id) as shop_id,
        any_value(buyer_id) as buyer_id,
        any_value(category) as category,
        any_value(text) as text,
        any_value(blame) as blame,
        any_value(evidence_count) as evidence_count,
        any_value(evidence_valid) as evidence_valid,
        any_value(merchant_admitted) as merchant_admitted,
        any_value(consumer_accepted) as consumer_accepted,
        any_value(compensated) as compensated,
        any_value(status) as status,
        any_value(created_at) as created_at,
        any_value(updated_at) as updated_at,
        count(*) as delivered_count,
        business_day,
        _row_sha256
    from {{ source('raw', 'complaints') }}
    where business_day in ({{ days_to_stage(source('raw', 'complaints')) }})
    group by
        platform,
        complaint_id,
        business_day,
        _row_sha256

),

named as (

    select
        business_day,
        platform,
        platform || ':' || order_id as order_key,
        platform || ':' || shop_id as shop_key,
        platform || ':' || buyer_id as buyer_key,
        complaint_id,
        order_id,
        shop_id,
        buyer_id,
        category,
        {{ mask_personal('text') }} as text,
        blame,
        evidence_count,
        evidence_valid,
        merchant_admitted,
        consumer_accepted,
        compensated,
        status,
        created_at,
        updated_at,
        delivered_count,
        _row_sha256 as row_sha256
    from versions

)

select * from named
