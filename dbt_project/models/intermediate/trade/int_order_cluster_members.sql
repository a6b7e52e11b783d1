{# One row per order, cluster and span of days in which it belonged to the cluster. A cluster is
   the orders of one shop on one waybill, or one buyer's orders of one product paid on one day;
   only clusters that could ever be large enough are kept. #}
{{ config(materialized='ephemeral') }}

with

clustered as (

    select order_hash from {{ ref('int_orders_clustered') }}

),

orders as (

    {{ states_of_orders(
        'select clustered.order_hash from clustered',
        [
            shared_waybill('shop_key', 'waybill_no') ~ ' as waybill',
            day_of_buyer('buyer_key', 'paid_at') ~ ' as buyer_day',
        ],
    ) }}

),

lines as (

    {{ states_of_lines('select clustered.order_hash from clustered') }}

),

shared_waybills as (

    select waybill
    from orders
    where waybill is not null
    group by waybill
    having count(distinct order_key) >= {{ least_orders_on_a_waybill() }}

),

busy_buyers as (

    select buyer_day
    from orders
    where buyer_day is not null
    group by buyer_day
    having count(distinct order_key) >= {{ least_orders_of_a_burst() }}

),

waybill_members as (

    select
        orders.order_key,
        'waybill ' || orders.waybill as cluster_key,
        {{ least_orders_on_a_waybill() }} as orders_at_least,
        orders.known_from,
        orders.known_to
    from orders
    inner join shared_waybills on orders.waybill = shared_waybills.waybill

),

busy_orders as (

    select orders.*
    from orders
    inner join busy_buyers on orders.buyer_day = busy_buyers.buyer_day

),

{# a gift is not bought: five orders with the same gift are no burst #}
burst_members as (

    select
        busy_orders.order_key,
        'burst ' || busy_orders.buyer_day || ' ' || lines.product_key as cluster_key,
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
