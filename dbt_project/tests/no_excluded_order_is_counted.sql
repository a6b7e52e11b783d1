{# Whatever became a negative was effective as known that day, and whatever is excluded is none (I4). #}
{{ config(meta={"dagster": {"ref": {"name": "fct_negative_orders"}}}) }}

with

excluded_days as (

    select
        order_key,
        business_day
    from {{ ref('int_orders_counted') }}
    where
        not is_effective
        and {{ in_window('business_day') }}

),

excluded_and_counted as (

    select
        excluded_days.order_key,
        excluded_days.business_day
    from excluded_days
    inner join {{ ref('fct_negative_orders') }} as negatives
        on
            excluded_days.order_key = negatives.order_key
            and negatives.business_day <= excluded_days.business_day
    where negatives.dimension = 'overall'
    group by excluded_days.order_key, excluded_days.business_day
    having sum(negatives.change) <> 0

),

states_ranked as (

    select
        negatives.order_key,
        negatives.business_day,
        judged.is_effective,
        row_number() over (
            partition by negatives.order_key, negatives.business_day order by judged.business_day desc
        ) as recency
    from {{ ref('fct_negative_orders') }} as negatives
    inner join {{ ref('int_orders_counted') }} as judged
        on
            negatives.order_key = judged.order_key
            and judged.business_day <= negatives.business_day
    where
        negatives.dimension = 'overall'
        and negatives.change = 1
        and {{ in_window('negatives.business_day') }}

),

counted_though_excluded as (

    select
        order_key,
        business_day
    from states_ranked
    where
        recency = 1
        and not is_effective

)

select * from excluded_and_counted
union all
select * from counted_though_excluded
