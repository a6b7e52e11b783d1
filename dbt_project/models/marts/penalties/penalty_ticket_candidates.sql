{#
    One row per order that breaks a rule of its platform's ticket policy, on the first day on which
    everything the rule asks for was known: the rule that goes before the others that hold that day.
    Guarded and uncertain feedback is never among it. Facts are those of the feedback's latest
    version then; words, ratings and issues those of its first.
#}

with

{# Every day on which something a ticket rests on may have changed. #}
orders_touched as (

    select order_key
    from {{ ref('int_verdicts_in_force') }}
    where
        is_valid
        and {{ in_window('business_day') }}
    union
    select judged.order_key
    from {{ ref('int_orders_judged') }} as judged
    inner join {{ ref('int_verdicts_in_force') }} as verdicts
        on
            judged.order_key = verdicts.order_key
            and verdicts.is_valid
    where {{ in_window('judged.business_day') }}
    union
    select verdicts.order_key
    from {{ ref('int_feedback_events') }} as events
    inner join {{ ref('int_verdicts_in_force') }} as verdicts
        on
            events.feedback_key = verdicts.feedback_key
            and verdicts.is_valid
    where {{ in_window('events.business_day') }}

),

feedback as (

    select
        verdicts.order_key,
        verdicts.feedback_key,
        verdicts.business_day as from_day,
        verdicts.until_day,
        verdicts.platform,
        verdicts.channel,
        verdicts.dimension,
        verdicts.occurred_at,
        least(
            events.rating_overall,
            case verdicts.dimension
                when 'product' then events.rating_product
                when 'service' then events.rating_service
                when 'logistics' then events.rating_logistics
            end
        ) as lowest_rating,
        {{ each_element('verdicts.issue_codes') }} as issue_code
    from {{ ref('int_verdicts_in_force') }} as verdicts
    inner join orders_touched on verdicts.order_key = orders_touched.order_key
    inner join {{ ref('int_feedback_events') }} as events
        on
            verdicts.feedback_key = events.feedback_key
            and events.is_first_version
    where
        verdicts.is_valid
        and verdicts.business_day <= {{ window_end() }}

),

feedback_keys as (

    select distinct
        order_key,
        feedback_key,
        from_day
    from feedback

),

orders_judged as (

    select
        judged.*,
        lead(judged.business_day) over (
            partition by judged.order_key order by judged.business_day
        ) as next_judged_day
    from {{ ref('int_orders_counted') }} as judged
    inner join orders_touched on judged.order_key = orders_touched.order_key
    where judged.business_day <= {{ window_end() }}

),

versions as (

    select
        events.feedback_key,
        events.business_day,
        events.updated_at,
        events.row_sha256,
        events.evidence_valid,
        events.merchant_admitted,
        coalesce(events.consumer_accepted, false) or coalesce(events.compensated, false) as is_resolved
    from {{ ref('int_feedback_events') }} as events
    inner join feedback_keys on events.feedback_key = feedback_keys.feedback_key
    where events.business_day <= {{ window_end() }}

),

days_to_judge as (

    select feedback_key, order_key, from_day as business_day
    from feedback_keys
    union
    select feedback_keys.feedback_key, feedback_keys.order_key, versions.business_day
    from feedback_keys
    inner join versions
        on
            feedback_keys.feedback_key = versions.feedback_key
            and versions.business_day > feedback_keys.from_day
    union
    select feedback_keys.feedback_key, feedback_keys.order_key, orders_judged.business_day
    from feedback_keys
    inner join orders_judged
        on
            feedback_keys.order_key = orders_judged.order_key
            and orders_judged.business_day > feedback_keys.from_day

),

facts as (

    select
        days_to_judge.feedback_key,
        days_to_judge.order_key,
        days_to_judge.business_day,
        versions.evidence_valid,
        versions.merchant_admitted,
        versions.is_resolved,
        row_number() over (
            partition by days_to_judge.feedback_key, days_to_judge.order_key, days_to_judge.business_day
            order by versions.updated_at desc, versions.row_sha256 desc
        ) as recency
    from days_to_judge
    inner join versions
        on
            days_to_judge.feedback_key = versions.feedback_key
            and days_to_judge.business_day >= versions.business_day

),

rules_met as (

    select
        facts.business_day,
        feedback.platform,
        facts.order_key,
        feedback.issue_code,
        orders.shop_key,
        orders.pay_amount_fen,
        rules.policy_id,
        rules.version as policy_version,
        rules.rule_id,
        rules.rule_rank,
        cast(rules.severity as integer) as severity,
        facts.is_resolved
    from facts
    inner join feedback
        on
            facts.feedback_key = feedback.feedback_key
            and facts.order_key = feedback.order_key
            and facts.business_day >= feedback.from_day
            and (feedback.until_day is null or facts.business_day < feedback.until_day)
    inner join orders_judged as orders
        on
            facts.order_key = orders.order_key
            and facts.business_day >= orders.business_day
            and (orders.next_judged_day is null or facts.business_day < orders.next_judged_day)
    inner join {{ source('policies', 'ticket_rules') }} as rules
        on feedback.issue_code = rules.issue_code
    where
        facts.recency = 1
        and orders.is_effective
        and (not rules.requires_evidence or coalesce(facts.evidence_valid, false))
        and (not rules.requires_admission or coalesce(facts.merchant_admitted, false))
        {# Who complains, or writes to the shop in anger, is dissatisfied; a rating has to say so. #}
        and (
            not rules.requires_dissatisfaction
            or feedback.channel in ('im_session', 'complaint')
            or coalesce(feedback.lowest_rating <= 3, false)
        )
        {# Service is judged from the order to the refund (S54). #}
        and (
            feedback.dimension <> 'service'
            or (
                feedback.occurred_at >= orders.created_at
                and (orders.refunded_at is null or feedback.occurred_at < orders.refunded_at)
            )
        )

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
        cast(null as varchar) as benchmark_level,
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
