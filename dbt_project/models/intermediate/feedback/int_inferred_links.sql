{# One row per session or complaint that names no order at first, linked to an order of the same
   buyer and shop on the first day any such order is known: the latest of the thirty days before,
   else the earliest of the seven days after (presale). More candidates, less confidence. #}
{{ config(materialized='ephemeral') }}

with

unnamed as (

    select
        feedback_key,
        buyer_key,
        shop_key,
        occurred_at,
        business_day
    from {{ ref('int_feedback_versions') }}
    where
        version_no = 1
        and channel in ('complaint', 'im_session')
        and native_order_key is null
        and buyer_key is not null

),

orders_ranked as (

    select
        order_key,
        buyer_key,
        shop_key,
        created_at,
        business_day,
        row_number() over (
            partition by order_key order by business_day, updated_at, row_sha256
        ) as version_no
    from {{ ref('stg_orders') }}
    where
        business_day <= {{ window_end() }}
        and buyer_key in (select unnamed.buyer_key from unnamed)

),

candidates as (

    select
        unnamed.feedback_key,
        unnamed.occurred_at,
        orders.order_key,
        orders.created_at,
        orders.created_at <= unnamed.occurred_at as is_before,
        greatest(unnamed.business_day, orders.business_day) as candidate_from
    from unnamed
    inner join orders_ranked as orders
        on unnamed.buyer_key = orders.buyer_key
        and unnamed.shop_key = orders.shop_key
        and orders.created_at >= unnamed.occurred_at - interval '30' day
        and orders.created_at <= unnamed.occurred_at + interval '7' day
    where orders.version_no = 1

),

first_day as (

    select
        *,
        min(candidate_from) over (partition by feedback_key) as linked_on
    from candidates

),

ranked as (

    select
        feedback_key,
        order_key,
        linked_on,
        count(*) over (partition by feedback_key, is_before) as candidate_count,
        row_number() over (
            partition by feedback_key
            order by
                is_before desc,
                case when is_before then created_at end desc,
                case when not is_before then created_at end asc,
                order_key asc
        ) as choice
    from first_day
    where candidate_from = linked_on

),

links as (

    select
        linked_on as business_day,
        feedback_key,
        order_key,
        'buyer_time_inferred' as link_method,
        cast(0.9 as double) / candidate_count as link_confidence
    from ranked
    where choice = 1

)

select * from links
