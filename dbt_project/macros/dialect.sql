{# What engines spell differently. Everything else in the models is common SQL. #}

{# The calendar date in Shanghai of an instant. #}
{% macro shanghai_date(instant) %}{{ return(adapter.dispatch("shanghai_date")(instant)) }}{% endmacro %}

{% macro default__shanghai_date(instant) %}cast({{ instant }} at time zone 'Asia/Shanghai' as date){% endmacro %}

{% macro spark__shanghai_date(instant) %}to_date(from_utc_timestamp({{ instant }}, 'Asia/Shanghai')){% endmacro %}

{# The hour of the day, 0 to 23, in Shanghai of an instant. #}
{% macro shanghai_hour(instant) %}{{ return(adapter.dispatch("shanghai_hour")(instant)) }}{% endmacro %}

{% macro default__shanghai_hour(instant) %}extract(hour from {{ instant }} at time zone 'Asia/Shanghai'){% endmacro %}

{% macro spark__shanghai_hour(instant) %}hour(from_utc_timestamp({{ instant }}, 'Asia/Shanghai')){% endmacro %}

{# Whether the pattern occurs anywhere in the text; patterns keep to what RE2 and Java share. #}
{% macro text_matches(text, pattern) %}{{ return(adapter.dispatch("text_matches")(text, pattern)) }}{% endmacro %}

{% macro duckdb__text_matches(text, pattern) %}regexp_matches({{ text }}, '{{ pattern }}'){% endmacro %}

{% macro spark__text_matches(text, pattern) %}({{ text }} rlike {{ java_pattern(pattern) }}){% endmacro %}

{# The text with every occurrence of the pattern replaced; \1 is its first group. #}
{% macro text_replaced(text, pattern, replacement) %}{{ return(adapter.dispatch("text_replaced")(text, pattern, replacement)) }}{% endmacro %}

{% macro duckdb__text_replaced(text, pattern, replacement) %}regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g'){% endmacro %}

{% macro spark__text_replaced(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ java_pattern(pattern) }}, r'{{ replacement | replace("\\", "$") }}')
{%- endmacro %}

{# Java names a script otherwise, and its `$` also matches before a line end that is the last character. #}
{% macro java_pattern(pattern) -%}
    r'{{ pattern | replace("{Han}", "{IsHan}") | replace("$", "\\z") }}'
{%- endmacro %}

{# A sorted list without repetitions and without NULL. #}
{% macro sorted_list(elements) %}{{ return(adapter.dispatch("sorted_list")(elements)) }}{% endmacro %}

{% macro duckdb__sorted_list(elements) %}list_sort(list_distinct([{{ elements | join(", ") }}])){% endmacro %}

{% macro spark__sorted_list(elements) -%}
    array_sort(array_distinct(array_compact(array({{ elements | join(", ") }}))))
{%- endmacro %}

{# How many elements a list has. #}
{% macro list_length(list) %}{{ return(adapter.dispatch("list_length")(list)) }}{% endmacro %}

{% macro duckdb__list_length(list) %}len({{ list }}){% endmacro %}

{% macro spark__list_length(list) %}size({{ list }}){% endmacro %}

{# In a select list: one row for each element of a list, none for an empty list. #}
{% macro each_element(list) %}{{ return(adapter.dispatch("each_element")(list)) }}{% endmacro %}

{% macro duckdb__each_element(list) %}unnest({{ list }}){% endmacro %}

{% macro spark__each_element(list) %}explode({{ list }}){% endmacro %}

{# A list of texts without any. #}
{% macro empty_list() %}{{ return(adapter.dispatch("empty_list")()) }}{% endmacro %}

{% macro duckdb__empty_list() %}cast([] as varchar[]){% endmacro %}

{% macro spark__empty_list() %}cast(array() as array<string>){% endmacro %}
