{# One row per shop: the snapshot as last delivered. #}

with

ranked as (

    select
        *,
        row_number() over (
            partition by platform, shop_id order by _row_sha256 desc
        ) as copy_no
    from {{ source('raw', 'shops') }}

),

named as (

    select
        platform,
        platform || ':' || shop_id as shop_key,
        platform || ':' || main_category_id as main_category_key,
        platform || ':' || merchant_group_id as merchant_group_key,
        shop_id,
        name,
        shop_type,
        main_category_id,
        opened_at,
        merchant_group_id,
        _row_sha256 as row_sha256
    from ranked
    where copy_no = 1

)

select * from named
