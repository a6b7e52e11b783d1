-- The orders that can be appealed, the soonest deadline first, then what an upheld appeal would bring:
-- money back, and the shop's rate without the order.
with

windows as (

    select
        platform,
        window_days,
        policy_id
    from intermediate.int_policies_in_force
    where
        business_day = $known_on
        and kind = 'rate'

),

rates as (

    select
        scores.subject_id as shop_key,
        scores.window_start,
        scores.num_effective,
        scores.den_effective,
        scores.rate
    from ccr.fct_ccr as scores
    inner join windows
        on
            scores.platform = windows.platform
            and scores.window_days = windows.window_days
    where
        scores.business_day = $known_on
        and scores.subject_type = 'shop'
        and scores.dimension = 'overall'

),

buyers as (

    select
        decision_id,
        order_key,
        count(*) over (partition by decision_id, buyer_key) = 1 as is_sole_of_buyer
    from (
        select
            orders.decision_id,
            orders.order_key,
            coalesce(any_value(orders.buyer_key), any_value(judged.buyer_key), orders.order_key) as buyer_key
        from penalties.decision_orders as orders
        left join intermediate.int_orders_judged as judged on orders.order_key = judged.order_key
        where
            orders.decision_id in (select decision_id from cases)
            and orders.consumed_by is null
        group by orders.decision_id, orders.order_key
    )

),

standing_amounts as (

    select
        decisions.decision_id,
        decisions.tier,
        greatest(decisions.amount_fen - coalesce(sum(entries.amount_fen) filter (
            where entries.entry_type in ('exempt', 'reverse', 'refund') and entries.business_day <= $known_on
        ), 0), 0) as standing_fen
    from penalties.decisions as decisions
    left join penalties.entries as entries on decisions.decision_id = entries.decision_id
    where decisions.mode = 'enforce'
    group by decisions.decision_id, decisions.tier, decisions.amount_fen

),

listed as (

    select
        records.* exclude (tab, appeal_state, appeal_reason, appeal_key, answer_due_on, amount_fen, returned_fen),
        rates.rate as rate_now,
        case
            when records.order_day >= rates.window_start and rates.den_effective > 0
                then cast(rates.num_effective - 1 as double) / rates.den_effective
            else rates.rate
        end as rate_without,
        case
            when records.decision_mode <> 'enforce' then null
            when records.decision_about = 'order' then null
            when cases.decision_id is null then records.decision_tier
            else cases.tier_without
        end as tier_without,
        cast(case
            when records.decision_mode is null or records.decision_mode <> 'enforce' then 0
            when records.decision_about = 'order' then amounts.standing_fen
            when cases.decision_id is null then 0
            when cases.tier_without is null then amounts.standing_fen
            else greatest(amounts.standing_fen - cases.amount_without_fen, 0)
        end as bigint) as money_back_fen
    from records
    left join rates on records.shop_key = rates.shop_key
    left join standing_amounts as amounts on records.decision_id = amounts.decision_id
    left join buyers
        on
            records.decision_id = buyers.decision_id
            and records.order_key = buyers.order_key
    left join cases
        on
            buyers.decision_id = cases.decision_id
            and buyers.is_sole_of_buyer = cases.is_sole_of_buyer
    where
        records.tab = 'appealable'
        and ($issue is null or list_contains(records.issue_codes, $issue))

)

select
    *,
    coalesce(
        decision_mode = 'enforce' and (tier_without is null or tier_without <> decision_tier), false
    ) as would_change_tier
from listed
order by
    appeal_deadline nulls last,
    money_back_fen desc,
    rate_now - rate_without desc nulls last,
    order_day,
    order_key
