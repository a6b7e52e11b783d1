{#
    CTEs `steps` to `sums_by_day`: of the CTE `slices`, each of which counts from its first_day until its day_after,
    one row per business day, which must be one that a platform was run for, and keys: the sums of what counts.
    `keys` must name the platform. Swept, not exploded: each slice is a step up and a step down, and a sum holds
    until the next step.
#}
{% macro swept_sums(keys, sums) -%}
steps as (

    {%- for day, sign in [('first_day', ''), ('day_after', '-')] %}
    select
        {{ keys | join(",\n        ") }},
        {{ day }} as day
        {%- for column in sums %},
        {{ sign }}{{ column }} as {{ column }}
        {%- endfor %}
    from slices
    where
        first_day < day_after
        and {{ day }} <= {{ window_end() }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

steps_by_day as (

    select
        {{ keys | join(",\n        ") }},
        day
        {%- for column in sums %},
        cast(sum({{ column }}) as bigint) as {{ column }}
        {%- endfor %}
    from steps
    group by {{ keys | join(", ") }}, day

),

levels as (

    select
        {{ keys | join(",\n        ") }},
        day as from_day,
        lead(day) over by_day as until_day
        {%- for column in sums %},
        cast(sum({{ column }}) over so_far as bigint) as {{ column }}
        {%- endfor %}
    from steps_by_day
    window
        by_day as (partition by {{ keys | join(", ") }} order by day),
        so_far as (
            partition by {{ keys | join(", ") }}
            order by day
            rows between unbounded preceding and current row
        )

),

sums_by_day as (

    select
        platform_days.business_day
        {%- for column in keys + sums %},
        levels.{{ column }}
        {%- endfor %}
    from levels
    inner join {{ ref('int_platform_days') }} as platform_days
        on
            levels.platform = platform_days.platform
            and platform_days.business_day >= levels.from_day
            and (levels.until_day is null or platform_days.business_day < levels.until_day)
    where {{ in_window('platform_days.business_day') }}

)
{%- endmacro %}
