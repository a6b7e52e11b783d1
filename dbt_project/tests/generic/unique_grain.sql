{# Fails with each combination of the columns that stands on more than one row, or that has a NULL. #}
{% test unique_grain(model, columns) %}
    {%- set grain = columns | join(", ") -%}
    select {{ grain }}, count(*) as row_count
    from {{ model }}
    group by {{ grain }}
    having count(*) > 1
        {%- for column in columns %} or {{ column }} is null{% endfor %}
{% endtest %}
