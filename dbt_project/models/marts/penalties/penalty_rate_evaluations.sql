{#
    One row per shop and evaluation day of the rate policy in force: whether the shop may be held
    against the ladder, what keeps it from being, and whether the day is an occurrence.
    An occurrence is a day on which a shop that may be held meets a tier that costs money, its
    earlier occurrences left aside.
#}

with

scores as (

    select
        policies.business_day,
        policies.platform,
        scores.subject_id as shop_key,
        policies.policy_id,
        policies.policy_version,
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
        policies.metric_rate = 'adjusted' and scores.adjustment_status <> 'ok' as lacks_adjustment,
        policies.min_orders,
        policies.min_distinct_buyers
    from {{ ref('int_policies_in_force') }} as policies
    inner join {{ ref('fct_ccr') }} as scores
        on
            policies.business_day = scores.business_day
            and policies.platform = scores.platform
            and policies.window_days = scores.window_days
    where
        policies.kind = 'rate'
        and {{ in_window('policies.business_day') }}
        and {{ iso_weekday('policies.business_day') }} = policies.evaluation_weekday
        and scores.subject_type = 'shop'
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
        scores.business_day,
        scores.shop_key,
        guards.guard_no,
        scores.den_effective < guards.den_lt and scores.num_effective <= guards.num_le as is_guarded,
        row_number() over (
            partition by scores.business_day, scores.shop_key order by guards.guard_no
        ) as turn
    from scores
    inner join {{ ref('dim_shops') }} as dim_shops on scores.shop_key = dim_shops.shop_key
    inner join {{ source('policies', 'small_n_guards') }} as guards
        on
            scores.policy_id = guards.policy_id
            and scores.policy_version = guards.version
            and (guards.shop_type is null or guards.shop_type = dim_shops.shop_type)

),

held as (

    select
        scores.*,
        {{ ratio('scores.rate', 'scores.benchmark_rate') }} as ratio_to_benchmark,
        {{ ratio('scores.ci_low', 'scores.benchmark_rate') }} as ratio_to_benchmark_low,
        cast(coalesce(buyers.distinct_buyers, 0) as bigint) as distinct_buyers,
        case
            when scores.status <> 'ok' then scores.status
            when scores.den_effective < scores.min_orders then 'insufficient'
            when coalesce(buyers.distinct_buyers, 0) < scores.min_distinct_buyers then 'few_buyers'
            when guards_fitting.is_guarded then 'small_n'
            when scores.lacks_adjustment then 'no_adjustment'
        end as held_back_by
    from scores
    left join buyers
        on
            scores.business_day = buyers.business_day
            and scores.shop_key = buyers.shop_key
    left join guards_fitting
        on
            scores.business_day = guards_fitting.business_day
            and scores.shop_key = guards_fitting.shop_key
            and guards_fitting.turn = 1

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
    from held
    where held_back_by is null
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

tiers_met as (

    select
        measures.business_day,
        measures.shop_key,
        conditions.tier_rank
    from {{ source('policies', 'ladder_conditions') }} as conditions
    inner join measures
        on
            conditions.policy_id = measures.policy_id
            and conditions.version = measures.policy_version
            and conditions.measure = measures.measure
    where cast(conditions.severity as integer) >= 1
    group by measures.business_day, measures.shop_key, conditions.tier_rank
    having bool_and(coalesce(measures.measured >= conditions.at_least, false))

),

days_met as (

    select distinct
        business_day,
        shop_key
    from tiers_met

),

evaluations as (

    select
        held.business_day,
        held.platform,
        held.shop_key,
        held.policy_id,
        held.policy_version,
        held.window_start,
        held.num_effective,
        held.den_effective,
        cast(held.num_weighed as double) as num_weighed,
        held.rate,
        held.ci_low,
        held.ci_high,
        held.benchmark_rate,
        held.benchmark_level,
        held.ratio_to_benchmark,
        held.ratio_to_benchmark_low,
        held.status,
        held.distinct_buyers,
        held.held_back_by,
        days_met.shop_key is not null as is_occurrence
    from held
    left join days_met
        on
            held.business_day = days_met.business_day
            and held.shop_key = days_met.shop_key

)

select * from evaluations
