{# The sorted list of the codes whose condition is true; an unknown condition does not hold. #}
{% macro codes_that_hold(conditions) %}
    {%- set elements = [] -%}
    {%- for code, condition in conditions.items() -%}
        {%- do elements.append("case when " ~ condition ~ " then '" ~ code ~ "' end") -%}
    {%- endfor -%}
    {{ sorted_list(elements) }}
{%- endmacro %}
