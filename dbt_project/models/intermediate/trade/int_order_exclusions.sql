{# One row per judged order, business day and reason why it is no effective order. #}
{{ config(materialized='view') }}

with

codes as (

    select
        business_day,
        platform,
        order_key,
        {{ each_element('exclusion_codes') }} as exclusion_code
    from {{ ref('int_orders_judged') }}

)

select * from codes
