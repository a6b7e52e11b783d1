{#
    One row per evaluation day, shop with a score and version that judges the shop's window: the shop's
    numbers, whether that version would hold them against its ladder, and what keeps it from doing so.
    Whatever the version, the numbers are those of the version in force on the window's last day.
    A window that a change of versions falls into is judged as the version of its last day says:
    `lenient` asks every version that it touches, `full_window_only` lets nobody be held yet.
#}

with

evaluation_days as (

    select *
    from {{ ref('int_policies_in_force') }}
    where
        kind = 'rate'
        and {{ in_window('business_day') }}
        and {{ iso_weekday('business_day') }} = evaluation_weekday

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
    from evaluation_days as days
    inner join {{ ref('int_policies_in_force') }} as touched
        on
            days.platform = touched.platform
            and touched.kind = 'rate'
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
        *,
        version_count > 1 and straddle = 'full_window_only' as is_too_early
    from versions_counted
    where is_of_last_day or straddle = 'lenient'

),

scores as (

    select
        policies.business_day,
        policies.platform,
        scores.subject_id as shop_key,
        scores.window_start,
        scores.num_effective,
        scores.den_effective,
        {# The policy says which rate counts. #}
        case when policies.metric_rate = 'adjusted' then scores.num_adjusted else scores.num_effective end
            as num_weighed,
        {%- for column in ['rate', 'ci_low', 'ci_high', 'benchmark_rate'] %}
        case when policies.metric_rate = 'adjusted' then scores.{{ column }}_adjusted else scores.{{ column }} end
            as {{ column }},
        {%- endfor %}
        scores.benchmark_level,
        scores.status,
        scores.prob_above_threshold,
        policies.metric_rate = 'adjusted' and scores.adjustment_status <> 'ok' as lacks_adjustment
    from evaluation_days as policies
    inner join {{ ref('fct_ccr') }} as scores
        on
            policies.business_day = scores.business_day
            and policies.platform = scores.platform
            and policies.window_days = scores.window_days
    where
        scores.subject_type = 'shop'
        and scores.dimension = 'overall'

),

buyers as (

    select
        business_day,
        shop_key,
        count(distinct buyer_key) as distinct_buyers
    from {{ ref('penalty_evaluated_orders') }}
    where {{ in_window('business_day') }}
    group by business_day, shop_key

),

{# Of the guards, the first that fits the shop's type speaks, and no other. #}
guards_fitting as (

    select
        dim_shops.shop_key,
        guards.policy_id,
        guards.version,
        guards.den_lt,
        guards.num_le,
        row_number() over (
            partition by dim_shops.shop_key, guards.policy_id, guards.version order by guards.guard_no
        ) as turn
    from {{ ref('dim_shops') }} as dim_shops
    inner join {{ source('policies', 'small_n_guards') }} as guards
        on guards.shop_type is null or dim_shops.shop_type = guards.shop_type

),

judgings as (

    select
        scores.business_day,
        scores.platform,
        scores.shop_key,
        versions.policy_id,
        versions.policy_version,
        versions.is_of_last_day,
        versions.policy_sha256,
        {{ candidate_mode('versions.mode', 'versions.enforced_from', 'scores.business_day') }} as mode,
        scores.window_start,
        scores.num_effective,
        scores.den_effective,
        cast(scores.num_weighed as double) as num_weighed,
        scores.rate,
        scores.ci_low,
        scores.ci_high,
        scores.benchmark_rate,
        scores.benchmark_level,
        {{ ratio('scores.rate', 'scores.benchmark_rate') }} as ratio_to_benchmark,
        {{ ratio('scores.ci_low', 'scores.benchmark_rate') }} as ratio_to_benchmark_low,
        scores.prob_above_threshold,
        scores.status,
        cast(coalesce(buyers.distinct_buyers, 0) as bigint) as distinct_buyers,
        case
            when scores.status <> 'ok' then scores.status
            when versions.is_too_early then 'straddles'
            when scores.den_effective < versions.min_orders then 'insufficient'
            when coalesce(buyers.distinct_buyers, 0) < versions.min_distinct_buyers then 'few_buyers'
            when
                scores.den_effective < guards_fitting.den_lt
                and scores.num_effective <= guards_fitting.num_le
                then 'small_n'
            when scores.lacks_adjustment then 'no_adjustment'
            {# Where the policy asks for no probability, the comparison is unknown and holds nobody back. #}
            when coalesce(scores.prob_above_threshold, 0) < versions.least_probability then 'improbable'
        end as held_back_by
    from scores
    inner join versions_judging as versions
        on
            scores.business_day = versions.business_day
            and scores.platform = versions.platform
    left join buyers
        on
            scores.business_day = buyers.business_day
            and scores.shop_key = buyers.shop_key
    left join guards_fitting
        on
            scores.shop_key = guards_fitting.shop_key
            and versions.policy_id = guards_fitting.policy_id
            and versions.policy_version = guards_fitting.version
            and guards_fitting.turn = 1

)

select * from judgings
