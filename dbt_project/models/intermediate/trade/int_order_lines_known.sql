{# One row per order line and judged day of its order: the lines as known at the end of that day. #}
{{ config(pre_hook='{{ history_is_probed() }}') }}

with

order_days as (

    select
        business_day,
        order_key
    from {{ ref('int_order_days') }}
    where {{ in_window('business_day') }}

),

lines as (

    {{ states_of_lines('select ' ~ key_hash('order_days.order_key') ~ ' from order_days') }}

),

lines_by_then as (

    select
        order_days.business_day,
        lines.platform,
        lines.order_key,
        lines.line_key,
        lines.line_id,
        lines.product_key,
        lines.creator_key,
        lines.theme,
        lines.quantity,
        lines.pay_amount_fen,
        lines.is_gift
    from order_days
    inner join lines
        on order_days.order_key = lines.order_key
        and order_days.business_day >= lines.known_from
        and order_days.business_day < lines.known_to

)

select * from lines_by_then
