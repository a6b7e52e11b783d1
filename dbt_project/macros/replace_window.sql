{# Incremental strategy: a window of business days is deleted and inserted whole, so a day that comes back empty leaves no ghost. #}
{% macro get_incremental_replace_window_sql(arg_dict) %}
    {% set columns = get_quoted_csv(arg_dict["dest_columns"] | map(attribute="name")) %}
    delete from {{ arg_dict["target_relation"] }} where {{ in_window("business_day") }};
    insert into {{ arg_dict["target_relation"] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict["temp_relation"] }}
{% endmacro %}
