{# The business days of this run, both ends included. #}
{% macro window_start() %}cast('{{ var("window_start") }}' as date){% endmacro %}

{% macro window_end() %}cast('{{ var("window_end") }}' as date){% endmacro %}

{% macro in_window(column) %}{{ column }} between {{ window_start() }} and {{ window_end() }}{% endmacro %}
