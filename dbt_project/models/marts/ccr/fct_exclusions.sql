{#
    One row per business day, platform, scope and code: how many items of the trailing thirty
    days the code keeps out, as known by the end of the day. An item with several codes is
    counted under each.
    Items count from the later of their day and the day they became known, until their day leaves the
    window.
#}

{% set trailing_days = 30 %}

with

slices as (

    select
        platform,
        scope,
        exclusion_code,
        greatest(business_day, item_day, {{ window_start() }}) as first_day,
        {{ days_after('item_day', trailing_days) }} as day_after,
        change as item_count
    from {{ ref('int_exclusion_changes') }}
    where
        business_day <= {{ window_end() }}
        and item_day > {{ days_after(window_start(), -trailing_days) }}

),

{{ swept_sums(['platform', 'scope', 'exclusion_code'], ['item_count']) }}

select * from sums_by_day
where item_count > 0
