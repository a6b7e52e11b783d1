{# CTEs that end in `versions`: equal rows of one delivery day as one row, with how many there were. `keys` with the day
   and the content's hash tell versions apart; `columns` are the others. Few rows come twice, so these alone are
   grouped: grouping all columns of all rows took three times as long. #}
{% macro versions_delivered(source, keys, columns) %}
    {%- set keys = keys + ["business_day", "_row_sha256"] %}
    repeated as (

        select {{ keys | join(", ") }}
        from {{ source }}
        where business_day in ({{ days_to_stage(source) }})
        group by {{ keys | join(", ") }}
        having count(*) > 1

    ),

    delivered as (

        select
            {%- for column in keys + columns %}
            source_rows.{{ column }},
            {%- endfor %}
            repeated._row_sha256 is not null as is_repeated
        from {{ source }} as source_rows
        left join repeated
            on {% for key in keys -%}
                source_rows.{{ key }} = repeated.{{ key }}{{ " and " if not loop.last }}
            {%- endfor %}
        where source_rows.business_day in ({{ days_to_stage(source) }})

    ),

    versions as (

        select
            {{ (keys + columns) | join(", ") }},
            cast(1 as bigint) as delivered_count
        from delivered
        where not is_repeated
        union all
        select
            {{ keys | join(", ") }},
            {%- for column in columns %}
            any_value({{ column }}) as {{ column }},
            {%- endfor %}
            count(*) as delivered_count
        from delivered
        where is_repeated
        group by {{ keys | join(", ") }}

    )
{%- endmacro %}
