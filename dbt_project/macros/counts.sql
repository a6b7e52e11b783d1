{# The columns that are counted, in their order: orders, and negative orders of each dimension; of the
   effective ones also those whose first counting feedback was decided by its words. #}
{% macro count_columns() %}
    {% set columns = ["den_real", "den_effective"] %}
    {% for kind in ["real", "effective", "by_words"] %}
        {% for dimension in dimensions() %}
            {% do columns.append("num_" ~ kind ~ "_" ~ dimension) %}
        {% endfor %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}

{# Each counted column summed, a line each. #}
{% macro summed_counts() -%}
    {%- for column in count_columns() %}
        cast(sum({{ column }}) as bigint) as {{ column }}{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# True where at least one counted column is not zero. #}
{% macro any_count() -%}
    ({% for column in count_columns() %}{{ column }} <> 0{{ " or " if not loop.last }}{% endfor %})
{%- endmacro %}
