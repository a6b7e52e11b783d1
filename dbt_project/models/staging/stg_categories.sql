{# One row per category: the snapshot as last delivered. #}

with

ranked as (

    select
        *,
        row_number() over (
            partition by platform, category_id order by _row_sha256 desc
        ) as copy_no
    from {{ source('raw', 'categories') }}

),

named as (

    select
        platform,
        platform || ':' || category_id as category_key,
        platform || ':' || parent_id as parent_category_key,
        category_id,
        parent_id,
        name,
        _row_sha256 as row_sha256
    from ranked
    where copy_no = 1

)

select * from named
