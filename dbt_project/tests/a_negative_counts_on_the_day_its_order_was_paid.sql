{# Whenever feedback arrives, it counts on the Shanghai day on which its order was paid (I1, I14). #}
{{ config(meta={"dagster": {"ref": {"name": "fct_negative_orders"}}}) }}

with

states_ranked as (

    select
        negatives.order_key,
        negatives.business_day,
        negatives.order_day,
        {{ shanghai_date('judged.paid_at') }} as paid_day,
        row_number() over (
            partition by negatives.order_key, negatives.business_day order by judged.business_day desc
        ) as recency
    from {{ ref('fct_negative_orders') }} as negatives
    inner join {{ ref('int_orders_judged') }} as judged
        on
            negatives.order_key = judged.order_key
            and judged.business_day <= negatives.business_day
    where
        negatives.dimension = 'overall'
        and negatives.change = 1
        and {{ in_window('negatives.business_day') }}

)

select * from states_ranked
where
    recency = 1
    and order_day is distinct from paid_day
