{# On the last day of the run, orders counted one by one give the mature figures of its shops. #}
{{ config(meta={"dagster": {"ref": {"name": "fct_ccr_mature"}}}) }}

with

orders_ranked as (

    select
        judged.*,
        row_number() over (
            partition by order_key order by business_day desc
        ) as recency
    from {{ ref('int_orders_counted') }} as judged
    where business_day <= {{ window_end() }}

),

orders_flagged as (

    select
        orders.order_key,
        orders.shop_key,
        orders.order_day,
        bool_or(coalesce(verdicts.is_valid, false)) as is_negative
    from orders_ranked as orders
    left join {{ ref('int_verdicts_in_force') }} as verdicts
        on
            orders.order_key = verdicts.order_key
            and verdicts.business_day <= {{ window_end() }}
            and (verdicts.until_day is null or verdicts.until_day > {{ window_end() }})
    where
        orders.recency = 1
        and orders.is_effective
    group by orders.order_key, orders.shop_key, orders.order_day

),

compared as (

    select
        mature.subject_id,
        mature.window_days,
        mature.den_effective,
        mature.num_effective,
        count(orders.order_key) as den_recounted,
        count(case when orders.is_negative then 1 end) as num_recounted
    from {{ ref('fct_ccr_mature') }} as mature
    left join orders_flagged as orders
        on
            mature.subject_id = orders.shop_key
            and orders.order_day between mature.window_start and mature.window_end
    where
        mature.business_day = {{ window_end() }}
        and mature.subject_type = 'shop'
        and mature.dimension = 'overall'
    group by mature.subject_id, mature.window_days, mature.den_effective, mature.num_effective

)

select * from compared
where
    den_effective <> den_recounted
    or num_effective <> num_recounted
