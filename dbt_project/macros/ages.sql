{# A row for each age of an order day from 0 on: `age_days`, the days since it ended. #}
{% macro ages_rows(count) -%}
    {%- for age in range(count) -%}
        select cast({{ age }} as integer) as age_days{{ " union all " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
