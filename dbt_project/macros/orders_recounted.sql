{#
    CTEs `shops_recounted` to `orders_flagged`: a bounded number of shops, other ones each day, and their orders as known
    on the run's last day, with what was said of each. Whoever adds up for all shops what these orders say, one
    by one, reads thirty days of all of them again; an error of counting shows at these, or at those of another day.
#}
{% macro orders_recounted(days) -%}
shops_recounted as (

    select shop_key
    from {{ ref('dim_shops') }}
    order by {{ row_hash(["shop_key", "cast(" ~ window_end() ~ " as string)"]) }}
    limit {{ var("shops_recounted") }}

),

orders_of_shops as (

    select distinct order_key
    from {{ ref('int_orders_judged') }}
    where
        business_day <= {{ window_end() }}
        and order_day > {{ days_after(window_end(), -days) }}
        and shop_key in (select shops_recounted.shop_key from shops_recounted)

),

orders_ranked as (

    select
        *,
        row_number() over (
            partition by order_key order by business_day desc
        ) as recency
    from {{ ref('int_orders_counted') }}
    where
        business_day <= {{ window_end() }}
        and order_key in (select orders_of_shops.order_key from orders_of_shops)

),

orders_flagged as (

    select
        orders.order_key,
        orders.platform,
        orders.shop_key,
        orders.order_day,
        orders.is_effective,
        bool_or(coalesce(verdicts.is_valid, false)) as has_valid,
        bool_or(coalesce(verdicts.is_real, false)) as has_real
    from orders_ranked as orders
    inner join shops_recounted on orders.shop_key = shops_recounted.shop_key
    left join {{ ref('int_verdicts_in_force') }} as verdicts
        on
            orders.order_key = verdicts.order_key
            and verdicts.business_day <= {{ window_end() }}
            and (verdicts.until_day is null or verdicts.until_day > {{ window_end() }})
    where
        orders.recency = 1
        and orders.is_paid
    group by orders.order_key, orders.platform, orders.shop_key, orders.order_day, orders.is_effective

)
{%- endmacro %}
