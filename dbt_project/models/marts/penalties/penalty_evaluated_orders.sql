{#
    One row per evaluation day, shop and order that is a negative of the policy's window, as known
    by the end of that day: the numerator of a shop's evaluation, order by order.
#}

with

evaluation_days as (

    select
        business_day,
        platform,
        window_days
    from {{ ref('int_policies_in_force') }}
    where
        kind = 'rate'
        and {{ in_window('business_day') }}
        and {{ iso_weekday('business_day') }} = evaluation_weekday

),

{{ negatives_in_windows('evaluation_days') }}

select * from negatives_in_windows
