{# One row per category of the snapshot. #}

with

categories as (

    select
        category_key,
        platform,
        category_id,
        name,
        parent_category_key
    from {{ ref('stg_categories') }}

)

select * from categories
