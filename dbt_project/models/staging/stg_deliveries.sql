{# One row per platform, source and business day: what was delivered, or that nothing was. #}

with

named as (

    select
        business_day,
        platform,
        source,
        status,
        file_count,
        row_count,
        quarantined_count,
        refusal,
        batch_ids,
        first_landed_day
    from {{ source('raw', 'deliveries') }}

)

select * from named
