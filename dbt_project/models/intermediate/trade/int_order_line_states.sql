{# One row per order line and span of days: the version that was known from the end of known_from
   until the day before known_to. Lines carry no updated_at, so the last delivery counts.
   Only lines of orders in play have rows. #}
{{ config(materialized='ephemeral') }}

with

ranked as (

    select
        *,
        row_number() over (
            partition by line_key, business_day order by row_sha256 desc
        ) as rank_of_day
    from {{ ref('stg_order_lines') }}
    where
        business_day <= {{ window_end() }}
        and order_key in (select in_play.order_key from {{ ref('int_orders_in_play') }} as in_play)

),

states as (

    select
        order_key,
        line_key,
        line_id,
        platform,
        product_key,
        creator_key,
        quantity,
        pay_amount_fen,
        theme,
        coalesce(is_gift, false) as is_gift,
        business_day as known_from,
        lead(business_day, 1, {{ open_end() }}) over (
            partition by line_key order by business_day
        ) as known_to
    from ranked
    where rank_of_day = 1

)

select * from states
