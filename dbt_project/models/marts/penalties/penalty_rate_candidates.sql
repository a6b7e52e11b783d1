{#
    One row per shop, rate policy and evaluation day on which the shop meets a tier of the ladder:
    the first that matches, with every number used. Nothing is decided here.
#}

with

evaluations as (

    select
        business_day,
        shop_key
    from {{ ref('penalty_rate_evaluations') }}
    where {{ in_window('business_day') }}

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
            and earlier.business_day > {{ days_after('evaluations.business_day', -occurrence_days()) }}
    group by evaluations.business_day, evaluations.shop_key

),

measured as (

    select
        judgings.*,
        coalesce(occurrences.occurrences_90d, 0) as occurrences_90d
    from {{ ref('penalty_rate_judgings') }} as judgings
    left join occurrences
        on
            judgings.business_day = occurrences.business_day
            and judgings.shop_key = occurrences.shop_key
    where
        {{ in_window('judgings.business_day') }}
        and judgings.is_evaluation_day

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
        subjects.policy_id,
        subjects.policy_version,
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
            {# What is not probable enough may be warned of; it costs nothing. #}
            and (
                subjects.held_back_by is null
                or (subjects.held_back_by = 'improbable' and cast(conditions.severity as integer) = 0)
            )
    left join measures
        on
            subjects.business_day = measures.business_day
            and subjects.shop_key = measures.shop_key
            and subjects.policy_id = measures.policy_id
            and subjects.policy_version = measures.policy_version
            and conditions.measure = measures.measure
    group by
        subjects.business_day,
        subjects.shop_key,
        subjects.policy_id,
        subjects.policy_version,
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
            partition by business_day, shop_key, policy_id, policy_version order by tier_rank, rule_id
        ) as turn
    from tiers_met

),

{#
    Of the versions that judge a window the mildest outcome comes first, and none is milder than any.
    It is a shadow where any of them would make it one.
#}
outcomes as (

    select
        measured.*,
        tiers.rule_id,
        tiers.tier,
        tiers.severity,
        tiers.human_review,
        bool_or(measured.mode = 'shadow') over (
            partition by measured.business_day, measured.shop_key
        ) as is_shadow,
        row_number() over (
            partition by measured.business_day, measured.shop_key
            order by
                coalesce(tiers.severity, -1),
                case when measured.is_of_last_day then 0 else 1 end,
                measured.policy_id,
                measured.policy_version
        ) as turn
    from measured
    left join tiers_ranked as tiers
        on
            measured.business_day = tiers.business_day
            and measured.shop_key = tiers.shop_key
            and measured.policy_id = tiers.policy_id
            and measured.policy_version = tiers.policy_version
            and tiers.turn = 1

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
        outcomes.business_day,
        outcomes.platform,
        outcomes.policy_id,
        outcomes.policy_version,
        outcomes.policy_sha256,
        policies.rule_family,
        outcomes.rule_id,
        outcomes.tier,
        outcomes.severity,
        case when outcomes.is_shadow then 'shadow' else outcomes.mode end as mode,
        'shop' as subject_type,
        outcomes.shop_key as subject_id,
        outcomes.shop_key,
        {{ iso_week('outcomes.business_day') }} as period_key,
        outcomes.window_start as period_start,
        outcomes.business_day as period_end,
        outcomes.num_effective,
        outcomes.den_effective,
        outcomes.num_weighed,
        outcomes.rate,
        outcomes.ci_low,
        outcomes.ci_high,
        outcomes.benchmark_rate,
        outcomes.benchmark_level,
        outcomes.ratio_to_benchmark,
        outcomes.ratio_to_benchmark_low,
        outcomes.occurrences_90d,
        outcomes.distinct_buyers,
        outcomes.threshold_rate,
        outcomes.prior_alpha,
        outcomes.prior_beta,
        cast(null as bigint) as pay_amount_fen,
        coalesce(issues.issue_codes, {{ empty_list() }}) as issue_codes,
        policies.cooldown_days,
        coalesce(outcomes.human_review, false) as human_review,
        cast(null as boolean) as is_resolved
    from outcomes
    inner join {{ ref('int_policies_in_force') }} as policies
        on
            outcomes.business_day = policies.business_day
            and outcomes.platform = policies.platform
            and policies.kind = 'rate'
    left join issues
        on
            outcomes.business_day = issues.business_day
            and outcomes.shop_key = issues.shop_key
    where
        outcomes.turn = 1
        and outcomes.tier is not null

)

select * from candidates
