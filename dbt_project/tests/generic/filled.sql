{# Fails with each row in which one of the columns is NULL. #}
{% test filled(model, columns) %}
    {%- set wrong = {} -%}
    {%- for column in columns %}{% do wrong.update({column: column ~ " is null"}) %}{% endfor -%}
    {{ rows_at_fault(model, wrong) }}
{% endtest %}
