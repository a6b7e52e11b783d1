{# One row per platform and processed business day: what had been delivered by its end. #}

with

days_processed as (

    select
        platform,
        business_day,
        bool_or(source = 'orders' and status in ('present', 'empty')) as has_orders,
        min(first_landed_day) as first_landed_day
    from {{ ref('stg_deliveries') }}
    {# a folder of which nothing was ever landed, because all of it is refused, is no platform yet #}
    where first_landed_day is not null
    group by platform, business_day

),

days_seen as (

    select
        today.platform,
        today.business_day,
        today.has_orders,
        min(earlier.first_landed_day) as first_landed_day
        {%- for length in window_lengths() %},
        count(
            case
                when
                    earlier.has_orders
                    and earlier.business_day > {{ days_after('today.business_day', -length) }}
                    then 1
            end
        ) as days_with_orders_{{ length }}d
        {%- endfor %}
    from days_processed as today
    inner join days_processed as earlier
        on
            today.platform = earlier.platform
            and today.business_day >= earlier.business_day
    group by today.platform, today.business_day, today.has_orders

),

days_judged as (

    select
        days_seen.platform,
        days_seen.business_day,
        days_seen.has_orders,
        days_seen.first_landed_day
        {%- for length in window_lengths() %},
        days_seen.days_with_orders_{{ length }}d
        {%- endfor %},
        greatest(
            {{ days_through('days_seen.first_landed_day', 'days_seen.business_day') }}
            - count(earlier.business_day),
            0
        ) as unprocessed_days
    from days_seen
    left join days_processed as earlier
        on
            days_seen.platform = earlier.platform
            and earlier.business_day between days_seen.first_landed_day and days_seen.business_day
    group by
        days_seen.platform,
        days_seen.business_day,
        days_seen.has_orders,
        {%- for length in window_lengths() %}
        days_seen.days_with_orders_{{ length }}d,
        {%- endfor %}
        days_seen.first_landed_day

)

select * from days_judged
