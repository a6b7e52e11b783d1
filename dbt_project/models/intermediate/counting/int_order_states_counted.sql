{#
    One row per recounted order and day on which what it counts may change: a state lasts until the order counts
    otherwise or something is said of it, or no more. `is_first` marks the first of an order.
    Spark would work it out at every mention.
#}
{{ config(materialized='table' if target.type == 'spark' else 'ephemeral') }}

with

orders_changed as (

    select
        states.*,
        lead(states.business_day) over (
            partition by states.order_key order by states.business_day
        ) as next_state_day
    from {{ ref('int_order_states') }} as states
    inner join {{ ref('int_orders_recounted') }} as recounted on states.order_key = recounted.order_key
    where states.business_day <= {{ window_end() }}

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
        orders_changed.platform,
        orders_changed.shop_key,
        orders_changed.order_day,
        orders_changed.is_effective,
        orders_changed.has_content_theme,
        orders_changed.business_day as state_day
    from days_succeeding
    inner join orders_changed
        on
            days_succeeding.order_key = orders_changed.order_key
            and days_succeeding.business_day >= orders_changed.business_day
            and (
                orders_changed.next_state_day is null
                or days_succeeding.business_day < orders_changed.next_state_day
            )
    where
        orders_changed.is_paid
        and (
            {{ in_window('days_succeeding.business_day') }}
            or {{ in_window('days_succeeding.next_day') }}
        )

)

select * from states
