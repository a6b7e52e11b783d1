{#
    One row per order that breaks a rule of its platform's ticket policy, on the first day on which
    everything the rule asks for was known: the rule that goes before the others that hold that day.
    Guarded and uncertain feedback is never among it. Facts are those of the feedback's latest
    version then; words, ratings and issues those of its first.
#}

with

rules_met as (

    select * from {{ ref('penalty_ticket_rules_met') }}

),

{# The version judges what was complete while it was in force, nothing that was before it (I8). #}
first_days as (

    select
        order_key,
        policy_id,
        policy_version,
        min(business_day) as business_day
    from rules_met
    group by order_key, policy_id, policy_version

),

rules_in_force as (

    select
        rules_met.*,
        policies.policy_sha256,
        policies.rule_family,
        policies.mode,
        policies.enforced_from,
        policies.cooldown_days,
        row_number() over (
            partition by rules_met.order_key
            order by rules_met.business_day, rules_met.rule_rank, rules_met.rule_id, rules_met.issue_code
        ) as turn,
        min(rules_met.business_day) over (partition by rules_met.order_key) as ticket_day
    from rules_met
    inner join first_days
        on
            rules_met.order_key = first_days.order_key
            and rules_met.policy_id = first_days.policy_id
            and rules_met.policy_version = first_days.policy_version
            and rules_met.business_day = first_days.business_day
    inner join {{ ref('int_policies_in_force') }} as policies
        on
            rules_met.business_day = policies.business_day
            and rules_met.platform = policies.platform
            and rules_met.policy_id = policies.policy_id
            and rules_met.policy_version = policies.policy_version
            and policies.kind = 'per_order_ticket'

),

{# An order gets one ticket, on the first day that any rule is met; it is resolved once all of it is. #}
issues as (

    select
        order_key,
        bool_and(is_resolved) as is_resolved,
        {{ set_of('issue_code') }} as issue_codes
    from rules_in_force
    where business_day = ticket_day
    group by order_key

),

candidates as (

    select
        rules.business_day,
        rules.platform,
        rules.policy_id,
        rules.policy_version,
        rules.policy_sha256,
        rules.rule_family,
        rules.rule_id,
        'ticket' as tier,
        rules.severity,
        {{ candidate_mode('rules.mode', 'rules.enforced_from', 'rules.business_day') }} as mode,
        'order' as subject_type,
        rules.order_key as subject_id,
        rules.shop_key,
        rules.order_key as period_key,
        rules.business_day as period_start,
        rules.business_day as period_end,
        cast(null as bigint) as num_effective,
        cast(null as bigint) as den_effective,
        cast(null as double) as num_weighed,
        cast(null as double) as rate,
        cast(null as double) as ci_low,
        cast(null as double) as ci_high,
        cast(null as double) as benchmark_rate,
        cast(null as string) as benchmark_level,
        cast(null as double) as ratio_to_benchmark,
        cast(null as double) as ratio_to_benchmark_low,
        cast(null as bigint) as occurrences_90d,
        cast(null as bigint) as distinct_buyers,
        cast(null as double) as threshold_rate,
        cast(null as double) as prior_alpha,
        cast(null as double) as prior_beta,
        rules.pay_amount_fen,
        issues.issue_codes,
        rules.cooldown_days,
        false as human_review,
        issues.is_resolved
    from rules_in_force as rules
    inner join issues on rules.order_key = issues.order_key
    inner join {{ ref('int_platform_days') }} as platform_days
        on
            rules.business_day = platform_days.business_day
            and rules.platform = platform_days.platform
            and platform_days.unprocessed_days = 0
    where
        rules.turn = 1
        and {{ in_window('rules.business_day') }}

)

select * from candidates
