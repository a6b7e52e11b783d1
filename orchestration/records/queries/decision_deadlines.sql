-- One row per decision that can be appealed until a day, as known on known_on: its own last day, or, of what
-- a person had to confirm, so many days after the confirmation.
create or replace temp table decision_deadlines as
with

confirmed as (

    select
        decision_id,
        min(business_day) as confirmed_on
    from penalties.decision_events
    where
        status = 'confirmed'
        and business_day <= $known_on
    group by decision_id

)

select
    decisions.decision_id,
    coalesce(
        decisions.appeal_deadline,
        cast(confirmed.confirmed_on + cast(terms.window_days as integer) as date)
    ) as appeal_deadline
from penalties.decisions as decisions
left join confirmed on decisions.decision_id = confirmed.decision_id
left join policies.policy_appeals as terms
    on
        decisions.policy_id = terms.policy_id
        and decisions.policy_version = terms.version
where decisions.appealable
