-- The decisions of the shops in one mode, made by known_on: where each stands, since when and why, what it
-- takes, and the balance of its money and points.
with

events as (

    select
        decision_id,
        arg_max(status, seq) as status,
        arg_max(reason, seq) as status_reason,
        max(business_day) as status_since
    from penalties.decision_events
    where business_day <= $known_on
    group by decision_id

),

movements as (

    select
        decision_id,
        debit as account,
        amount_fen,
        points
    from penalties.entries
    where business_day <= $known_on
    union all
    select
        decision_id,
        credit as account,
        -amount_fen as amount_fen,
        0 as points
    from penalties.entries
    where business_day <= $known_on

),

balances as (

    select
        decision_id,
        cast(coalesce(sum(amount_fen) filter (where account = 'outstanding'), 0) as bigint) as outstanding_fen,
        cast(coalesce(sum(amount_fen) filter (where account = 'frozen'), 0) as bigint) as frozen_fen,
        cast(coalesce(sum(amount_fen) filter (where account = 'paid'), 0) as bigint) as paid_fen,
        cast(coalesce(sum(amount_fen) filter (where account in ('reversed', 'exempted')), 0) as bigint)
            as returned_fen,
        cast(sum(points) as bigint) as points
    from movements
    group by decision_id

),

taken as (

    select
        decision_id,
        list(
            concat_ws(
                ' ',
                measure_code,
                case when amount_fen is not null then printf('%.2f', amount_fen / 100) end,
                case when points is not null then points || ' points' end,
                case when days is not null then days || ' days' end
            )
            order by measure_no
        ) as measures
    from penalties.measures
    group by decision_id

),

terms as (

    select
        decision_id,
        list(measure_code || ' ' || starts_on || ' to ' || ends_on order by measure_no) as terms
    from (
        select *
        from penalties.measure_terms
        where business_day <= $known_on
        qualify row_number() over (partition by decision_id, measure_no order by seq desc) = 1
    )
    group by decision_id

),

appeals_made as (

    select
        decision_id,
        state
    from record_appeals
    where subject_type = 'decision'
    qualify row_number() over (partition by decision_id order by is_open desc, moved_on desc, appeal_key desc) = 1

)

select
    decisions.decision_id,
    decisions.business_day,
    decisions.shop_key,
    decisions.subject_type,
    decisions.subject_key,
    decisions.mode,
    decisions.shadowed_by,
    decisions.policy_id,
    decisions.policy_version,
    decisions.rule_id,
    decisions.tier,
    decisions.severity,
    decisions.period_start,
    decisions.period_end,
    decisions.num,
    decisions.den,
    decisions.rate,
    decisions.issue_codes,
    coalesce(events.status, case decisions.mode when 'enforce' then 'noticed' else 'shadow' end) as status,
    coalesce(events.status_since, decisions.business_day) as status_since,
    events.status_reason,
    decisions.execute_after,
    coalesce(taken.measures, cast([] as varchar[])) as measures,
    coalesce(terms.terms, cast([] as varchar[])) as terms,
    decisions.amount_fen,
    coalesce(balances.outstanding_fen, 0) as outstanding_fen,
    coalesce(balances.frozen_fen, 0) as frozen_fen,
    coalesce(balances.paid_fen, 0) as paid_fen,
    coalesce(balances.returned_fen, 0) as returned_fen,
    coalesce(balances.points, 0) as points,
    decisions.appealable,
    deadlines.appeal_deadline,
    case
        when appeals_made.state is null and deadlines.appeal_deadline >= $known_on
            then deadlines.appeal_deadline - $known_on
    end as days_left,
    appeals_made.state as appeal_state
from penalties.decisions as decisions
left join events on decisions.decision_id = events.decision_id
left join balances on decisions.decision_id = balances.decision_id
left join taken on decisions.decision_id = taken.decision_id
left join terms on decisions.decision_id = terms.decision_id
left join appeals_made on decisions.decision_id = appeals_made.decision_id
left join decision_deadlines as deadlines on decisions.decision_id = deadlines.decision_id
where
    decisions.shop_key in (select unnest($shops))
    and decisions.mode = $mode
    and decisions.business_day <= $known_on
order by decisions.business_day desc, decisions.severity desc, decisions.decision_id
