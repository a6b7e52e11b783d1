{# Fails with each row in which a column has a value that is not among those listed for it. NULL is allowed. #}
{% test known_values(model, columns) %}
    {%- set wrong = {} -%}
    {%- for column, values in columns.items() %}
        {%- set listed = [] -%}
        {%- for value in values %}
            {%- do listed.append("'" ~ value ~ "'" if value is string else value | string) %}
        {%- endfor %}
        {%- do wrong.update({column: column ~ " not in (" ~ listed | join(", ") ~ ")"}) %}
    {%- endfor -%}
    {{ rows_at_fault(model, wrong) }}
{% endtest %}
