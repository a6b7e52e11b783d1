{#
    One row per shop and evaluation day of the rate policy in force: whether the shop may be held
    against the ladder, what keeps it from being, and whether the day is an occurrence.
    An occurrence is a day on which a shop that may be held meets a tier that costs money, its
    earlier occurrences left aside.
#}

with

judgings as (

    select *
    from {{ ref('penalty_rate_judgings') }}
    where
        {{ in_window('business_day') }}
        and is_evaluation_day

),

measures as (

    {%- for measure in rate_measures() %}
    select
        business_day,
        shop_key,
        policy_id,
        policy_version,
        '{{ measure }}' as measure,
        cast({{ measure }} as double) as measured
    from judgings
    where held_back_by is null
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

tiers_met as (

    select
        measures.business_day,
        measures.shop_key,
        measures.policy_id,
        measures.policy_version,
        conditions.tier_rank
    from {{ source('policies', 'ladder_conditions') }} as conditions
    inner join measures
        on
            conditions.policy_id = measures.policy_id
            and conditions.version = measures.policy_version
            and conditions.measure = measures.measure
    where cast(conditions.severity as integer) >= 1
    group by
        measures.business_day,
        measures.shop_key,
        measures.policy_id,
        measures.policy_version,
        conditions.tier_rank
    having bool_and(coalesce(measures.measured >= conditions.at_least, false))

),

versions_met as (

    select distinct
        business_day,
        shop_key,
        policy_id,
        policy_version
    from tiers_met

),

{# Every version that judges the window must say so: the milder outcome counts. #}
days_met as (

    select
        judgings.business_day,
        judgings.shop_key
    from judgings
    left join versions_met
        on
            judgings.business_day = versions_met.business_day
            and judgings.shop_key = versions_met.shop_key
            and judgings.policy_id = versions_met.policy_id
            and judgings.policy_version = versions_met.policy_version
    group by judgings.business_day, judgings.shop_key
    having bool_and(versions_met.shop_key is not null)

),

evaluations as (

    select
        judgings.business_day,
        judgings.platform,
        judgings.shop_key,
        judgings.policy_id,
        judgings.policy_version,
        judgings.window_start,
        judgings.num_effective,
        judgings.den_effective,
        judgings.num_weighed,
        judgings.rate,
        judgings.ci_low,
        judgings.ci_high,
        judgings.benchmark_rate,
        judgings.benchmark_level,
        judgings.ratio_to_benchmark,
        judgings.ratio_to_benchmark_low,
        judgings.prob_above_threshold,
        judgings.status,
        judgings.distinct_buyers,
        judgings.held_back_by,
        days_met.shop_key is not null as is_occurrence
    from judgings
    left join days_met
        on
            judgings.business_day = days_met.business_day
            and judgings.shop_key = days_met.shop_key
    where judgings.is_of_last_day

)

select * from evaluations
