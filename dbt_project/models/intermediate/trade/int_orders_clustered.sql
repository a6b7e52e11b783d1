{# One row per order that can be or cease to be brushing in the window: it stands in a cluster with an order of
   which something was delivered in the window, or in a cluster with one of these, as what an order is
   depends on all its clusters. A cluster here is any waybill or day of a buyer that ever had orders
   enough. Spark would work it out at every mention. #}
{{ config(materialized='table' if target.type == 'spark' else 'ephemeral') }}

{% set kinds = [
    ("waybill", ["shop_key", "waybill_no"], least_orders_on_a_waybill()),
    ("burst", ["buyer_key", "order_day"], least_orders_of_a_burst()),
] %}
{% set steps = ["delivered", "changing", "beside"] %}

{# written out at each mention, so that each reads the columns it needs and nothing is kept of the others #}
{% set versions_by_then %}(
        select
            order_key,
            shop_key,
            buyer_key,
            nullif(trim(waybill_no), '') as waybill_no,
            {{ shanghai_date('paid_at') }} as order_day
        from {{ ref('stg_orders') }}
        where business_day <= {{ window_end() }}
    ){% endset %}

with

delivered as (

    select order_key from {{ ref('stg_orders') }} where {{ in_window('business_day') }}
    union
    select order_key from {{ ref('stg_order_lines') }} where {{ in_window('business_day') }}

),

{% for step in steps[1:] -%}
{% set earlier = steps[loop.index0] -%}
{% for kind, columns, least_orders in kinds -%}
{{ kind }}s_of_{{ earlier }} as (

    select distinct
        versions.{{ columns[0] }},
        versions.{{ columns[1] }}
    from {{ versions_by_then }} as versions
    inner join {{ earlier }} on versions.order_key = {{ earlier }}.order_key
    where
        versions.{{ columns[0] }} is not null
        and versions.{{ columns[1] }} is not null

),

large_{{ kind }}s_of_{{ earlier }} as (

    select
        versions.{{ columns[0] }},
        versions.{{ columns[1] }}
    from {{ versions_by_then }} as versions
    inner join {{ kind }}s_of_{{ earlier }} as touched
        on versions.{{ columns[0] }} = touched.{{ columns[0] }}
        and versions.{{ columns[1] }} = touched.{{ columns[1] }}
    group by
        versions.{{ columns[0] }},
        versions.{{ columns[1] }}
    having count(distinct versions.order_key) >= {{ least_orders }}

),

{% endfor -%}
{{ step }} as (

    {%- for kind, columns, least_orders in kinds %}
    select versions.order_key
    from {{ versions_by_then }} as versions
    inner join large_{{ kind }}s_of_{{ earlier }} as large
        on versions.{{ columns[0] }} = large.{{ columns[0] }}
        and versions.{{ columns[1] }} = large.{{ columns[1] }}
    {{ "union" if not loop.last }}
    {%- endfor %}

),

{% endfor -%}
clustered as (

    {%- for step in steps[1:] %}
    select order_key from {{ step }}
    {{ "union" if not loop.last }}
    {%- endfor %}

)

select * from clustered
