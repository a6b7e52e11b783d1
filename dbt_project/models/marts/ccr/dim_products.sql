{# One row per product: those of the snapshot, and those that only order lines name. #}

with

products_listed as (

    select
        products.product_key,
        products.platform,
        products.product_id,
        products.shop_key,
        products.title,
        products.category_key,
        categories.parent_category_key,
        products.list_price_fen,
        true as is_listed
    from {{ ref('stg_products') }} as products
    left join {{ ref('stg_categories') }} as categories
        on products.category_key = categories.category_key

),

products_of_lines as (

    select distinct
        product_key,
        platform
    from {{ ref('int_order_lines_known') }}

),

products as (

    select
        coalesce(listed.product_key, of_lines.product_key) as product_key,
        coalesce(listed.platform, of_lines.platform) as platform,
        coalesce(
            listed.product_id, substr(of_lines.product_key, length(of_lines.platform) + 2)
        ) as product_id,
        listed.shop_key,
        listed.title,
        listed.category_key,
        listed.parent_category_key,
        listed.list_price_fen,
        coalesce(listed.is_listed, false) as is_listed
    from products_listed as listed
    full outer join products_of_lines as of_lines on listed.product_key = of_lines.product_key

)

select * from products
