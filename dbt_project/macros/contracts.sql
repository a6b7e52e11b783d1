{# Contracts name types as DuckDB does; Spark is asked for its own names of the same types. #}
{% macro spark__get_empty_schema_sql(columns) %}
    {%- set names = {"varchar": "string", "varchar[]": "array<string>", "timestamptz": "timestamp"} -%}
    select
    {%- for column in columns.values() %}
        cast(null as {{ names.get(column.data_type, column.data_type) }}) as {{ column.name }}
        {{- "," if not loop.last }}
    {%- endfor %}
    where false
{% endmacro %}
