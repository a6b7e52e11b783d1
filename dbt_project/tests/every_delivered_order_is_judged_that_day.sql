{# Whatever is delivered of an order makes a row of that day, however little it changes. #}
{{ config(meta={"dagster": {"ref": {"name": "int_orders_judged"}}}) }}

select
    delivered.business_day,
    delivered.order_key
from {{ ref('stg_orders') }} as delivered
left join {{ ref('int_orders_judged') }} as judged
    on delivered.order_key = judged.order_key
    and delivered.business_day = judged.business_day
where
    {{ in_window('delivered.business_day') }}
    and judged.order_key is null
