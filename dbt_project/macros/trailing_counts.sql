{# The day's own knowledge of a window is early; the mature series looks at the window that ended so
   many days before. #}
{% macro maturity_days() %}{{ return(7) }}{% endmacro %}

{#
    CTEs `slices` to `subjects_counted`: one row per shop, product or creator, business day and length
    of window: the counts of the trailing days that ended `lag_days` before, as known by the end of the
    business day. A subject has rows while it has a paid order in the longest window.
    Swept, not exploded: a slice of counts begins to count on the day it became known, at the earliest
    `lag_days` after its orders were paid, and ends when the paid day leaves the window.
#}
{% macro trailing_counts(lag_days=0, subject_types=none) %}
{%- set longest = window_lengths() | max -%}
window_lengths as (

    {{ window_lengths_rows() }}

),

slices as (

    select
        counts.platform,
        counts.subject_type,
        counts.subject_id,
        window_lengths.window_days,
        greatest(
            counts.business_day, {{ days_after('counts.order_day', lag_days) }}, {{ window_start() }}
        ) as first_day,
        {{ days_after('counts.order_day', 'window_lengths.window_days + ' ~ lag_days) }} as day_after
        {%- for column in count_columns() %},
        counts.{{ column }}
        {%- endfor %}
    from {{ ref('int_daily_counts') }} as counts
    cross join window_lengths
    where
        counts.business_day <= {{ window_end() }}
        and counts.order_day > {{ days_after(window_start(), -longest - lag_days) }}
        {%- if subject_types %}
        and counts.subject_type in ('{{ subject_types | join("', '") }}')
        {%- endif %}

),

steps as (

    select
        platform,
        subject_type,
        subject_id,
        window_days,
        first_day as day
        {%- for column in count_columns() %},
        {{ column }}
        {%- endfor %}
    from slices
    where
        first_day < day_after
        and first_day <= {{ window_end() }}
    union all
    select
        platform,
        subject_type,
        subject_id,
        window_days,
        day_after as day
        {%- for column in count_columns() %},
        -{{ column }} as {{ column }}
        {%- endfor %}
    from slices
    where
        first_day < day_after
        and day_after <= {{ window_end() }}

),

steps_by_day as (

    select
        platform,
        subject_type,
        subject_id,
        window_days,
        day,
        {{ summed_counts() }}
    from steps
    group by platform, subject_type, subject_id, window_days, day

),

levels as (

    select
        platform,
        subject_type,
        subject_id,
        window_days,
        day as from_day,
        lead(day) over by_day as until_day
        {%- for column in count_columns() %},
        cast(sum({{ column }}) over so_far as bigint) as {{ column }}
        {%- endfor %}
    from steps_by_day
    window
        by_day as (partition by platform, subject_type, subject_id, window_days order by day),
        so_far as (
            partition by platform, subject_type, subject_id, window_days
            order by day
            rows between unbounded preceding and current row
        )

),

counted as (

    select
        platform_days.business_day,
        levels.platform,
        levels.subject_type,
        levels.subject_id,
        levels.window_days
        {%- for column in count_columns() %},
        levels.{{ column }}
        {%- endfor %}
    from levels
    inner join {{ ref('int_platform_days') }} as platform_days
        on
            levels.platform = platform_days.platform
            and platform_days.business_day >= levels.from_day
            and (levels.until_day is null or platform_days.business_day < levels.until_day)
    where {{ in_window('platform_days.business_day') }}

),

subjects_selling as (

    select
        business_day,
        platform,
        subject_type,
        subject_id
    from counted
    where
        window_days = {{ longest }}
        and den_real > 0

),

subjects_counted as (

    select
        subjects_selling.business_day,
        subjects_selling.platform,
        subjects_selling.subject_type,
        subjects_selling.subject_id,
        window_lengths.window_days
        {%- for column in count_columns() %},
        coalesce(counted.{{ column }}, 0) as {{ column }}
        {%- endfor %}
    from subjects_selling
    cross join window_lengths
    left join counted
        on
            subjects_selling.business_day = counted.business_day
            and subjects_selling.platform = counted.platform
            and subjects_selling.subject_type = counted.subject_type
            and subjects_selling.subject_id = counted.subject_id
            and window_lengths.window_days = counted.window_days

)
{%- endmacro %}
