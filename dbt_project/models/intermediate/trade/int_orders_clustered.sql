{# One row per hash of an order that can be or cease to be brushing in the window: it stands in a cluster
   with an order of which something was delivered in the window, or in a cluster with one of these, as what
   an order is depends on all its clusters. A cluster here is any waybill or day of a buyer that ever had
   orders enough, found by hashes: whose hashes meet by chance is no member in int_order_cluster_members.
   Spark would work it out at every mention. #}
{{ config(materialized='table' if target.type == 'spark' else 'ephemeral') }}

{% set clusters = [
    ("waybill_hash", least_orders_on_a_waybill()),
    ("buyer_day_hash", least_orders_of_a_burst()),
] %}
{% set steps = ["delivered", "changing", "beside"] %}

with

delivered as (

    select order_hash from {{ ref('stg_orders') }} where {{ in_window('business_day') }}
    union
    select order_hash from {{ ref('stg_order_lines') }} where {{ in_window('business_day') }}

),

{% for step in steps[1:] -%}
{% set earlier = steps[loop.index0] -%}
{% for cluster, least_orders in clusters -%}
{{ cluster }}es_of_{{ earlier }} as (

    select distinct {{ cluster }}
    from {{ ref('stg_orders') }}
    where
        business_day <= {{ window_end() }}
        and {{ cluster }} is not null
        and order_hash in (select {{ earlier }}.order_hash from {{ earlier }})

),

large_{{ cluster }}es_of_{{ earlier }} as (

    select {{ cluster }}
    from {{ ref('stg_orders') }}
    where
        business_day <= {{ window_end() }}
        and {{ cluster }} in (select touched.{{ cluster }} from {{ cluster }}es_of_{{ earlier }} as touched)
    group by {{ cluster }}
    having count(distinct order_hash) >= {{ least_orders }}

),

{% endfor -%}
{{ step }} as (

    {%- for cluster, least_orders in clusters %}
    select order_hash
    from {{ ref('stg_orders') }}
    where
        business_day <= {{ window_end() }}
        and {{ cluster }} in (select large.{{ cluster }} from large_{{ cluster }}es_of_{{ earlier }} as large)
    {{ "union" if not loop.last }}
    {%- endfor %}

),

{% endfor -%}
clustered as (
    {%- for step in steps[1:] %}
    select order_hash from {{ step }}
    {{ "union" if not loop.last }}
    {%- endfor %}

)

select * from clustered
