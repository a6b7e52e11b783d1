{# A quotient as a double; NULL where there is nothing to divide by. Unknown is not zero. #}
{% macro ratio(numerator, denominator) -%}
    case when {{ denominator }} > 0 then cast({{ numerator }} as double) / {{ denominator }} end
{%- endmacro %}
