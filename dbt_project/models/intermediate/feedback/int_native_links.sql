{# One row per feedback that names its order, from the day on which both are known. A later version
   may be the first to name it. #}
{{ config(materialized='ephemeral') }}

with

naming_versions as (

    select
        feedback_key,
        native_order_key,
        business_day,
        row_number() over (partition by feedback_key order by version_no) as naming_no
    from {{ ref('int_feedback_versions') }}
    where native_order_key is not null

),

orders_known as (

    select
        order_key,
        min(business_day) as known_on
    from {{ ref('stg_orders') }}
    where
        business_day <= {{ window_end() }}
        and order_hash in (
            select {{ key_hash('naming_versions.native_order_key') }} from naming_versions
        )
    group by order_key

),

links as (

    select
        greatest(naming_versions.business_day, orders_known.known_on) as business_day,
        naming_versions.feedback_key,
        orders_known.order_key,
        'native' as link_method,
        cast(1 as double) as link_confidence
    from naming_versions
    inner join orders_known on naming_versions.native_order_key = orders_known.order_key
    where naming_versions.naming_no = 1

)

select * from links
