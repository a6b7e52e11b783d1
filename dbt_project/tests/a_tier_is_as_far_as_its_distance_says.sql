{#
    With its distance added a shop that has one lands on a tier that costs something, and with one negative less
    on none; a shop on a tier needs none more, and to one that has neither no negatives would bring a tier.
    Judged anew with every number tried, without solving for anything. (Plain rates: of an adjusted one the
    weights that its bound was made with are not kept.)
#}
{{ config(meta={"dagster": {"ref": {"name": "fct_tier_distances"}}}) }}

{% set bound = wilson_low('num_tried', 'den_effective') %}

with

trials as (

    {%- set room = 'den_effective - num_effective' %}
    {%- for more, is_expected, where in [
        ('0', 'true', 'tier_met is not null'),
        ('negatives_until_tier', 'true', 'next_tier is not null'),
        ('negatives_until_tier - 1', 'false', 'next_tier is not null'),
        (room, 'false', 'tier_met is null and next_tier is null'),
    ] %}
    select
        business_day,
        shop_key,
        {{ more }} as more,
        {{ is_expected }} as is_expected
    from {{ ref('fct_tier_distances') }}
    where
        {{ where }}
        and {{ in_window('business_day') }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

guards_fitting as (

    select
        shops.shop_key,
        guards.policy_id,
        guards.version,
        guards.den_lt,
        guards.num_le,
        row_number() over (
            partition by shops.shop_key, guards.policy_id, guards.version order by guards.guard_no
        ) as turn
    from {{ ref('dim_shops') }} as shops
    inner join {{ source('policies', 'small_n_guards') }} as guards
        on guards.shop_type is null or shops.shop_type = guards.shop_type

),

tried as (

    select
        trials.business_day,
        trials.shop_key,
        trials.more,
        trials.is_expected,
        judgings.policy_id,
        judgings.policy_version,
        judgings.num_effective + trials.more as num_tried,
        judgings.den_effective,
        judgings.benchmark_rate,
        judgings.status <> 'ok'
        or versions.is_too_early
        or judgings.den_effective < versions.min_orders
        or judgings.distinct_buyers + trials.more < coalesce(versions.min_distinct_buyers, 0)
        or coalesce(
            judgings.den_effective < guards.den_lt and judgings.num_effective + trials.more <= guards.num_le, false
        )
        or (
            versions.least_probability is not null
            and judgings.num_effective + trials.more
            < coalesce(probable.num_probable, judgings.den_effective + 1)
        ) as is_held_back
    from trials
    inner join {{ ref('penalty_rate_judgings') }} as judgings
        on
            trials.business_day = judgings.business_day
            and trials.shop_key = judgings.shop_key
    inner join {{ ref('int_versions_judging') }} as versions
        on
            judgings.business_day = versions.business_day
            and judgings.platform = versions.platform
            and judgings.policy_id = versions.policy_id
            and judgings.policy_version = versions.policy_version
    inner join {{ ref('int_policies_in_force') }} as policies
        on
            judgings.business_day = policies.business_day
            and judgings.platform = policies.platform
            and policies.kind = 'rate'
            and policies.metric_rate = 'plain'
    left join {{ source('scored', 'shop_scores') }} as probable
        on
            judgings.business_day = probable.business_day
            and judgings.platform = probable.platform
            and probable.subject_type = 'shop'
            and judgings.shop_key = probable.subject_id
            and policies.window_days = probable.window_days
    left join guards_fitting as guards
        on
            judgings.shop_key = guards.shop_key
            and judgings.policy_id = guards.policy_id
            and judgings.policy_version = guards.version
            and guards.turn = 1

),

tiers_tried as (

    select
        tried.business_day,
        tried.shop_key,
        tried.more,
        tried.policy_id,
        tried.policy_version,
        conditions.tier_rank,
        bool_or(conditions.measure <> 'occurrences_90d') as asks_for_numbers,
        coalesce(max(case when conditions.measure = 'occurrences_90d' then conditions.at_least end), 0)
            as least_occurrences
    from tried
    inner join {{ source('policies', 'ladder_conditions') }} as conditions
        on
            tried.policy_id = conditions.policy_id
            and tried.policy_version = conditions.version
    where
        cast(conditions.severity as integer) >= 1
        and not tried.is_held_back
    group by
        tried.business_day,
        tried.shop_key,
        tried.more,
        tried.policy_id,
        tried.policy_version,
        conditions.tier_rank
    having bool_and(coalesce(
        case conditions.measure
            when 'occurrences_90d' then conditions.at_least
            when 'num_effective' then tried.num_tried
            when 'rate' then {{ ratio('tried.num_tried', 'tried.den_effective') }}
            when 'ratio_to_benchmark'
                then {{ ratio(ratio('tried.num_tried', 'tried.den_effective'), 'tried.benchmark_rate') }}
            when 'ratio_to_benchmark_low' then {{ ratio(bound, 'tried.benchmark_rate') }}
        end >= conditions.at_least, false
    ))

),

versions_tried as (

    select
        tried.business_day,
        tried.shop_key,
        tried.more,
        tried.is_expected,
        tried.policy_id,
        tried.policy_version,
        tiers_tried.tier_rank,
        tiers_tried.least_occurrences,
        coalesce(tiers_tried.asks_for_numbers, false) as asks_for_numbers
    from tried
    left join tiers_tried
        on
            tried.business_day = tiers_tried.business_day
            and tried.shop_key = tiers_tried.shop_key
            and tried.more = tiers_tried.more
            and tried.policy_id = tiers_tried.policy_id
            and tried.policy_version = tiers_tried.policy_version

),

version_occurrences as (

    select
        business_day,
        shop_key,
        more,
        policy_id,
        policy_version,
        bool_or(asks_for_numbers) as is_occurrence
    from versions_tried
    group by business_day, shop_key, more, policy_id, policy_version

),

{# The occurrences before the day, and the day itself where every version makes it one. #}
occurrences as (

    select
        versions.business_day,
        versions.shop_key,
        versions.more,
        case when bool_and(versions.is_occurrence) then 1 else 0 end + (
            select count(*)
            from {{ ref('penalty_rate_evaluations') }} as earlier
            where
                versions.shop_key = earlier.shop_key
                and earlier.is_occurrence
                and earlier.business_day < versions.business_day
                and earlier.business_day > {{ days_after('versions.business_day', -occurrence_days()) }}
        ) as occurrences_90d
    from version_occurrences as versions
    group by versions.business_day, versions.shop_key, versions.more

),

versions_met as (

    select
        versions.business_day,
        versions.shop_key,
        versions.more,
        versions.is_expected,
        versions.policy_id,
        versions.policy_version,
        bool_or(
            versions.tier_rank is not null and versions.least_occurrences <= occurrences.occurrences_90d
        ) as is_met
    from versions_tried as versions
    inner join occurrences
        on
            versions.business_day = occurrences.business_day
            and versions.shop_key = occurrences.shop_key
            and versions.more = occurrences.more
    group by
        versions.business_day,
        versions.shop_key,
        versions.more,
        versions.is_expected,
        versions.policy_id,
        versions.policy_version

)

select
    business_day,
    shop_key,
    more,
    is_expected
from versions_met
group by business_day, shop_key, more, is_expected
having bool_and(is_met) <> is_expected
