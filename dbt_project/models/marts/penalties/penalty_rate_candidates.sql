{#
    One row per shop, rate policy and evaluation day on which the shop meets a tier of the ladder:
    the first that matches, with every number used. Nothing is decided here.
#}

{% set occurrence_days = 90 %}

with

evaluations as (

    select evaluations.*
    from {{ ref('penalty_rate_evaluations') }} as evaluations
    where
        {{ in_window('evaluations.business_day') }}
        and evaluations.held_back_by is null

),

occurrences as (

    select
        evaluations.business_day,
        evaluations.shop_key,
        count(*) as occurrences_90d
    from evaluations
    inner join {{ ref('penalty_rate_evaluations') }} as earlier
        on
            evaluations.shop_key = earlier.shop_key
            and earlier.is_occurrence
            and earlier.business_day <= evaluations.business_day
            and earlier.business_day > {{ days_after('evaluations.business_day', -occurrence_days) }}
    group by evaluations.business_day, evaluations.shop_key

),

measured as (

    select
        evaluations.*,
        coalesce(occurrences.occurrences_90d, 0) as occurrences_90d
    from evaluations
    left join occurrences
        on
            evaluations.business_day = occurrences.business_day
            and evaluations.shop_key = occurrences.shop_key

),

measures as (

    {%- for measure in rate_measures() + ["occurrences_90d"] %}
    select
        business_day,
        shop_key,
        policy_id,
        policy_version,
        '{{ measure }}' as measure,
        cast({{ measure }} as double) as measured
    from measured
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

{# A measure that is unknown, or that no score has, meets no condition. #}
tiers_met as (

    select
        subjects.business_day,
        subjects.shop_key,
        conditions.tier_rank,
        conditions.tier,
        conditions.rule_id,
        cast(conditions.severity as integer) as severity,
        bool_or(conditions.human_review) as human_review
    from measured as subjects
    inner join {{ source('policies', 'ladder_conditions') }} as conditions
        on
            subjects.policy_id = conditions.policy_id
            and subjects.policy_version = conditions.version
    left join measures
        on
            subjects.business_day = measures.business_day
            and subjects.shop_key = measures.shop_key
            and conditions.measure = measures.measure
    group by
        subjects.business_day,
        subjects.shop_key,
        conditions.tier_rank,
        conditions.tier,
        conditions.rule_id,
        conditions.severity
    having bool_and(coalesce(measures.measured >= conditions.at_least, false))

),

tiers_ranked as (

    select
        tiers_met.*,
        row_number() over (
            partition by business_day, shop_key order by tier_rank, rule_id
        ) as turn
    from tiers_met

),

issues as (

    select
        orders.business_day,
        orders.shop_key,
        {{ union_of('verdicts.issue_codes') }} as issue_codes
    from {{ ref('penalty_evaluated_orders') }} as orders
    inner join {{ ref('int_verdicts_in_force') }} as verdicts
        on
            orders.order_key = verdicts.order_key
            and verdicts.is_valid
            and verdicts.business_day <= orders.business_day
            and (verdicts.until_day is null or orders.business_day < verdicts.until_day)
    where {{ in_window('orders.business_day') }}
    group by orders.business_day, orders.shop_key

),

candidates as (

    select
        measured.business_day,
        measured.platform,
        measured.policy_id,
        measured.policy_version,
        policies.policy_sha256,
        policies.rule_family,
        tiers.rule_id,
        tiers.tier,
        tiers.severity,
        {{ candidate_mode('policies.mode', 'policies.enforced_from', 'measured.business_day') }} as mode,
        'shop' as subject_type,
        measured.shop_key as subject_id,
        measured.shop_key,
        {{ iso_week('measured.business_day') }} as period_key,
        measured.window_start as period_start,
        measured.business_day as period_end,
        measured.num_effective,
        measured.den_effective,
        measured.num_weighed,
        measured.rate,
        measured.ci_low,
        measured.ci_high,
        measured.benchmark_rate,
        measured.benchmark_level,
        measured.ratio_to_benchmark,
        measured.ratio_to_benchmark_low,
        measured.occurrences_90d,
        measured.distinct_buyers,
        cast(null as bigint) as pay_amount_fen,
        coalesce(issues.issue_codes, cast([] as varchar[])) as issue_codes,
        policies.cooldown_days,
        coalesce(tiers.human_review, false) as human_review
    from measured
    inner join tiers_ranked as tiers
        on
            measured.business_day = tiers.business_day
            and measured.shop_key = tiers.shop_key
            and tiers.turn = 1
    inner join {{ ref('int_policies_in_force') }} as policies
        on
            measured.business_day = policies.business_day
            and measured.platform = policies.platform
            and policies.kind = 'rate'
    left join issues
        on
            measured.business_day = issues.business_day
            and measured.shop_key = issues.shop_key

)

select * from candidates
