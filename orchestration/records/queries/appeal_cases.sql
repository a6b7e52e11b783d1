-- One row per decision in force on a shop's rate and case of an order it lists that can be appealed: whether
-- the order's buyer has no other order in it, with one such order. Two orders of one case leave the same
-- numbers behind.
with

listed as (

    select
        orders.decision_id,
        orders.order_key,
        coalesce(any_value(orders.buyer_key), any_value(judged.buyer_key), orders.order_key) as buyer_key
    from penalties.decision_orders as orders
    left join intermediate.int_orders_judged as judged on orders.order_key = judged.order_key
    where
        orders.decision_id in (
            select decision_id from records where tab = 'appealable' and decision_about = 'shop'
        )
        and orders.consumed_by is null
    group by orders.decision_id, orders.order_key

),

with_buyers as (

    select
        *,
        count(*) over (partition by decision_id, buyer_key) = 1 as is_sole_of_buyer
    from listed

)

select
    decisions.*,
    cases.is_sole_of_buyer,
    cases.order_key
from penalties.decisions as decisions
inner join (
    select
        with_buyers.decision_id,
        with_buyers.is_sole_of_buyer,
        min(with_buyers.order_key) as order_key
    from with_buyers
    inner join records
        on
            with_buyers.order_key = records.order_key
            and with_buyers.decision_id = records.decision_id
            and records.tab = 'appealable'
    group by with_buyers.decision_id, with_buyers.is_sole_of_buyer
) as cases on decisions.decision_id = cases.decision_id
where
    decisions.mode = 'enforce'
    and decisions.subject_type = 'shop'
order by decisions.decision_id, cases.is_sole_of_buyer
