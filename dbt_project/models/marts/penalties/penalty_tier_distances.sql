{#
    One row per shop, processed business day, version that judges the shop's window and tier of its ladder
    that costs something: how many further negatives, of the orders the shop has, meet it. What the tier
    asks of earlier occurrences is left aside; a tier that no number of negatives meets has no row.
    Each measure grows with the numerator, so the smallest number is found by turning the measure round:
    the Wilson lower bound reaches t at the numerator n t + z sqrt(n t (1 - t)). What rounding may do to that
    is settled by asking the ladder's own arithmetic for the number beside it.
#}

{% set z = wilson_z() %}

with

judgings as (

    select
        judgings.*,
        judgings.den_effective - judgings.num_effective as most_more,
        {# The numerator whose lower bound is ci_low: an adjusted bound holds the doubt about the factor too. #}
        case
            when policies.metric_rate = 'adjusted'
                then
                    judgings.den_effective * judgings.ci_low
                    + {{ z }} * sqrt(judgings.den_effective * judgings.ci_low * (1 - judgings.ci_low))
            else judgings.num_effective
        end as num_low
    from {{ ref('penalty_rate_judgings') }} as judgings
    inner join {{ ref('int_policies_in_force') }} as policies
        on
            judgings.business_day = policies.business_day
            and judgings.platform = policies.platform
            and policies.kind = 'rate'
    where {{ in_window('judgings.business_day') }}

),

conditions as (

    select
        judgings.business_day,
        judgings.platform,
        judgings.shop_key,
        judgings.policy_id,
        judgings.policy_version,
        judgings.is_of_last_day,
        conditions.tier_rank,
        conditions.tier,
        conditions.rule_id,
        cast(conditions.severity as integer) as severity,
        conditions.measure,
        conditions.at_least,
        judgings.num_effective,
        judgings.den_effective,
        judgings.num_weighed,
        judgings.num_low,
        judgings.ci_low,
        judgings.benchmark_rate,
        judgings.negatives_until_held,
        judgings.most_more,
        case
            when conditions.measure in ('ratio_to_benchmark', 'ratio_to_benchmark_low')
                then conditions.at_least * judgings.benchmark_rate
            else conditions.at_least
        end as bar
    from judgings
    inner join {{ source('policies', 'ladder_conditions') }} as conditions
        on
            judgings.policy_id = conditions.policy_id
            and judgings.policy_version = conditions.version
    where
        judgings.negatives_until_held is not null
        and cast(conditions.severity as integer) >= 1

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
    where ceil(exactly) + {{ step }} <= most_more
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

{# However they are weighed, there are never more negatives than orders. #}
added as (

    select
        *,
        least(den_effective, num_weighed + more) as num_tried,
        least(den_effective, num_low + more) as num_low_tried
    from nearby

),

measured as (

    select
        *,
        case measure
            when 'num_effective' then num_effective + more
            when 'rate' then {{ ratio('num_tried', 'den_effective') }}
            when 'ratio_to_benchmark' then {{ ratio(ratio('num_tried', 'den_effective'), 'benchmark_rate') }}
            when 'ratio_to_benchmark_low'
                then
                    case
                        when more = 0 then {{ ratio('ci_low', 'benchmark_rate') }}
                        else {{ ratio(wilson_low('num_low_tried', 'den_effective'), 'benchmark_rate') }}
                    end
        end as measured
    from added

),

reached as (

    select
        business_day,
        shop_key,
        policy_id,
        policy_version,
        tier_rank,
        measure,
        min(more) as more
    from measured
    where measured >= at_least
    group by business_day, shop_key, policy_id, policy_version, tier_rank, measure

),

tiers as (

    select
        conditions.business_day,
        conditions.platform,
        conditions.shop_key,
        conditions.policy_id,
        conditions.policy_version,
        conditions.is_of_last_day,
        conditions.tier_rank,
        conditions.tier,
        conditions.rule_id,
        conditions.severity,
        max(case when conditions.measure = 'occurrences_90d' then conditions.at_least end) as least_occurrences,
        bool_or(conditions.measure <> 'occurrences_90d') as asks_for_numbers,
        cast(greatest(coalesce(max(reached.more), 0), max(conditions.negatives_until_held)) as bigint)
            as negatives_until_met,
        max(conditions.most_more) as most_more
    from conditions
    left join reached
        on
            conditions.business_day = reached.business_day
            and conditions.shop_key = reached.shop_key
            and conditions.policy_id = reached.policy_id
            and conditions.policy_version = reached.policy_version
            and conditions.tier_rank = reached.tier_rank
            and conditions.measure = reached.measure
    group by
        conditions.business_day,
        conditions.platform,
        conditions.shop_key,
        conditions.policy_id,
        conditions.policy_version,
        conditions.is_of_last_day,
        conditions.tier_rank,
        conditions.tier,
        conditions.rule_id,
        conditions.severity
    having bool_and(conditions.measure = 'occurrences_90d' or reached.more is not null)

),

distances as (

    select
        business_day,
        platform,
        shop_key,
        policy_id,
        policy_version,
        is_of_last_day,
        tier_rank,
        tier,
        rule_id,
        severity,
        least_occurrences,
        asks_for_numbers,
        negatives_until_met
    from tiers
    where negatives_until_met <= most_more

)

select * from distances
