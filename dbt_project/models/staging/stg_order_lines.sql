{# One row per delivered version of an order line: equal rows of one delivery day are one version.
   Kept as a table, as the orders of earlier days are looked up by their keys: a view would group all
   that was ever delivered again, each time. #}
{{ config(materialized='incremental') }}

with

{{ versions_delivered(
    source('raw', 'order_lines'),
    ["platform", "order_id", "line_id"],
    [
        "product_id",
        "quantity",
        "pay_amount_fen",
        "is_gift",
        "theme",
        "creator_id",
        "room_id",
    ],
) }},

named as (

    select
        business_day,
        platform,
        platform || ':' || order_id as order_key,
        platform || ':' || order_id || ':' || line_id as line_key,
        platform || ':' || product_id as product_key,
        platform || ':' || creator_id as creator_key,
        order_id,
        line_id,
        product_id,
        quantity,
        pay_amount_fen,
        is_gift,
        theme,
        creator_id,
        room_id,
        delivered_count,
        _row_sha256 as row_sha256,
        {{ key_hash("platform || ':' || order_id") }} as order_hash
    from versions

)

select * from named
