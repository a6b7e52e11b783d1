{# One row per delivered version of a platform's ticket: equal rows of one delivery day are one. #}

with

versions as (

    select
        platform,
        ticket_id,
        any_value(shop_id) as shop_id,
        any_value(order_id) as order_id,
        any_value(ticket_type) as ticket_type,
        any_value(status) as status,
        any_value(appeal_status) as appeal_status,
        any_value(amount_fen) as amount_fen,
        any_value(reason) as reason,
        any_value(created_at) as created_at,
        any_value(updated_at) as updated_at,
        count(*) as delivered_count,
        business_day,
        _row_sha256
    from {{ source('raw', 'platform_tickets') }}
    group by
        platform,
        ticket_id,
        business_day,
        _row_sha256

),

named as (

    select
        business_day,
        platform,
        platform || ':ticket:' || ticket_id as ticket_key,
        platform || ':' || shop_id as shop_key,
        platform || ':' || order_id as order_key,
        ticket_type,
        status,
        appeal_status,
        amount_fen,
        {{ mask_personal('reason') }} as reason,
        created_at,
        updated_at,
        delivered_count,
        _row_sha256 as row_sha256
    from versions

)

select * from named
