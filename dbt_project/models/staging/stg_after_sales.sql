{# One row per delivered version of an after-sale request: equal rows of one delivery day are one version.
   Kept as a table, as earlier versions are looked up by their keys. #}
{{ config(materialized='incremental') }}

with

versions as (

    select
        platform,
        after_sale_id,
        any_value(order_id) as order_id,
        any_value(line_id) as line_id,
        any_value(shop_id) as shop_id,
        any_value(kind) as kind,
        any_value(reason_code) as reason_code,
        any_value(reason_text) as reason_text,
        any_value(remark) as remark,
        any_value(refund_amount_fen) as refund_amount_fen,
        any_value(status) as status,
        any_value(blame) as blame,
        any_value(evidence_count) as evidence_count,
        any_value(evidence_valid) as evidence_valid,
        any_value(merchant_admitted) as merchant_admitted,
        any_value(platform_exempt) as platform_exempt,
        any_value(requested_at) as requested_at,
        any_value(updated_at) as updated_at,
        count(*) as delivered_count,
        business_day,
        _row_sha256
    from {{ source('raw', 'after_sales') }}
    where business_day in ({{ days_to_stage(source('raw', 'after_sales')) }})
    group by
        platform,
        after_sale_id,
        business_day,
        _row_sha256

),

named as (

    select
        business_day,
        platform,
        platform || ':' || order_id as order_key,
        platform || ':' || shop_id as shop_key,
        after_sale_id,
        order_id,
        line_id,
        shop_id,
        kind,
        reason_code,
        {{ mask_personal('reason_text') }} as reason_text,
        {{ mask_personal('remark') }} as remark,
        refund_amount_fen,
        status,
        blame,
        evidence_count,
        evidence_valid,
        merchant_admitted,
        platform_exempt,
        requested_at,
        updated_at,
        delivered_count,
        _row_sha256 as row_sha256
    from versions

)

select * from named
