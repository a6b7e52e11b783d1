{#
    One row per order, known day and rule of a ticket policy that the order's feedback breaks as it was known
    on that day, whether or not the version is in force then. Guarded and uncertain feedback is never among
    it. Facts are those of the feedback's latest version then; words, ratings and issues those of its first.
    Spark would work it out at every mention.
#}
{{ config(materialized='table' if target.type == 'spark' else 'ephemeral') }}

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

)

select * from rules_met
