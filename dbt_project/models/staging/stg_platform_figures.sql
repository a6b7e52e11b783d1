{#
    One row per delivered version of a figure that a platform publishes. The rate stays as it is
    written: whether 0.21 is a share or a percentage is for the reconciliation to find out.
#}

with

versions as (

    select
        platform,
        shop_id,
        metric,
        period_ends_at,
        any_value(period_starts_at) as period_starts_at,
        any_value(num) as num,
        any_value(den) as den,
        any_value(rate) as rate,
        any_value(updated_at) as updated_at,
        count(*) as delivered_count,
        business_day,
        _row_sha256
    from {{ source('raw', 'platform_figures') }}
    group by
        platform,
        shop_id,
        metric,
        period_ends_at,
        business_day,
        _row_sha256

),

named as (

    select
        business_day,
        platform,
        platform || ':' || shop_id as shop_key,
        metric,
        {{ shanghai_date('period_starts_at') }} as period_start,
        {{ shanghai_date('period_ends_at') }} as period_end,
        cast(num as bigint) as num,
        cast(den as bigint) as den,
        rate as rate_as_written,
        updated_at,
        delivered_count,
        _row_sha256 as row_sha256
    from versions

)

select * from named
