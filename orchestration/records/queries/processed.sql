-- The first and last processed business day of a platform.
select
    min(business_day) as first_day,
    max(business_day) as last_day
from intermediate.int_platform_days
where platform = $platform
