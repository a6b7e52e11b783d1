{# Incremental strategy: a window of business days is deleted and inserted whole, so a day that comes back empty leaves no ghost. #}
{% macro get_incremental_replace_window_sql(arg_dict) %}
    {% set columns = get_quoted_csv(arg_dict["dest_columns"] | map(attribute="name")) %}
    delete from {{ arg_dict["target_relation"] }} where {{ in_window("business_day") }};
    insert into {{ arg_dict["target_relation"] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict["temp_relation"] }}
{% endmacro %}

{#
    The same on Spark, where dbt knows it as `insert_overwrite`: overwriting alone replaces the
    partitions that have rows now, so the days of the window are dropped first.
#}
{% macro get_insert_overwrite_sql(source_relation, target_relation, existing_relation) %}
    {%- set first = modules.datetime.date.fromisoformat(var("window_start")) -%}
    {%- set last = modules.datetime.date.fromisoformat(var("window_end")) -%}
    {%- set days = [] -%}
    {%- for number in range((last - first).days + 1) -%}
        {%- do days.append("partition (business_day = '" ~ (first + modules.datetime.timedelta(days=number)) ~ "')") -%}
    {%- endfor -%}
    {%- call statement("drop_window") -%}
        alter table {{ target_relation }} drop if exists {{ days | join(", ") }}
    {%- endcall -%}
    {%- set columns = adapter.get_columns_in_relation(target_relation) | map(attribute="quoted") | join(", ") -%}
    insert overwrite table {{ target_relation }} partition (business_day)
    select {{ columns }} from {{ source_relation }}
{% endmacro %}

{# On Spark every table that is filled by windows has a folder for each business day. #}
{% macro spark__partition_cols(label, required=false) -%}
    {%- if config.get("materialized") == "incremental" %}{{ label }} (business_day){% endif -%}
{%- endmacro %}
