{#
    CTEs `changes_known` and `negatives_in_windows`: for each day of a relation with platform and window_days
    the orders that are negatives of the window that ends on it, as known by its end.
#}
{% macro negatives_in_windows(days) -%}
changes_known as (

    select
        {{ days }}.business_day,
        negatives.platform,
        negatives.shop_key,
        negatives.order_key,
        negatives.order_day,
        negatives.buyer_key,
        negatives.change
    from {{ days }}
    inner join {{ ref('fct_negative_orders') }} as negatives
        on
            {{ days }}.platform = negatives.platform
            and negatives.business_day <= {{ days }}.business_day
            and negatives.order_day <= {{ days }}.business_day
            and negatives.order_day > {{ days_after(days ~ '.business_day', '-' ~ days ~ '.window_days') }}
    where
        negatives.dimension = 'overall'
        and negatives.order_day > {{ days_after(window_start(), -(window_lengths() | max)) }}

),

negatives_in_windows as (

    select
        business_day,
        platform,
        shop_key,
        order_key,
        order_day,
        max(buyer_key) as buyer_key
    from changes_known
    group by business_day, platform, shop_key, order_key, order_day
    having sum(change) > 0

)
{%- endmacro %}
