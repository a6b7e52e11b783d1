{# One row per delivered version of an order: equal rows of one delivery day are one version.
   Kept as a table, as the orders of earlier days are looked up by their keys: a view would group all
   that was ever delivered again, each time. #}
{{ config(materialized='incremental') }}

with

versions as (

    select
        platform,
        order_id,
        any_value(shop_id) as shop_id,
        any_value(buyer_id) as buyer_id,
        any_value(status) as status,
        any_value(created_at) as created_at,
        any_value(paid_at) as paid_at,
        any_value(shipped_at) as shipped_at,
        any_value(signed_at) as signed_at,
        any_value(closed_at) as closed_at,
        any_value(refunded_at) as refunded_at,
        any_value(pay_amount_fen) as pay_amount_fen,
        any_value(list_amount_fen) as list_amount_fen,
        any_value(order_kind) as order_kind,
        any_value(risk_flag) as risk_flag,
        any_value(waybill_no) as waybill_no,
        any_value(promised_ship_by) as promised_ship_by,
        any_value(updated_at) as updated_at,
        count(*) as delivered_count,
        business_day,
        _row_sha256
    from {{ source('raw', 'orders') }}
    where business_day in ({{ days_to_stage(source('raw', 'orders')) }})
    group by
        platform,
        order_id,
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
        order_id,
        shop_id,
        buyer_id,
        status,
        created_at,
        paid_at,
        shipped_at,
        signed_at,
        closed_at,
        refunded_at,
        pay_amount_fen,
        list_amount_fen,
        order_kind,
        risk_flag,
        waybill_no,
        promised_ship_by,
        updated_at,
        delivered_count,
        _row_sha256 as row_sha256
    from versions

)

select * from named
