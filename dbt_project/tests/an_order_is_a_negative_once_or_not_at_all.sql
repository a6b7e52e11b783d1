{# Summed up to any day, an order is one negative of a dimension or none (I2). #}
{{ config(meta={"dagster": {"ref": {"name": "fct_negative_orders"}}}) }}

with

changes_by_day as (

    select
        order_key,
        dimension,
        business_day,
        sum(change) as change
    from {{ ref('fct_negative_orders') }}
    where business_day <= {{ window_end() }}
    group by order_key, dimension, business_day

),

summed as (

    select
        order_key,
        dimension,
        business_day,
        sum(change) over (
            partition by order_key, dimension
            order by business_day
            rows between unbounded preceding and current row
        ) as negatives
    from changes_by_day

)

select * from summed
where
    negatives not between 0 and 1
    and {{ in_window('business_day') }}
