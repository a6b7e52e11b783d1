{# One row per delivered version of an order: equal rows of one delivery day are one version.
   Kept as a table, as the orders of earlier days are looked up by their keys: a view would group all
   that was ever delivered again, each time. #}
{{ config(materialized='incremental') }}

with

{{ versions_delivered(
    source('raw', 'orders'),
    ["platform", "order_id"],
    [
        "shop_id",
        "buyer_id",
        "status",
        "created_at",
        "paid_at",
        "shipped_at",
        "signed_at",
        "closed_at",
        "refunded_at",
        "pay_amount_fen",
        "list_amount_fen",
        "order_kind",
        "risk_flag",
        "waybill_no",
        "promised_ship_by",
        "updated_at",
    ],
) }},

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
        _row_sha256 as row_sha256,
        {{ key_hash("platform || ':' || order_id") }} as order_hash,
        {{ key_hash(shared_waybill("platform || ':' || shop_id", "waybill_no")) }} as waybill_hash,
        {{ key_hash(day_of_buyer("platform || ':' || buyer_id", "paid_at")) }} as buyer_day_hash
    from versions

)

select * from named
