{# One row per product: the snapshot as last delivered. #}

with

ranked as (

    select
        *,
        row_number() over (
            partition by platform, product_id order by _row_sha256 desc
        ) as copy_no
    from {{ source('raw', 'products') }}

),

named as (

    select
        platform,
        platform || ':' || product_id as product_key,
        platform || ':' || shop_id as shop_key,
        platform || ':' || category_id as category_key,
        product_id,
        shop_id,
        title,
        category_id,
        list_price_fen,
        _row_sha256 as row_sha256
    from ranked
    where copy_no = 1

)

select * from named
