{# A day so many days after another; a negative number is before it. #}
{% macro days_after(day, count) %}{{ return(adapter.dispatch("days_after")(day, count)) }}{% endmacro %}

{% macro default__days_after(day, count) -%}
    cast({{ day }} + cast({{ count }} as integer) as date)
{%- endmacro %}

{% macro spark__days_after(day, count) %}date_add({{ day }}, cast({{ count }} as integer)){% endmacro %}

{# The number of days from one day to another, both included. #}
{% macro days_through(first, last) %}{{ return(adapter.dispatch("days_through")(first, last)) }}{% endmacro %}

{% macro duckdb__days_through(first, last) %}({{ last }} - {{ first }} + 1){% endmacro %}

{% macro spark__days_through(first, last) %}(datediff({{ last }}, {{ first }}) + 1){% endmacro %}

{# 1 is Monday, 7 is Sunday. #}
{% macro iso_weekday(day) %}{{ return(adapter.dispatch("iso_weekday")(day)) }}{% endmacro %}

{% macro duckdb__iso_weekday(day) %}isodow({{ day }}){% endmacro %}

{% macro spark__iso_weekday(day) %}(weekday({{ day }}) + 1){% endmacro %}

{# The ISO week of a day, as 2026-W41. #}
{% macro iso_week(day) %}{{ return(adapter.dispatch("iso_week")(day)) }}{% endmacro %}

{% macro duckdb__iso_week(day) %}strftime({{ day }}, '%G-W%V'){% endmacro %}

{% macro spark__iso_week(day) -%}
    concat(extract(yearofweek from {{ day }}), '-W', lpad(extract(week from {{ day }}), 2, '0'))
{%- endmacro %}
