-- One row per business day of the window that was processed, delivered or not.
select distinct business_day
from raw.deliveries
where business_day between $first and $last
