{#
    One row per business day, platform, scope and code: how many items of the trailing thirty
    days the code keeps out, as known by the end of the day. An item with several codes is
    counted under each.
    Swept like the scores: items count from the later of their day and the day they became known, until
    their day leaves the window.
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
        change
    from {{ ref('int_exclusion_changes') }}
    where
        business_day <= {{ window_end() }}
        and item_day > {{ days_after(window_start(), -trailing_days) }}

),

steps as (

    {%- for day, sign in [('first_day', ''), ('day_after', '-')] %}
    select
        platform,
        scope,
        exclusion_code,
        {{ day }} as day,
        {{ sign }}change as step
    from slices
    where
        first_day < day_after
        and {{ day }} <= {{ window_end() }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

steps_by_day as (

    select
        platform,
        scope,
        exclusion_code,
        day,
        sum(step) as step
    from steps
    group by platform, scope, exclusion_code, day

),

levels as (

    select
        platform,
        scope,
        exclusion_code,
        day as from_day,
        lead(day) over by_day as until_day,
        cast(sum(step) over so_far as bigint) as item_count
    from steps_by_day
    window
        by_day as (partition by platform, scope, exclusion_code order by day),
        so_far as (
            partition by platform, scope, exclusion_code
            order by day
            rows between unbounded preceding and current row
        )

),

counted as (

    select
        platform_days.business_day,
        levels.platform,
        levels.scope,
        levels.exclusion_code,
        levels.item_count
    from levels
    inner join {{ ref('int_platform_days') }} as platform_days
        on
            levels.platform = platform_days.platform
            and platform_days.business_day >= levels.from_day
            and (levels.until_day is null or platform_days.business_day < levels.until_day)
    where
        {{ in_window('platform_days.business_day') }}
        and levels.item_count > 0

)

select * from counted
