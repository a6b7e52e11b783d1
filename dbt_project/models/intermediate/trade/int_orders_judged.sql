{# One row per order and business day on which what is known of it changed: its state by the end
   of that day, and every reason, if any, why it may be no effective order; which reasons count is
   for the policies to say. #}

with

line_facts as (

    select
        business_day,
        order_key,
        count(*) as line_count,
        bool_and(is_gift) as are_all_gifts,
        bool_or(not is_gift and theme in ('live', 'short_video')) as has_content_theme,
        {{ keys_hash(
            "line_id || ' ' || coalesce(product_key, '') || ' ' || coalesce(creator_key, '') || ' ' "
            ~ "|| case when is_gift then 'gift' else '' end"
        ) }} as line_set
    from {{ ref('int_order_lines_known') }}
    where {{ in_window('business_day') }}
    group by
        business_day,
        order_key

),

known as (

    select
        order_days.business_day,
        orders.platform,
        orders.order_key,
        orders.shop_key,
        orders.buyer_key,
        {{ shanghai_date('orders.paid_at') }} as order_day,
        orders.status,
        orders.order_kind,
        orders.risk_flag,
        orders.created_at,
        orders.paid_at,
        orders.shipped_at,
        orders.promised_ship_by,
        orders.signed_at,
        orders.closed_at,
        orders.refunded_at,
        orders.pay_amount_fen,
        orders.list_amount_fen,
        orders.waybill_no,
        coalesce(line_facts.line_count, 0) as line_count,
        coalesce(line_facts.are_all_gifts, false) as are_all_gifts,
        coalesce(line_facts.has_content_theme, false) as has_content_theme,
        line_facts.line_set,
        order_days.is_brushing,
        orders.paid_at is not null as is_paid
    from {{ ref('int_order_days') }} as order_days
    inner join {{ ref('stg_orders') }} as orders
        on order_days.order_key = orders.order_key
        and order_days.state_day = orders.business_day
        and order_days.row_sha256 = orders.row_sha256
    left join line_facts
        on order_days.order_key = line_facts.order_key
        and order_days.business_day = line_facts.business_day
    where {{ in_window('order_days.business_day') }}

),

{# an order of 0 fen is zero_amount and not also a low price #}
judged as (

    select
        *,
        {{ codes_that_hold({
            'unpaid': "not is_paid",
            'closed_before_pay': "not is_paid and (status in ('cancelled', 'closed') or closed_at is not null)",
            'cancelled_before_ship': "is_paid and status = 'cancelled' and shipped_at is null",
            'zero_amount': "pay_amount_fen <= 0",
            'lottery_or_lucky_bag': "order_kind = 'lottery'",
            'gift_line_only': "order_kind = 'gift' or are_all_gifts",
            'sample_order': "order_kind = 'sample'",
            'collection_or_topup': "order_kind = 'top_up'",
            'internal_purchase': "order_kind = 'internal'",
            'low_price_lt_1yuan': "pay_amount_fen between 1 and 99",
            'low_price_lt_30pct': "pay_amount_fen > 0 and pay_amount_fen * 100 < list_amount_fen * 30",
            'instant_refund': "refunded_at <= paid_at + interval '30' minute",
            'risk_review': "risk_flag = 'risk_review'",
            'platform_abnormal_cancel': "risk_flag = 'abnormal_cancel'",
            'brushing_cluster': "is_brushing",
        }) }} as exclusion_codes
    from known

),

final_columns as (

    select
        business_day,
        platform,
        order_key,
        shop_key,
        buyer_key,
        order_day,
        status,
        order_kind,
        created_at,
        paid_at,
        shipped_at,
        promised_ship_by,
        signed_at,
        closed_at,
        refunded_at,
        pay_amount_fen,
        list_amount_fen,
        waybill_no,
        line_count,
        line_set,
        has_content_theme,
        exclusion_codes,
        is_paid
    from judged

)

select * from final_columns
