{#
    Additive counts, sweeps and sums say of a shop what counting its orders one by one says, for the
    last day of the run: the paid day decides the window (I1), an excluded order never counts (I4).
    Of many shops, some each day.
#}
{{ config(meta={"dagster": {"ref": {"name": "fct_ccr"}}}) }}

with

{{ orders_recounted(window_lengths() | max) }},

window_lengths as (

    {{ window_lengths_rows() }}

),

recounted as (

    select
        orders.shop_key,
        window_lengths.window_days,
        count(*) as den_real,
        sum(case when orders.has_real then 1 else 0 end) as num_real,
        sum(case when orders.is_effective then 1 else 0 end) as den_effective,
        sum(case when orders.is_effective and orders.has_valid then 1 else 0 end) as num_effective
    from orders_flagged as orders
    inner join {{ ref('int_platform_days') }} as platform_days
        on
            orders.platform = platform_days.platform
            and platform_days.business_day = {{ window_end() }}
    cross join window_lengths
    where
        orders.order_day <= {{ window_end() }}
        and orders.order_day > {{ days_after(window_end(), '-window_lengths.window_days') }}
    group by orders.shop_key, window_lengths.window_days

),

scored as (

    select
        subject_id as shop_key,
        window_days,
        den_real,
        num_real,
        den_effective,
        num_effective
    from {{ ref('fct_ccr') }}
    where
        business_day = {{ window_end() }}
        and subject_type = 'shop'
        and dimension = 'overall'
        and den_real > 0
        and subject_id in (select shops_recounted.shop_key from shops_recounted)

),

differing as (

    (select * from recounted except select * from scored)
    union all
    (select * from scored except select * from recounted)

)

select * from differing
