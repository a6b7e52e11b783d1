{# On the last day of the run, orders counted one by one give the mature figures of its shops; of many, some each day. #}
{{ config(meta={"dagster": {"ref": {"name": "fct_ccr_mature"}}}) }}

with

{{ orders_recounted(window_lengths() | max + maturity_days()) }},

compared as (

    select
        mature.subject_id,
        mature.window_days,
        mature.den_effective,
        mature.num_effective,
        count(orders.order_key) as den_recounted,
        count(case when orders.has_valid then 1 end) as num_recounted
    from {{ ref('fct_ccr_mature') }} as mature
    inner join shops_recounted on mature.subject_id = shops_recounted.shop_key
    left join orders_flagged as orders
        on
            mature.subject_id = orders.shop_key
            and orders.is_effective
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
