{#
    On an evaluation day a shop has met the tier that its candidate has, if that costs anything, and is held back
    by what the evaluation says; and on no day has it met a tier while a version that judges it holds it back.
#}
{{ config(meta={"dagster": {"ref": {"name": "fct_tier_distances"}}}) }}

with

evaluated as (

    select
        evaluations.business_day,
        evaluations.shop_key,
        evaluations.held_back_by,
        candidates.tier
    from {{ ref('penalty_rate_evaluations') }} as evaluations
    left join {{ ref('penalty_rate_candidates') }} as candidates
        on
            evaluations.business_day = candidates.business_day
            and evaluations.shop_key = candidates.shop_key
            and candidates.severity >= 1
    where {{ in_window('evaluations.business_day') }}

),

distances as (

    select
        distances.business_day,
        distances.shop_key,
        distances.tier_met,
        distances.held_back_by,
        judgings.is_evaluation_day
    from {{ ref('fct_tier_distances') }} as distances
    inner join {{ ref('penalty_rate_judgings') }} as judgings
        on
            distances.business_day = judgings.business_day
            and distances.shop_key = judgings.shop_key
            and judgings.is_of_last_day
    where {{ in_window('distances.business_day') }}

)

select
    distances.business_day,
    distances.shop_key,
    distances.tier_met,
    distances.held_back_by
from distances
left join evaluated
    on
        distances.business_day = evaluated.business_day
        and distances.shop_key = evaluated.shop_key
where
    (distances.tier_met is not null and distances.held_back_by is not null)
    or (distances.is_evaluation_day and evaluated.shop_key is null)
    or (distances.is_evaluation_day and distances.tier_met is distinct from evaluated.tier)
    or (
        evaluated.held_back_by is not null
        and distances.held_back_by is distinct from evaluated.held_back_by
    )
