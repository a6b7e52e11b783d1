{# The day's own knowledge of a window is early; the mature series looks at the window that ended so
   many days before. #}
{% macro maturity_days() %}{{ return(7) }}{% endmacro %}

{#
    CTEs `slices` to `subjects_counted`: one row per shop, product or creator, business day and length
    of window: the counts of the trailing days that ended `lag_days` before, as known by the end of the
    business day. A subject has rows while it has a paid order in the longest window.
    A slice of counts begins to count on the day it became known, at the earliest `lag_days` after its
    orders were paid, and ends when the paid day leaves the window.
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

{{ swept_sums(['platform', 'subject_type', 'subject_id', 'window_days'], count_columns()) }},

subjects_selling as (

    select
        business_day,
        platform,
        subject_type,
        subject_id
    from sums_by_day
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
        coalesce(sums_by_day.{{ column }}, 0) as {{ column }}
        {%- endfor %}
    from subjects_selling
    cross join window_lengths
    left join sums_by_day
        on
            subjects_selling.business_day = sums_by_day.business_day
            and subjects_selling.platform = sums_by_day.platform
            and subjects_selling.subject_type = sums_by_day.subject_type
            and subjects_selling.subject_id = sums_by_day.subject_id
            and window_lengths.window_days = sums_by_day.window_days

)
{%- endmacro %}
