{# Fails with each row that has more negatives than orders, or fewer than none. #}
{% test numerator_within_denominator(model, numerator, denominator) %}
    select {{ numerator }}, {{ denominator }}
    from {{ model }}
    where
        {{ numerator }} < 0
        or {{ numerator }} > {{ denominator }}
{% endtest %}
