{# Fails with each value that is no share: below 0, above 1, or not a number. Unknown (NULL) is allowed. #}
{% test proportion(model, columns) %}
    select {{ columns | join(", ") }}
    from {{ model }}
    where
        {%- for column in columns %}
        not ({{ column }} between 0 and 1){{ " or" if not loop.last }}
        {%- endfor %}
{% endtest %}
