{# The rows for which what is wrong with one of the columns is true, each with the names of those columns. `wrong` has
   a condition by column. The rows are read once, however many columns there are. #}
{% macro rows_at_fault(relation, wrong) -%}
    select
        concat_ws(
            ', '
            {%- for column, condition in wrong.items() %},
            case when {{ condition }} then '{{ column }}' end
            {%- endfor %}
        ) as columns_at_fault,
        {{ wrong | join(", ") }}
    from {{ relation }}
    where
        {%- for condition in wrong.values() %}
        {{ condition }}{{ " or" if not loop.last }}
        {%- endfor %}
{%- endmacro %}
