{# Lists as sets over a group: sorted, without repetitions, never NULL. #}

{# The set of a column's values in the rows where the condition holds. #}
{% macro set_of(column, where="true") %}{{ return(adapter.dispatch("set_of")(column, where)) }}{% endmacro %}

{% macro duckdb__set_of(column, where) -%}
    coalesce(
        list_sort(list(distinct {{ column }}) filter (where {{ where }} and {{ column }} is not null)),
        {{ empty_list() }}
    )
{%- endmacro %}

{% macro spark__set_of(column, where) -%}
    array_sort(collect_set(case when {{ where }} then {{ column }} end))
{%- endmacro %}

{# The union of a column of lists. #}
{% macro union_of(column) %}{{ return(adapter.dispatch("union_of")(column)) }}{% endmacro %}

{% macro duckdb__union_of(column) %}list_sort(list_distinct(flatten(list({{ column }})))){% endmacro %}

{% macro spark__union_of(column) %}array_sort(array_distinct(flatten(collect_list({{ column }})))){% endmacro %}

{# A set of codes, and those codes of a mapping whose condition holds. #}
{% macro with_codes_that_hold(codes, conditions) %}
    {{- return(adapter.dispatch("with_codes_that_hold")(codes, conditions)) -}}
{% endmacro %}

{% macro duckdb__with_codes_that_hold(codes, conditions) -%}
    list_sort(list_distinct(list_concat({{ codes }}, {{ codes_that_hold(conditions) }})))
{%- endmacro %}

{% macro spark__with_codes_that_hold(codes, conditions) -%}
    array_sort(array_union({{ codes }}, {{ codes_that_hold(conditions) }}))
{%- endmacro %}

{# The sorted codes that two lists share. #}
{% macro codes_in_both(codes, others) %}{{ return(adapter.dispatch("codes_in_both")(codes, others)) }}{% endmacro %}

{% macro duckdb__codes_in_both(codes, others) %}list_sort(list_intersect({{ codes }}, {{ others }})){% endmacro %}

{% macro spark__codes_in_both(codes, others) %}array_sort(array_intersect({{ codes }}, {{ others }})){% endmacro %}

{# Several columns as one value, compared by all of them. #}
{% macro row_of(columns) %}{{ return(adapter.dispatch("row_of")(columns)) }}{% endmacro %}

{% macro duckdb__row_of(columns) -%}
    struct_pack({% for column in columns %}{{ column }} := {{ column }}{{ ", " if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro spark__row_of(columns) %}struct({{ columns | join(", ") }}){% endmacro %}
