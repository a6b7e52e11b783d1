-- One row per order and decision that lists it, made by known_on, with where the decision stands.
create or replace temp table record_decisions as
with

events as (

    select
        decision_id,
        status,
        row_number() over (partition by decision_id order by seq desc) as recency
    from penalties.decision_events
    where business_day <= $known_on

),

listed as (

    select
        decision_id,
        order_key,
        bool_and(consumed_by is not null) as is_consumed
    from penalties.decision_orders
    group by decision_id, order_key

)

select
    listed.order_key,
    listed.is_consumed,
    decisions.decision_id,
    decisions.subject_type,
    decisions.policy_id,
    decisions.policy_version,
    decisions.rule_id,
    decisions.tier,
    decisions.mode,
    decisions.business_day,
    decisions.appealable,
    deadlines.appeal_deadline,
    decisions.amount_fen,
    coalesce(events.status, case decisions.mode when 'enforce' then 'noticed' else 'shadow' end) as status,
    -- a ticket says more of its order than a shop's decision, one in force more than a shadow
    row_number() over (
        partition by listed.order_key
        order by
            decisions.mode <> 'enforce',
            decisions.subject_type <> 'order',
            listed.is_consumed,
            decisions.business_day desc,
            decisions.decision_id
    ) as preference
from penalties.decisions as decisions
inner join listed on decisions.decision_id = listed.decision_id
left join events
    on
        decisions.decision_id = events.decision_id
        and events.recency = 1
left join decision_deadlines as deadlines on decisions.decision_id = deadlines.decision_id
where
    decisions.shop_key in (select unnest($shops))
    and decisions.business_day <= $known_on
