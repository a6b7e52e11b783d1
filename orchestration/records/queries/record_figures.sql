-- The numerator and denominator of the shops over the range, from the counts that every rate is a sum of.
select
    cast(coalesce(sum(num_effective_overall), 0) as bigint) as num,
    cast(coalesce(sum(den_effective), 0) as bigint) as den,
    case when sum(den_effective) > 0 then cast(sum(num_effective_overall) as double) / sum(den_effective) end as rate
from intermediate.int_daily_counts
where
    subject_type = 'shop'
    and subject_id in (select unnest($shops))
    and order_day between $first and $last
    and business_day <= $known_on
