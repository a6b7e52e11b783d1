{# One row per order, cluster and span of days in which it belonged to the cluster. A cluster is
   the orders of one shop on one waybill, or one buyer's orders of one product paid on one day;
   only clusters that could ever be large enough are kept. #}
{{ config(materialized='ephemeral') }}

with

clustered as (

    select order_key from {{ ref('int_orders_clustered') }}

),

states as (

    {{ states_of_orders('select clustered.order_key from clustered') }}

),

lines as (

    {{ states_of_lines('select clustered.order_key from clustered') }}

),

orders as (

    select
        states.order_key,
        states.known_from,
        states.known_to,
        versions.shop_key,
        versions.buyer_key,
        nullif(trim(versions.waybill_no), '') as waybill_no,
        {{ shanghai_date('versions.paid_at') }} as order_day
    from states
    inner join {{ ref('stg_orders') }} as versions
        on states.order_key = versions.order_key
        and states.known_from = versions.business_day
        and states.row_sha256 = versions.row_sha256

),

shared_waybills as (

    select
        shop_key,
        waybill_no
    from orders
    where waybill_no is not null
    group by
        shop_key,
        waybill_no
    having count(distinct order_key) >= {{ least_orders_on_a_waybill() }}

),

busy_buyers as (

    select
        buyer_key,
        order_day
    from orders
    where
        buyer_key is not null
        and order_day is not null
    group by
        buyer_key,
        order_day
    having count(distinct order_key) >= {{ least_orders_of_a_burst() }}

),

waybill_members as (

    select
        orders.order_key,
        'waybill ' || orders.shop_key || ' ' || orders.waybill_no as cluster_key,
        {{ least_orders_on_a_waybill() }} as orders_at_least,
        orders.known_from,
        orders.known_to
    from orders
    inner join shared_waybills
        on orders.shop_key = shared_waybills.shop_key
        and orders.waybill_no = shared_waybills.waybill_no

),

busy_orders as (

    select orders.*
    from orders
    inner join busy_buyers
        on orders.buyer_key = busy_buyers.buyer_key
        and orders.order_day = busy_buyers.order_day

),

{# a gift is not bought: five orders with the same gift are no burst #}
burst_members as (

    select
        busy_orders.order_key,
        'burst ' || busy_orders.buyer_key || ' ' || lines.product_key
        || ' ' || cast(busy_orders.order_day as string) as cluster_key,
        {{ least_orders_of_a_burst() }} as orders_at_least,
        greatest(busy_orders.known_from, lines.known_from) as known_from,
        least(busy_orders.known_to, lines.known_to) as known_to
    from busy_orders
    inner join lines
        on busy_orders.order_key = lines.order_key
        and busy_orders.known_from < lines.known_to
        and busy_orders.known_to > lines.known_from
    where not lines.is_gift

),

members as (

    select * from waybill_members
    union all
    select * from burst_members

)

select * from members
