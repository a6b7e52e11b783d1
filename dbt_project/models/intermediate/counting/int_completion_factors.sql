{#
    One row per platform, business day and age of an order day: how many negatives an order is expected to
    have by that age and by `maturity_days` later, from what the trailing order days of the platform were
    known to have by the end of the business day. Each day of age speaks for itself: the negatives that
    became known at that age over the orders that had come to it, so the youngest order days are heard too.
#}

{% set lag_days = maturity_days() %}
{% set window_ages = window_lengths() | max %}
{% set ages = window_ages + lag_days %}
{% set trailing_days = 56 %}
{% set least_order_days = 7 %}
{% set least_negatives = 20 %}

with

ages as (

    {{ ages_rows(ages) }}

),

increments as (

    select
        platform,
        order_day,
        greatest({{ days_through('order_day', 'business_day') }} - 1, 0) as age_days,
        sum(den_effective) as den,
        sum(num_effective_overall) as num,
        sum(abs(den_effective)) as moves
    from {{ ref('int_daily_counts') }}
    where
        subject_type = 'shop'
        and business_day <= {{ window_end() }}
        and order_day > {{ days_after(window_start(), -(ages + trailing_days)) }}
    group by platform, order_day, greatest({{ days_through('order_day', 'business_day') }} - 1, 0)

),

order_days as (

    select distinct
        platform,
        order_day
    from increments

),

known_by_age as (

    select
        order_days.platform,
        order_days.order_day,
        ages.age_days,
        cast(coalesce(increments.num, 0) as double) as num_new,
        cast(coalesce(increments.moves, 0) as double) as moves_new,
        cast(sum(coalesce(increments.num, 0)) over by_age as double) as num,
        cast(sum(coalesce(increments.den, 0)) over by_age as double) as den
    from order_days
    cross join ages
    left join increments
        on
            order_days.platform = increments.platform
            and order_days.order_day = increments.order_day
            and ages.age_days = increments.age_days
    window by_age as (
        partition by order_days.platform, order_days.order_day
        order by ages.age_days
        rows between unbounded preceding and current row
    )

),

{# What was known the day before is what came to the age; of the first day, what is known then. #}
arrivals as (

    select
        platform,
        order_day,
        age_days,
        num_new,
        moves_new,
        den,
        lag(den, 1, den) over by_age as den_before,
        num - lag(num, {{ lag_days }}) over by_age as num_gained
    from known_by_age
    window by_age as (partition by platform, order_day order by age_days)

),

{# Orders paid before the first landed day were never seen young. #}
pooled as (

    select
        platform_days.business_day,
        platform_days.platform,
        ages.age_days,
        count(arrivals.order_day) as order_days,
        sum(arrivals.num_new) as num_new,
        sum(arrivals.den) as den,
        sum(arrivals.den * arrivals.den) as den_squared,
        sum(arrivals.den) / sum(arrivals.den_before) as den_growth,
        sum(case when arrivals.age_days > 0 then arrivals.moves_new end) / sum(arrivals.den_before) as den_moves,
        sum(arrivals.num_gained * arrivals.num_gained) as gained_squared,
        sum(arrivals.num_gained * arrivals.den) as gained_by_den
    from {{ ref('int_platform_days') }} as platform_days
    cross join ages
    left join arrivals
        on
            platform_days.platform = arrivals.platform
            and ages.age_days = arrivals.age_days
            and arrivals.den > 0
            and arrivals.den_before > 0
            and arrivals.order_day >= platform_days.first_landed_day
            and arrivals.order_day <= {{ days_after('platform_days.business_day', '-ages.age_days') }}
            and arrivals.order_day
            > {{ days_after('platform_days.business_day', '-' ~ trailing_days ~ ' - ages.age_days') }}
    where {{ in_window('platform_days.business_day') }}
    group by platform_days.business_day, platform_days.platform, ages.age_days

),

{# An age that no order day has come to yet adds nothing: what it will add is unknown. #}
added as (

    select
        *,
        greatest(0, coalesce(num_new / den, 0)) as rate_new,
        greatest(0, coalesce(num_new / (den * den), 0)) as variance_new,
        coalesce(ln(den_growth), 0) as growth_new,
        coalesce(den_moves, 0) as moves_new
    from pooled

),

summed as (

    select
        *,
        {{ exact_sum('rate_new', 'by_age') }} as rate_known,
        {{ exact_sum('variance_new', 'by_age') }} as variance_known,
        {{ exact_sum('growth_new', 'by_age') }} as growth_known,
        {{ exact_sum('moves_new', 'by_age') }} as moves_known,
        min(case when age_days <= {{ 2 * lag_days }} then order_days end) over of_day
        >= {{ least_order_days }}
        and sum(num_new) over of_day >= {{ least_negatives }} as has_history
    from added
    window
        of_day as (partition by business_day, platform),
        by_age as (
            partition by business_day, platform
            order by age_days
            rows between unbounded preceding and current row
        )

),

matched as (

    select
        *,
        greatest(0, (lead(rate_known, {{ lag_days }}) over by_age) - rate_known) as rate_to_come,
        greatest(0, (lead(variance_known, {{ lag_days }}) over by_age) - variance_known) as variance_to_come,
        (lead(growth_known, {{ lag_days }}) over by_age) - growth_known as growth_to_come,
        greatest(0, (lead(moves_known, {{ lag_days }}) over by_age) - moves_known) as moves_to_come,
        rate_known - lag(rate_known, {{ lag_days }}) over by_age as rate_gained
    from summed
    window by_age as (partition by business_day, platform order by age_days)

),

{# How much more the order days differ than chance has them differ: their negatives come in clusters. #}
clustered as (

    select
        *,
        greatest(0, coalesce(
            {{ exact_sum(
                'gained_squared - 2 * rate_gained * gained_by_den + rate_gained * rate_gained * den_squared '
                ~ '- rate_gained * den', 'of_day'
            ) }}
            / nullif({{ exact_sum('rate_gained * rate_gained * den_squared', 'of_day') }}, 0), 0
        )) as clustering
    from matched
    window of_day as (partition by business_day, platform)

),

factors as (

    select
        business_day,
        platform,
        age_days,
        order_days,
        rate_known,
        rate_to_come,
        {{ ratio('rate_known', '(rate_known + rate_to_come)') }} as completion,
        sqrt(variance_known + clustering * rate_known * rate_known * den_squared / (den * den))
            as rate_known_sd,
        sqrt(variance_to_come + clustering * rate_to_come * rate_to_come * den_squared / (den * den))
            as rate_to_come_sd,
        clustering,
        exp(growth_to_come) as den_growth,
        moves_to_come as den_moves
    from clustered
    where
        age_days < {{ window_ages }}
        and has_history

)

select * from factors
