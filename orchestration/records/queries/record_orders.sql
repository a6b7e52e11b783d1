-- One row per order paid in the range that is a negative as known by known_on, or was one and has an appeal
-- or a ticket: those that count are the numerator, no more and no less.
create or replace temp table record_orders as
with

ever_negative as (

    select
        order_key,
        shop_key,
        order_day,
        sum(change) > 0 as is_counted,
        max(business_day) filter (where change > 0) as noticed_on,
        max(business_day) filter (where change < 0) as ceased_on
    from ccr.fct_negative_orders
    where
        dimension = 'overall'
        and business_day <= $known_on
        and order_day between $first and $last
        and shop_key in (select unnest($shops))
    group by order_key, shop_key, order_day

),

orders_to_list as (

    select *
    from ever_negative
    where
        is_counted
        or order_key in (select order_key from record_appeals)
        or order_key in (select order_key from record_decisions where subject_type = 'order')
    qualify row_number() over (partition by order_key order by is_counted desc, order_day desc) = 1

),

-- what ceased is described by what was known before it did
described as (

    select
        *,
        case when is_counted then cast($known_on as date) else cast(ceased_on - 1 as date) end as described_on
    from orders_to_list

)

select
    described.*,
    judged.pay_amount_fen,
    judged.has_content_theme
from described
left join intermediate.int_orders_judged as judged
    on
        described.order_key = judged.order_key
        and described.described_on >= judged.business_day
qualify row_number() over (partition by described.order_key order by judged.business_day desc) = 1
