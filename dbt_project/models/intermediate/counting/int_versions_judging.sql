{#
    One row per platform, processed business day and version of a rate policy that judges the window
    that ends on the day, with what the version asks of the numbers.
    A window that a change of versions falls into is judged as the version of its last day says:
    `lenient` asks every version that it touches, `full_window_only` lets nobody be held yet.
#}

with

rate_policies as (

    select *
    from {{ ref('int_policies_in_force') }}
    where kind = 'rate'

),

versions_touched as (

    select distinct
        days.business_day,
        days.platform,
        days.straddle,
        touched.policy_id,
        touched.policy_version,
        touched.policy_sha256,
        touched.mode,
        touched.enforced_from,
        touched.min_orders,
        touched.min_distinct_buyers,
        touched.prob_above_threshold as least_probability,
        days.policy_id = touched.policy_id
        and days.policy_version = touched.policy_version as is_of_last_day
    from rate_policies as days
    inner join rate_policies as touched
        on
            days.platform = touched.platform
            and touched.business_day <= days.business_day
            and touched.business_day > {{ days_after('days.business_day', '-days.window_days') }}

),

versions_counted as (

    select
        *,
        count(*) over (partition by business_day, platform) as version_count
    from versions_touched

),

versions_judging as (

    select
        business_day,
        platform,
        policy_id,
        policy_version,
        is_of_last_day,
        policy_sha256,
        mode,
        enforced_from,
        min_orders,
        min_distinct_buyers,
        least_probability,
        coalesce(version_count > 1 and straddle = 'full_window_only', false) as is_too_early
    from versions_counted
    where is_of_last_day or straddle = 'lenient'

)

select * from versions_judging
