{#
    One row per subject, business day and length of window: orders and negative orders of the
    trailing days, as known by the end of the day. A subject has rows while it has a paid order
    in the longest window.
    Swept, not exploded: a slice of counts begins to count on the later of the day its orders
    were paid and the day it became known, and ends when the paid day leaves the window.
#}

{% set longest = window_lengths() | max %}

with

window_lengths as (

    {{ window_lengths_rows() }}

),

slices as (

    select
        counts.platform,
        counts.subject_type,
        counts.subject_id,
        window_lengths.window_days,
        greatest(counts.business_day, counts.order_day, {{ window_start() }}) as first_day,
        {{ days_after('counts.order_day', 'window_lengths.window_days') }} as day_after
        {%- for column in count_columns() %},
        counts.{{ column }}
        {%- endfor %}
    from {{ ref('int_daily_counts') }} as counts
    cross join window_lengths
    where
        counts.business_day <= {{ window_end() }}
        and counts.order_day > {{ days_after(window_start(), -longest) }}

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
        lead(day) over subject_days as until_day
        {%- for column in count_columns() %},
        cast(sum({{ column }}) over subject_days as bigint) as {{ column }}
        {%- endfor %}
    from steps_by_day
    window subject_days as (
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

base_subjects as (

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

),

{# An order is of one shop, so shops add up to their category, merchant group and platform. #}
shops as (

    select
        base_subjects.*,
        dim_shops.main_category_key,
        dim_shops.merchant_group_key
    from base_subjects
    left join {{ ref('dim_shops') }} as dim_shops on base_subjects.subject_id = dim_shops.shop_key
    where base_subjects.subject_type = 'shop'

),

subjects as (

    select * from base_subjects
    {%- for subject_type, column in [
        ('category', 'main_category_key'),
        ('merchant_group', 'merchant_group_key'),
        ('platform', 'platform'),
    ] %}
    union all
    select
        business_day,
        platform,
        '{{ subject_type }}' as subject_type,
        {{ column }} as subject_id,
        window_days,
        {{ summed_counts() }}
    from shops
    where {{ column }} is not null
    group by business_day, platform, {{ column ~ ", " if column != 'platform' }}window_days
    {%- endfor %}

)

select * from subjects
