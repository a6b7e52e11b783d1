"""The SQL that holds a published figure against itself and against the scores, as known by `$day`."""

# Whatever a platform publishes must agree with itself, and with our count where it is the same figure.
EXCEPTIONS_OF_FIGURES = """
with latest as (
    select * from staging.stg_platform_figures
    where business_day <= $day
    qualify row_number() over (
        partition by shop_key, metric, period_end order by updated_at desc, business_day desc, row_sha256
    ) = 1
),
read as (
    select
        *,
        case
            when rate_as_written like '%\\%' escape '\\'
                then try_cast(trim(replace(rate_as_written, '%', '')) as double) / 100
            else try_cast(rate_as_written as double)
        end as rate,
        case when den > 0 then num / den end as quotient
    from latest
),
own as (
    select
        read.shop_key,
        read.metric,
        read.period_end,
        scores.num_effective,
        scores.den_effective
    from read
    inner join own_figures
        on read.platform = own_figures.platform and read.metric = own_figures.metric
    inner join ccr.fct_ccr as scores
        on
            scores.subject_type = 'shop'
            and scores.subject_id = read.shop_key
            and scores.business_day = read.period_end
            and scores.window_days = read.period_end - read.period_start + 1
            and scores.dimension = own_figures.dimension
),
faults as (
    select *, 'num_above_den' as exception, num || ' of ' || den || ' is no share' as detail
    from read
    where num > den
    union all
    select *, 'rate_unreadable', 'rate ' || rate_as_written || ' is no number'
    from read
    where rate_as_written is not null and rate is null
    union all
    select *, 'rate_is_percent', 'written ' || rate_as_written || ', while num / den = ' || quotient
    from read
    where abs(rate - 100 * quotient) <= {tolerance} * 100 and abs(rate - quotient) > {tolerance}
    union all
    select *, 'rate_not_quotient', 'written ' || rate_as_written || ', while num / den = ' || quotient
    from read
    where abs(rate - quotient) > {tolerance} and abs(rate - 100 * quotient) > {tolerance} * 100
    union all
    select *, 'rate_out_of_range', 'written ' || rate_as_written || ', no share of anything'
    from read
    where (rate < 0 or rate > 1) and quotient is null
    union all
    select
        read.*,
        'figure_differs',
        'the platform counts ' || read.num || ' of ' || read.den || ', the scores '
        || own.num_effective || ' of ' || own.den_effective
    from read
    inner join own using (shop_key, metric, period_end)
    where read.num <> own.num_effective or read.den <> own.den_effective
)
select
    exception,
    platform,
    shop_key,
    cast(null as varchar) as order_key,
    'figure' as claim_type,
    shop_key || ':' || metric || ':' || period_end as claim_key,
    cast(null as varchar) as decision_id,
    cast(null as varchar) as measure_code,
    metric as named,
    period_end as claimed_on,
    cast(null as bigint) as claimed_fen,
    cast(null as bigint) as expected_fen,
    cast(null as bigint) as refunded_fen,
    detail
from faults
"""
