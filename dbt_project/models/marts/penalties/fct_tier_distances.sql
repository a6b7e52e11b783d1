{#
    One row per shop and business day on which a rate policy is in force: how many further negatives, of the
    orders it has, bring it to the first tier of the ladder that costs something.
    Each measure grows with the numerator, so the smallest number is found by turning the measure round:
    the Wilson lower bound reaches t at the numerator n t + z sqrt(n t (1 - t)). What rounding may do to that
    is settled by asking the ladder's own arithmetic for the number beside it.
#}

{% set z = wilson_z() %}

with

scores as (

    select
        scores.business_day,
        scores.platform,
        scores.subject_id as shop_key,
        policies.policy_id,
        policies.policy_version,
        policies.window_days,
        scores.num_effective,
        scores.den_effective,
        cast(
            case when policies.metric_rate = 'adjusted' then scores.num_adjusted else scores.num_effective end
            as double
        ) as num_weighed,
        {# The numerator whose lower bound is ci_low_adjusted: that bound holds the doubt about the factor too. #}
        case
            when policies.metric_rate = 'adjusted'
                then
                    scores.den_effective * scores.ci_low_adjusted
                    + {{ z }} * sqrt(
                        scores.den_effective * scores.ci_low_adjusted * (1 - scores.ci_low_adjusted)
                    )
            else scores.num_effective
        end as num_low,
        case
            when policies.metric_rate = 'adjusted' then scores.benchmark_rate_adjusted else scores.benchmark_rate
        end as benchmark_rate,
        case
            when scores.status <> 'ok' then scores.status
            when policies.metric_rate = 'adjusted' and scores.adjustment_status <> 'ok' then 'no_adjustment'
            else 'ok'
        end as status,
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
        and scores.subject_type = 'shop'
        and scores.dimension = 'overall'

),

{# Of the guards, the first that fits the shop's type speaks, and no other. #}
guards_fitting as (

    select
        scores.business_day,
        scores.shop_key,
        case when scores.den_effective < guards.den_lt then guards.num_le + 1 end as least_negatives,
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

{# At least as many as there must be buyers, each with a negative of its own, and more than a guard lets pass. #}
judged as (

    select
        scores.*,
        greatest(
            0,
            coalesce(scores.min_distinct_buyers, 0) - scores.num_effective,
            coalesce(guards_fitting.least_negatives, 0) - scores.num_effective
        ) as least_more
    from scores
    left join guards_fitting
        on
            scores.business_day = guards_fitting.business_day
            and scores.shop_key = guards_fitting.shop_key
            and guards_fitting.turn = 1
    where scores.status = 'ok'

),

conditions as (

    select
        judged.business_day,
        judged.shop_key,
        conditions.tier_rank,
        conditions.tier,
        conditions.rule_id,
        conditions.measure,
        conditions.at_least,
        judged.num_effective,
        judged.den_effective,
        judged.num_weighed,
        judged.num_low,
        judged.benchmark_rate,
        judged.least_more,
        case
            when conditions.measure in ('ratio_to_benchmark', 'ratio_to_benchmark_low')
                then conditions.at_least * judged.benchmark_rate
            else conditions.at_least
        end as bar
    from judged
    inner join {{ source('policies', 'ladder_conditions') }} as conditions
        on
            judged.policy_id = conditions.policy_id
            and judged.policy_version = conditions.version
    where cast(conditions.severity as integer) >= 1

),

turned_round as (

    select
        *,
        case measure
            when 'num_effective' then bar - num_effective
            when 'rate' then den_effective * bar - num_weighed
            when 'ratio_to_benchmark' then den_effective * bar - num_weighed
            when 'ratio_to_benchmark_low'
                then
                    case
                        when bar < 1
                            then den_effective * bar + {{ z }} * sqrt(den_effective * bar * (1 - bar)) - num_low
                    end
        end as exactly
    from conditions

),

nearby as (

    {%- for step in [-1, 0, 1] %}
    select
        *,
        greatest(0, ceil(exactly) + {{ step }}) as more
    from turned_round
    where ceil(exactly) + {{ step }} <= den_effective - num_effective
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

measured as (

    select
        *,
        case measure
            when 'num_effective' then num_effective + more
            when 'rate' then {{ ratio('(num_weighed + more)', 'den_effective') }}
            when 'ratio_to_benchmark'
                then {{ ratio(ratio('(num_weighed + more)', 'den_effective'), 'benchmark_rate') }}
            when 'ratio_to_benchmark_low'
                then {{ ratio(wilson_low('(num_low + more)', 'den_effective'), 'benchmark_rate') }}
        end as measured
    from nearby

),

reached as (

    select
        business_day,
        shop_key,
        tier_rank,
        rule_id,
        measure,
        min(more) as more
    from measured
    where measured >= at_least
    group by business_day, shop_key, tier_rank, rule_id, measure

),

{# A tier asks for all its conditions. One that further negatives alone do not meet is out of reach. #}
tiers as (

    select
        conditions.business_day,
        conditions.shop_key,
        conditions.tier_rank,
        conditions.tier,
        conditions.rule_id,
        cast(greatest(max(reached.more), max(conditions.least_more)) as bigint) as more
    from conditions
    left join reached
        on
            conditions.business_day = reached.business_day
            and conditions.shop_key = reached.shop_key
            and conditions.tier_rank = reached.tier_rank
            and conditions.rule_id = reached.rule_id
            and conditions.measure = reached.measure
    group by
        conditions.business_day,
        conditions.shop_key,
        conditions.tier_rank,
        conditions.tier,
        conditions.rule_id
    having
        bool_and(reached.more is not null)
        and greatest(max(reached.more), max(conditions.least_more))
        <= max(conditions.den_effective - conditions.num_effective)

),

{# The nearest; of equally near ones, the one the ladder asks first. #}
tiers_ranked as (

    select
        *,
        row_number() over (
            partition by business_day, shop_key order by more, tier_rank, rule_id
        ) as turn
    from tiers

),

distances as (

    select
        scores.business_day,
        scores.platform,
        scores.shop_key,
        scores.policy_id,
        scores.policy_version,
        scores.window_days,
        scores.num_effective,
        scores.den_effective,
        scores.num_weighed,
        scores.benchmark_rate,
        scores.status,
        case when tiers_ranked.more = 0 then tiers_ranked.tier end as tier_met,
        case when tiers_ranked.more > 0 then tiers_ranked.tier end as next_tier,
        case when tiers_ranked.more > 0 then tiers_ranked.rule_id end as next_rule_id,
        case when tiers_ranked.more > 0 then tiers_ranked.more end as negatives_until_tier
    from scores
    left join tiers_ranked
        on
            scores.business_day = tiers_ranked.business_day
            and scores.shop_key = tiers_ranked.shop_key
            and tiers_ranked.turn = 1

)

select * from distances
