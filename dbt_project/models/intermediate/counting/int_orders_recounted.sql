{# One row per order that the window's days say something new of. Spark would work it out at every mention. #}
{{ config(materialized='table' if target.type == 'spark' else 'ephemeral') }}

with

orders_recounted as (

    select order_key from {{ ref('int_order_states') }} where {{ in_window('business_day') }}
    union
    select order_key from {{ ref('int_feedback_verdicts') }} where {{ in_window('business_day') }}

)

select * from orders_recounted
