{#
    With its distance added a shop that has one meets a tier that costs something, and with one negative less it
    meets none: counted with the ladder's own arithmetic, without solving for anything.
#}
{{ config(meta={"dagster": {"ref": {"name": "fct_tier_distances"}}}) }}

{% set bound = wilson_low('tried', 'den_effective') %}

with

trials as (

    {%- for less in [0, 1] %}
    select
        distances.*,
        {{ less }} as less,
        distances.num_effective + distances.negatives_until_tier - {{ less }} as tried
    from {{ ref('fct_tier_distances') }} as distances
    inner join {{ ref('int_policies_in_force') }} as policies
        on
            distances.business_day = policies.business_day
            and distances.platform = policies.platform
            and policies.kind = 'rate'
            and policies.metric_rate = 'plain'
    where
        distances.negatives_until_tier is not null
        and {{ in_window('distances.business_day') }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

guarded as (

    select
        trials.business_day,
        trials.shop_key,
        trials.less,
        guards.den_lt > trials.den_effective and trials.tried <= guards.num_le as is_guarded,
        row_number() over (
            partition by trials.business_day, trials.shop_key, trials.less order by guards.guard_no
        ) as turn
    from trials
    inner join {{ ref('dim_shops') }} as shops on trials.shop_key = shops.shop_key
    inner join {{ source('policies', 'small_n_guards') }} as guards
        on
            trials.policy_id = guards.policy_id
            and trials.policy_version = guards.version
            and (guards.shop_type is null or guards.shop_type = shops.shop_type)

),

held as (

    select
        trials.*,
        coalesce(guarded.is_guarded, false) or trials.tried < policies.min_distinct_buyers as is_held_back
    from trials
    inner join {{ ref('int_policies_in_force') }} as policies
        on
            trials.business_day = policies.business_day
            and trials.platform = policies.platform
            and policies.kind = 'rate'
    left join guarded
        on
            trials.business_day = guarded.business_day
            and trials.shop_key = guarded.shop_key
            and trials.less = guarded.less
            and guarded.turn = 1

),

tiers_met as (

    select
        held.business_day,
        held.shop_key,
        held.less,
        conditions.tier_rank,
        not bool_or(held.is_held_back)
        and bool_and(coalesce(
            case conditions.measure
                when 'num_effective' then held.tried
                when 'rate' then {{ ratio('held.tried', 'held.den_effective') }}
                when 'ratio_to_benchmark'
                    then {{ ratio(ratio('held.tried', 'held.den_effective'), 'held.benchmark_rate') }}
                when 'ratio_to_benchmark_low' then {{ ratio(bound, 'held.benchmark_rate') }}
            end >= conditions.at_least, false
        )) as is_met
    from held
    inner join {{ source('policies', 'ladder_conditions') }} as conditions
        on
            held.policy_id = conditions.policy_id
            and held.policy_version = conditions.version
    where cast(conditions.severity as integer) >= 1
    group by held.business_day, held.shop_key, held.less, conditions.tier_rank

),

shops_met as (

    select
        business_day,
        shop_key,
        less,
        bool_or(is_met) as is_met
    from tiers_met
    group by business_day, shop_key, less

)

select * from shops_met
where is_met <> (less = 0)
