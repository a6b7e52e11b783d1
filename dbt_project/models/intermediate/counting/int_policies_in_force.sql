{#
    One row per platform, processed business day and kind of policy: the version in force.
    A platform's own policy goes before the one for any platform (`*`). Of rates the one for CCR is
    meant: policies of companion metrics are in the rule book and wait for their counts.
#}

with

days_processed as (

    select platform, business_day
    from {{ ref('int_platform_days') }}

),

versions_applying as (

    select
        days_processed.business_day,
        days_processed.platform,
        versions.kind,
        versions.metric_id,
        versions.policy_id,
        versions.version as policy_version,
        versions.sha256 as policy_sha256,
        versions.rule_family,
        versions.mode,
        versions.enforced_from,
        versions.window_days,
        versions.straddle,
        versions.metric_rate,
        versions.min_orders,
        versions.min_distinct_buyers,
        versions.prob_above_threshold,
        versions.cooldown_days,
        versions.evaluation_weekday,
        row_number() over (
            partition by
                days_processed.platform, days_processed.business_day, versions.kind, versions.metric_id
            order by
                case when versions.platform = '*' then 1 else 0 end,
                versions.effective_from desc,
                versions.policy_id,
                versions.version desc
        ) as preference
    from days_processed
    inner join {{ source('policies', 'policy_versions') }} as versions
        on
            versions.platform in (days_processed.platform, '*')
            and days_processed.business_day >= versions.effective_from
            and (versions.effective_to is null or days_processed.business_day < versions.effective_to)
    where versions.kind <> 'rate' or versions.metric_id = 'ccr_rate'

),

in_force as (

    select
        business_day,
        platform,
        kind,
        metric_id,
        policy_id,
        policy_version,
        policy_sha256,
        rule_family,
        mode,
        enforced_from,
        window_days,
        straddle,
        metric_rate,
        min_orders,
        min_distinct_buyers,
        prob_above_threshold,
        cooldown_days,
        evaluation_weekday
    from versions_applying
    where preference = 1

)

select * from in_force
