{#
    One row per business day, subject, length of window and dimension: the rate of the window that ended
    `maturity_days` before, as known by the end of the business day, beside what was published when
    that window ended. Nothing published is rewritten: both figures stay, and their difference.
#}

{% set lag_days = maturity_days() %}

with

dimensions as (

    {{ dimensions_rows() }}

),

{{ trailing_counts(lag_days, ['shop', 'product']) }},

subjects as (

    select * from subjects_counted
    union all
    select
        business_day,
        platform,
        'platform' as subject_type,
        platform as subject_id,
        window_days,
        {{ summed_counts() }}
    from subjects_counted
    where subject_type = 'shop'
    group by business_day, platform, window_days

),

matured as (

    select
        subjects.business_day,
        subjects.platform,
        subjects.subject_type,
        subjects.subject_id,
        subjects.window_days,
        dimensions.dimension,
        {{ days_after('subjects.business_day', -lag_days) }} as window_end,
        subjects.den_effective,
        {{ of_dimension('num_effective', 'subjects') }} as num_effective
    from subjects
    cross join dimensions

),

compared as (

    select
        matured.*,
        {# A subject that a published day does not name had no order that was known then. #}
        case when days_then.business_day is not null then coalesce(published.den_effective, 0) end
            as den_published,
        case when days_then.business_day is not null then coalesce(published.num_effective, 0) end
            as num_published,
        published.rate as rate_published,
        published.status as status_published,
        days_now.unprocessed_days,
        case matured.window_days
            {%- for length in window_lengths() %}
            when {{ length }} then days_then.days_with_orders_{{ length }}d
            {%- endfor %}
        end as days_with_orders,
        policies.min_orders,
        policies.policy_id,
        policies.policy_version
    from matured
    inner join {{ ref('int_platform_days') }} as days_now
        on
            matured.business_day = days_now.business_day
            and matured.platform = days_now.platform
    left join {{ ref('int_platform_days') }} as days_then
        on
            matured.window_end = days_then.business_day
            and matured.platform = days_then.platform
    left join {{ ref('fct_ccr') }} as published
        on
            matured.window_end = published.business_day
            and matured.platform = published.platform
            and matured.subject_type = published.subject_type
            and matured.subject_id = published.subject_id
            and matured.window_days = published.window_days
            and matured.dimension = published.dimension
    {# The rule of the window's last day, not of today. #}
    left join {{ ref('int_policies_in_force') }} as policies
        on
            matured.window_end = policies.business_day
            and matured.platform = policies.platform
            and policies.kind = 'rate'

),

rated as (

    select
        business_day,
        platform,
        subject_type,
        subject_id,
        window_days,
        dimension,
        cast({{ lag_days }} as integer) as maturity_days,
        {{ days_after('window_end', '1 - window_days') }} as window_start,
        window_end,
        den_effective,
        num_effective,
        {{ ratio('num_effective', 'den_effective') }} as rate,
        {{ wilson_low('num_effective', 'den_effective') }} as ci_low,
        {{ wilson_high('num_effective', 'den_effective') }} as ci_high,
        den_published,
        num_published,
        rate_published,
        den_effective - den_published as den_change,
        num_effective - num_published as num_change,
        {{ ratio('num_effective', 'den_effective') }} - rate_published as rate_change,
        case
            when den_effective = 0 then 'no_orders'
            when unprocessed_days > 0 or coalesce(days_with_orders, 0) < window_days then 'provisional'
            when min_orders is null or den_effective < min_orders then 'insufficient'
            else 'ok'
        end as status,
        status_published,
        policy_id,
        policy_version
    from compared

)

select * from rated
