{# The day on which a span that has not ended ends. Spans are half open: from <= day < to. #}
{% macro open_end() %}date '9999-12-31'{% endmacro %}
