-- Two rates of the range: sessions rated 1 to 3 stars among those that a person was rated for in service
-- hours (C6), and sessions read as dissatisfied among those read in service hours.
with

counted as (

    select
        'rated' as measured,
        count(*) filter (where is_rated and rating <= 3) as num,
        count(*) filter (where is_rated) as den
    from sessions
    union all
    select
        'classified' as measured,
        count(*) filter (where in_service_hours and is_dissatisfied) as num,
        count(*) filter (where in_service_hours and is_dissatisfied is not null) as den
    from sessions

),

deliveries as (

    select count(*) filter (where status in ('present', 'empty')) as days_delivered
    from staging.stg_deliveries
    where
        platform = $platform
        and source = 'im_sessions'
        and business_day between $first and $last

),

days as (

    select coalesce(max(unprocessed_days), 0) as unprocessed_days
    from intermediate.int_platform_days
    where
        platform = $platform
        and business_day = $known_on

),

rated as (

    select
        *,
        cast(num as double) * (den - num) / nullif(den, 0) as spread,
        cast('1.959963984540054' as double) as z
    from counted

)

select
    rated.measured,
    rated.num,
    rated.den,
    case when rated.den > 0 then cast(rated.num as double) / rated.den end as rate,
    case
        when rated.den = 0 then null
        when rated.num = 0 then cast(0 as double)
        else (rated.num + z * z / 2 - z * sqrt(spread + z * z / 4)) / (rated.den + z * z)
    end as ci_low,
    case
        when rated.den = 0 then null
        when rated.num = rated.den then cast(1 as double)
        else (rated.num + z * z / 2 + z * sqrt(spread + z * z / 4)) / (rated.den + z * z)
    end as ci_high,
    case
        when rated.den = 0 then 'no_sessions'
        when days.unprocessed_days > 0 or deliveries.days_delivered < cast($last as date) - cast($first as date) + 1
            then 'provisional'
        when policy.min_sessions is null or rated.den < policy.min_sessions then 'insufficient'
        else 'ok'
    end as status,
    policy.policy_id,
    policy.policy_version
from rated
cross join deliveries
cross join days
left join session_policies as policy on true
order by rated.measured desc
