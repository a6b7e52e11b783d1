{# One row per delivered version of a review: equal rows of one delivery day are one version.
   Kept as a table, as earlier versions are looked up by their keys. #}
{{ config(materialized='incremental') }}

with

versions as (

    select
        platform,
        review_id,
        any_value(order_id) as order_id,
        any_value(line_id) as line_id,
        any_value(shop_id) as shop_id,
        any_value(buyer_id) as buyer_id,
        any_value(rating_overall) as rating_overall,
        any_value(rating_product) as rating_product,
        any_value(rating_service) as rating_service,
        any_value(rating_logistics) as rating_logistics,
        any_value(text) as text,
        any_value(is_default) as is_default,
        any_value(is_append) as is_append,
        any_value(platform_abnormal) as platform_abnormal,
        any_value(created_at) as created_at,
        any_value(updated_at) as updated_at,
        count(*) as delivered_count,
        business_day,
        _row_sha256
    from {{ source('raw', 'reviews') }}
    where business_day in ({{ days_to_stage(source('raw', 'reviews')) }})
    group by
        platform,
        review_id,
        business_day,
        _row_sha256

),

named as (

    select
        business_day,
        platform,
        platform || ':' || order_id as order_key,
        platform || ':' || shop_id as shop_key,
        platform || ':' || buyer_id as buyer_key,
        review_id,
        order_id,
        line_id,
        shop_id,
        buyer_id,
        rating_overall,
        rating_product,
        rating_service,
        rating_logistics,
        {{ mask_personal('text') }} as text,
        is_default,
        is_append,
        platform_abnormal,
        created_at,
        updated_at,
        delivered_count,
        _row_sha256 as row_sha256
    from versions

)

select * from named
