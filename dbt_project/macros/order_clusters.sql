{# So many orders of a shop on one waybill look like brushing. #}
{% macro least_orders_on_a_waybill() %}{{ return(3) }}{% endmacro %}

{# So many orders of one product by one buyer on one day look like brushing. #}
{% macro least_orders_of_a_burst() %}{{ return(5) }}{% endmacro %}

{# What orders on one waybill, and orders of one day of a buyer, have in common; NULL where nothing. #}
{% macro shared_waybill(shop_key, waybill_no) -%}
    {{ shop_key }} || ' ' || nullif(trim({{ waybill_no }}), '')
{%- endmacro %}

{% macro day_of_buyer(buyer_key, paid_at) -%}
    {{ buyer_key }} || ' ' || cast({{ shanghai_date(paid_at) }} as string)
{%- endmacro %}
