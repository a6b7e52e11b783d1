{# What a score measures and a ladder may ask for, occurrences aside: they are counted over evaluations. #}
{% macro rate_measures() %}
    {{ return(["ratio_to_benchmark_low", "ratio_to_benchmark", "rate", "num_effective"]) }}
{% endmacro %}
