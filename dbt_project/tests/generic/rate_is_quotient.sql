{# Fails where the rate is not numerator over denominator, or is given though the denominator is 0. #}
{% test rate_is_quotient(model, rate, numerator, denominator) %}
    select {{ rate }}, {{ numerator }}, {{ denominator }}
    from {{ model }}
    where
        ({{ denominator }} = 0 and {{ rate }} is not null)
        or ({{ denominator }} > 0 and {{ rate }} is null)
        or abs({{ rate }} * {{ denominator }} - {{ numerator }}) > 1e-6
{% endtest %}
