{# One row per shop: those of the snapshot, and those that only orders name. #}

with

shops_listed as (

    select
        shops.shop_key,
        shops.platform,
        shops.shop_id,
        shops.name,
        shops.shop_type,
        shops.main_category_key,
        categories.parent_category_key,
        shops.merchant_group_key,
        shops.opened_at,
        true as is_listed
    from {{ ref('stg_shops') }} as shops
    left join {{ ref('stg_categories') }} as categories
        on shops.main_category_key = categories.category_key

),

shops_of_orders as (

    select distinct
        shop_key,
        platform
    from {{ ref('int_orders_judged') }}

),

shops as (

    select
        coalesce(listed.shop_key, of_orders.shop_key) as shop_key,
        coalesce(listed.platform, of_orders.platform) as platform,
        coalesce(
            listed.shop_id, substr(of_orders.shop_key, length(of_orders.platform) + 2)
        ) as shop_id,
        listed.name,
        listed.shop_type,
        listed.main_category_key,
        listed.parent_category_key,
        listed.merchant_group_key,
        listed.opened_at,
        coalesce(listed.is_listed, false) as is_listed
    from shops_listed as listed
    full outer join shops_of_orders as of_orders on listed.shop_key = of_orders.shop_key

)

select * from shops
