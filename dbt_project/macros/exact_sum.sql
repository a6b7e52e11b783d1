{# A sum of doubles that is the same in whatever order the rows come: added up as decimals of 18 places.
   `over` is the name of a window, for a running sum. #}
{% macro exact_sum(value, over=none) -%}
    cast(sum(cast({{ value }} as decimal(38, 18))){{ " over " ~ over if over }} as double)
{%- endmacro %}
