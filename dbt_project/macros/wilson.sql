{#
    Both ends of the Wilson 95 % interval of a proportion; NULL where nothing was counted.
    The ends are pinned at 0 and 1 where the formula gives them only up to rounding.
#}
{% macro wilson_low(numerator, denominator) %}
    {{- return(adapter.dispatch("wilson_low")(numerator, denominator)) -}}
{% endmacro %}

{% macro default__wilson_low(numerator, denominator) -%}
    case
        when {{ denominator }} = 0 then null
        when {{ numerator }} = 0 then cast(0 as double)
        else (
            {{ numerator }} + {{ wilson_z() }} * {{ wilson_z() }} / 2
            - {{ wilson_z() }} * {{ wilson_root(numerator, denominator) }}
        ) / ({{ denominator }} + {{ wilson_z() }} * {{ wilson_z() }})
    end
{%- endmacro %}

{% macro wilson_high(numerator, denominator) %}
    {{- return(adapter.dispatch("wilson_high")(numerator, denominator)) -}}
{% endmacro %}

{% macro default__wilson_high(numerator, denominator) -%}
    case
        when {{ denominator }} = 0 then null
        when {{ numerator }} = {{ denominator }} then cast(1 as double)
        else (
            {{ numerator }} + {{ wilson_z() }} * {{ wilson_z() }} / 2
            + {{ wilson_z() }} * {{ wilson_root(numerator, denominator) }}
        ) / ({{ denominator }} + {{ wilson_z() }} * {{ wilson_z() }})
    end
{%- endmacro %}

{% macro wilson_z() %}cast('1.959963984540054' as double){% endmacro %}

{% macro wilson_root(numerator, denominator) -%}
    sqrt(
        cast({{ numerator }} as double) * ({{ denominator }} - {{ numerator }}) / {{ denominator }}
        + {{ wilson_z() }} * {{ wilson_z() }} / 4
    )
{%- endmacro %}
