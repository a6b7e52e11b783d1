{# Fails with each row in which one of the columns is NULL. #}
{% test filled(model, columns) %}
    select {{ columns | join(", ") }}
    from {{ model }}
    where {% for column in columns %}{{ column }} is null{{ " or " if not loop.last }}{% endfor %}
{% endtest %}
