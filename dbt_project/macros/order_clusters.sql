{# So many orders of a shop on one waybill look like brushing. #}
{% macro least_orders_on_a_waybill() %}{{ return(3) }}{% endmacro %}

{# So many orders of one product by one buyer on one day look like brushing. #}
{% macro least_orders_of_a_burst() %}{{ return(5) }}{% endmacro %}
