{# Fails with each value that is no share: below 0, above 1, or not a number. Unknown (NULL) is allowed. #}
{% test proportion(model, columns) %}
    {%- set wrong = {} -%}
    {%- for column in columns %}
        {%- do wrong.update({column: "not (" ~ column ~ " between 0 and 1)"}) %}
    {%- endfor -%}
    {{ rows_at_fault(model, wrong) }}
{% endtest %}
