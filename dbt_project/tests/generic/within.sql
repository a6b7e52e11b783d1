{# Fails with each value below the least or above the most, or not a number. Unknown (NULL) is allowed. #}
{% test within(model, column, least, most) %}
    {{ rows_at_fault(model, {column: "not (" ~ column ~ " between " ~ least ~ " and " ~ most ~ ")"}) }}
{% endtest %}
