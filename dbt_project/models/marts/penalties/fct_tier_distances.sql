{#
    One row per shop and business day on which a rate policy is in force: the tier that costs something on
    which the shop would land if the day were an evaluation day, or else how many further negatives, of the
    orders it has, bring it to one. It is reached as penalty_rate_evaluations and penalty_rate_candidates
    reach it: every version that judges the window is asked, and the mildest outcome counts.
#}

with

judgings as (

    select *
    from {{ ref('penalty_rate_judgings') }}
    where {{ in_window('business_day') }}

),

tiers as (

    select *
    from {{ ref('penalty_tier_distances') }}
    where {{ in_window('business_day') }}

),

occurrences_before as (

    select
        judgings.business_day,
        judgings.shop_key,
        count(*) as occurrences
    from judgings
    inner join {{ ref('penalty_rate_evaluations') }} as earlier
        on
            judgings.shop_key = earlier.shop_key
            and earlier.is_occurrence
            and earlier.business_day < judgings.business_day
            and earlier.business_day > {{ days_after('judgings.business_day', -occurrence_days()) }}
    where judgings.is_of_last_day
    group by judgings.business_day, judgings.shop_key

),

occurrences_by_version as (

    select
        business_day,
        shop_key,
        policy_id,
        policy_version,
        min(negatives_until_met) as more
    from tiers
    where asks_for_numbers
    group by business_day, shop_key, policy_id, policy_version

),

{# From how many further negatives on the day is an occurrence itself: every version must say so. #}
occurrences_to_come as (

    select
        judgings.business_day,
        judgings.shop_key,
        max(versions.more) as more
    from judgings
    left join occurrences_by_version as versions
        on
            judgings.business_day = versions.business_day
            and judgings.shop_key = versions.shop_key
            and judgings.policy_id = versions.policy_id
            and judgings.policy_version = versions.policy_version
    group by judgings.business_day, judgings.shop_key
    having bool_and(versions.more is not null)

),

{# A tier that asks for one occurrence more than there were waits for the day to be one. #}
tiers_in_time as (

    select
        tiers.*,
        case
            when coalesce(before.occurrences, 0) < tiers.least_occurrences
                then greatest(tiers.negatives_until_met, to_come.more)
            else tiers.negatives_until_met
        end as more
    from tiers
    left join occurrences_before as before
        on
            tiers.business_day = before.business_day
            and tiers.shop_key = before.shop_key
    left join occurrences_to_come as to_come
        on
            tiers.business_day = to_come.business_day
            and tiers.shop_key = to_come.shop_key
    where
        tiers.least_occurrences is null
        or coalesce(before.occurrences, 0) + case when to_come.more is null then 0 else 1 end
        >= tiers.least_occurrences

),

nearest_by_version as (

    select
        business_day,
        shop_key,
        policy_id,
        policy_version,
        min(more) as more
    from tiers_in_time
    group by business_day, shop_key, policy_id, policy_version

),

{# The nearest tier of the version that is slowest to have one. #}
nearest as (

    select
        judgings.business_day,
        judgings.shop_key,
        max(versions.more) as more
    from judgings
    left join nearest_by_version as versions
        on
            judgings.business_day = versions.business_day
            and judgings.shop_key = versions.shop_key
            and judgings.policy_id = versions.policy_id
            and judgings.policy_version = versions.policy_version
    group by judgings.business_day, judgings.shop_key
    having bool_and(versions.more is not null)

),

{# The first tier of each version, and of these the mildest: as the candidates are chosen. #}
tiers_met as (

    select
        tiers.*,
        nearest.more as until_met,
        row_number() over (
            partition by tiers.business_day, tiers.shop_key, tiers.policy_id, tiers.policy_version
            order by tiers.tier_rank, tiers.rule_id
        ) as turn
    from nearest
    inner join tiers_in_time as tiers
        on
            nearest.business_day = tiers.business_day
            and nearest.shop_key = tiers.shop_key
            and nearest.more >= tiers.more

),

outcomes as (

    select
        *,
        row_number() over (
            partition by business_day, shop_key
            order by severity, case when is_of_last_day then 0 else 1 end, policy_id, policy_version
        ) as preference
    from tiers_met
    where turn = 1

),

{# What keeps the shop off: the word of the last day's version, or else of another that judges too. #}
held_back as (

    select
        business_day,
        shop_key,
        held_back_by,
        row_number() over (
            partition by business_day, shop_key
            order by case when is_of_last_day then 0 else 1 end, policy_id, policy_version
        ) as turn
    from judgings
    where held_back_by is not null

),

distances as (

    select
        judgings.business_day,
        judgings.platform,
        judgings.shop_key,
        judgings.policy_id,
        judgings.policy_version,
        cast({{ days_through('judgings.window_start', 'judgings.business_day') }} as integer) as window_days,
        judgings.num_effective,
        judgings.den_effective,
        judgings.num_weighed,
        judgings.benchmark_rate,
        judgings.distinct_buyers,
        held_back.held_back_by,
        case when outcomes.until_met = 0 then outcomes.tier end as tier_met,
        case when outcomes.until_met > 0 then outcomes.tier end as next_tier,
        case when outcomes.until_met > 0 then outcomes.rule_id end as next_rule_id,
        case when outcomes.until_met > 0 then outcomes.until_met end as negatives_until_tier
    from judgings
    left join held_back
        on
            judgings.business_day = held_back.business_day
            and judgings.shop_key = held_back.shop_key
            and held_back.turn = 1
    left join outcomes
        on
            judgings.business_day = outcomes.business_day
            and judgings.shop_key = outcomes.shop_key
            and outcomes.preference = 1
    where judgings.is_of_last_day

)

select * from distances
