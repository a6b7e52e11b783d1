{# One row per order and span of days: the version that was its state from the end of known_from
   until the day before known_to. A version delivered late with an older updated_at
   never becomes the state. Only orders in play have rows. #}
{{ config(materialized='ephemeral') }}

with

versions as (

    select
        order_key,
        shop_key,
        buyer_key,
        nullif(trim(waybill_no), '') as waybill_no,
        {{ shanghai_date('paid_at') }} as order_day,
        business_day,
        row_sha256,
        row_number() over (
            partition by order_key order by updated_at, row_sha256, business_day
        ) as version_rank
    from {{ ref('stg_orders') }}
    where
        business_day <= {{ window_end() }}
        and order_key in (select in_play.order_key from {{ ref('int_orders_in_play') }} as in_play)

),

compared as (

    select
        *,
        max(version_rank) over (
            partition by order_key order by business_day
            range between unbounded preceding and current row
        ) as best_rank_by_then
    from versions

),

states as (

    select
        order_key,
        shop_key,
        buyer_key,
        waybill_no,
        order_day,
        row_sha256,
        business_day as known_from,
        lead(business_day, 1, {{ open_end() }}) over (
            partition by order_key order by business_day
        ) as known_to
    from compared
    where version_rank = best_rank_by_then

)

select * from states
