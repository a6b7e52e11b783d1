{#
    One row per evaluation day, shop and order that is a negative of the policy's window, as known
    by the end of that day: the numerator of a shop's evaluation, order by order.
#}

with

evaluation_days as (

    select
        business_day,
        platform,
        window_days
    from {{ ref('int_policies_in_force') }}
    where
        kind = 'rate'
        and {{ in_window('business_day') }}
        and {{ iso_weekday('business_day') }} = evaluation_weekday

),

changes_known as (

    select
        evaluation_days.business_day,
        negatives.platform,
        negatives.shop_key,
        negatives.order_key,
        negatives.order_day,
        negatives.buyer_key,
        negatives.change
    from evaluation_days
    inner join {{ ref('fct_negative_orders') }} as negatives
        on
            evaluation_days.platform = negatives.platform
            and negatives.business_day <= evaluation_days.business_day
            and negatives.order_day <= evaluation_days.business_day
            and negatives.order_day > {{ days_after(
                'evaluation_days.business_day', '-evaluation_days.window_days'
            ) }}
    where
        negatives.dimension = 'overall'
        and negatives.order_day > {{ days_after(window_start(), -(window_lengths() | max)) }}

),

evaluated as (

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

select * from evaluated
