{# For the pre_hook of a model that looks up a few orders in all of history. DuckDB takes the days up to one for a
   fifth of a table, so it may build its hash table over history instead of over what is looked up; told not to
   choose, it builds what stands on the right. Each node's cursor is opened with the settings of profiles.yml, so
   this holds for the one model. #}
{% macro history_is_probed() %}{{ return(adapter.dispatch("history_is_probed")()) }}{% endmacro %}

{% macro duckdb__history_is_probed() -%}
    set disabled_optimizers = '{{ target.settings.disabled_optimizers }},build_side_probe_side'
{%- endmacro %}

{% macro spark__history_is_probed() %}{% endmacro %}
