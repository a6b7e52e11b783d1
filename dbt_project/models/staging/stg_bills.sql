{# One row per delivered line of a bill: equal rows of one delivery day are one. #}

with

versions as (

    select
        platform,
        bill_id,
        any_value(shop_id) as shop_id,
        any_value(order_id) as order_id,
        any_value(ticket_id) as ticket_id,
        any_value(kind) as kind,
        any_value(account_name) as account_name,
        any_value(amount_fen) as amount_fen,
        any_value(reason) as reason,
        any_value(billed_at) as billed_at,
        count(*) as delivered_count,
        business_day,
        _row_sha256
    from {{ source('raw', 'bills') }}
    group by
        platform,
        bill_id,
        business_day,
        _row_sha256

),

named as (

    select
        business_day,
        platform,
        platform || ':bill:' || bill_id as bill_key,
        platform || ':' || shop_id as shop_key,
        platform || ':' || order_id as order_key,
        platform || ':ticket:' || ticket_id as ticket_key,
        kind,
        account_name,
        amount_fen,
        {{ mask_personal('reason') }} as reason,
        billed_at,
        {{ shanghai_date('billed_at') }} as billed_day,
        delivered_count,
        _row_sha256 as row_sha256
    from versions

)

select * from named
