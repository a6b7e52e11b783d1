{#
    One row per recounted order and day on which its state begins: a state lasts until the order is judged
    otherwise or something is said of it, or no more. `is_first` marks the first of an order.
    Spark would work it out at every mention.
#}
{{ config(materialized='table' if target.type == 'spark' else 'ephemeral') }}

with

line_sets as (

    select
        lines.order_key,
        lines.business_day,
        {{ set_hash([
            'lines.line_id', 'lines.product_key', 'lines.creator_key', 'lines.is_gift',
        ]) }} as line_set
    from {{ ref('int_order_lines_known') }} as lines
    inner join {{ ref('int_orders_recounted') }} as recounted on lines.order_key = recounted.order_key
    where lines.business_day <= {{ window_end() }}
    group by lines.order_key, lines.business_day

),

orders_judged as (

    select
        judged.order_key,
        judged.business_day,
        judged.platform,
        judged.shop_key,
        judged.order_day,
        judged.is_paid,
        judged.is_effective,
        judged.has_content_theme,
        {{ row_hash([
            'judged.shop_key', 'judged.order_day', 'judged.is_paid', 'judged.is_effective',
            'judged.has_content_theme', 'line_sets.line_set',
        ]) }} as facts
    from {{ ref('int_orders_counted') }} as judged
    inner join {{ ref('int_orders_recounted') }} as recounted on judged.order_key = recounted.order_key
    left join line_sets
        on
            judged.order_key = line_sets.order_key
            and judged.business_day = line_sets.business_day
    where judged.business_day <= {{ window_end() }}

),

orders_compared as (

    select
        orders_judged.*,
        lag(facts) over (partition by order_key order by business_day) as earlier_facts
    from orders_judged

),

{# Shipping, signing and the like judge an order anew and change nothing here: most rows go. #}
orders_changed as (

    select
        orders_compared.*,
        lead(business_day) over (partition by order_key order by business_day) as next_judged_day
    from orders_compared
    where facts is distinct from earlier_facts

),

days_of_change as (

    select order_key, business_day from orders_changed
    union
    select order_key, business_day from {{ ref('int_order_verdicts_known') }}
    union
    select order_key, until_day as business_day
    from {{ ref('int_order_verdicts_known') }}
    where until_day <= {{ window_end() }}

),

days_succeeding as (

    select
        order_key,
        business_day,
        lead(business_day) over (partition by order_key order by business_day) as next_day,
        lag(business_day) over (partition by order_key order by business_day) is null as is_first
    from days_of_change

),

{# A state matters to the window if it begins or ends in it. #}
states as (

    select
        days_succeeding.order_key,
        days_succeeding.business_day,
        days_succeeding.next_day,
        days_succeeding.is_first,
        orders_changed.business_day as judged_day,
        orders_changed.platform,
        orders_changed.shop_key,
        orders_changed.order_day,
        orders_changed.is_effective,
        orders_changed.has_content_theme
    from days_succeeding
    inner join orders_changed
        on
            days_succeeding.order_key = orders_changed.order_key
            and days_succeeding.business_day >= orders_changed.business_day
            and (
                orders_changed.next_judged_day is null
                or days_succeeding.business_day < orders_changed.next_judged_day
            )
    where
        orders_changed.is_paid
        and (
            {{ in_window('days_succeeding.business_day') }}
            or {{ in_window('days_succeeding.next_day') }}
        )

)

select * from states
