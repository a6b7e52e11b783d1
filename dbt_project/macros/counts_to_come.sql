{#
    Both ends of the central 95 % interval of a count to come, known by its mean and a variance not below
    the mean (negative binomial; Poisson where they are equal): Cornish and Fisher's expansion of the
    quantile with the third and fourth cumulants, half a count for continuity, rounded up. Below, where a
    variance far above the mean bends it, Wilson and Hilferty's quantile of the Gamma of that mean and
    variance is asked too, and the lower speaks.
    The chance of none is exact: above 2.5 % it makes the lower end 0, from 97.5 % on the upper end too.
#}
{% macro count_to_come_low(mean, variance) -%}
    case
        when {{ mean }} is null or {{ variance }} is null then null
        when {{ mean }} <= 0 then cast(0 as double)
        when {{ chance_of_none(mean, variance) }} > 0.025 then cast(0 as double)
        else greatest(0, ceil(least(
            {{ count_quantile(mean, variance, '-' ~ wilson_z()) }},
            {{ gamma_quantile(mean, variance, '-' ~ wilson_z()) }} - 0.5
        )))
    end
{%- endmacro %}

{% macro count_to_come_high(mean, variance) -%}
    case
        when {{ mean }} is null or {{ variance }} is null then null
        when {{ mean }} <= 0 then cast(0 as double)
        when {{ chance_of_none(mean, variance) }} >= 0.975 then cast(0 as double)
        else greatest(1, ceil({{ count_quantile(mean, variance, wilson_z()) }}))
    end
{%- endmacro %}

{% macro chance_of_none(mean, variance) -%}
    exp(
        case
            when {{ variance }} > {{ mean }} * 1.0001
                then ln({{ mean }} / {{ variance }}) * {{ mean }} * {{ mean }} / ({{ variance }} - {{ mean }})
            else -{{ mean }}
        end
    )
{%- endmacro %}

{% macro count_quantile(mean, variance, z) -%}
    {%- set skewness = "((2 * " ~ variance ~ " / " ~ mean ~ " - 1) / sqrt(" ~ variance ~ "))" -%}
    {%- set kurtosis -%}
        (6 * ({{ variance }} - {{ mean }}) / ({{ mean }} * {{ mean }}) + 1 / {{ variance }})
    {%- endset -%}
    {{ mean }} - 0.5 + sqrt({{ variance }}) * (
        {{ z }}
        + {{ skewness }} * ({{ z }} * {{ z }} - 1) / 6
        + {{ kurtosis }} * ({{ z }} * {{ z }} * {{ z }} - 3 * {{ z }}) / 24
        - {{ skewness }} * {{ skewness }} * (2 * {{ z }} * {{ z }} * {{ z }} - 5 * {{ z }}) / 36
    )
{%- endmacro %}

{% macro gamma_quantile(mean, variance, z) -%}
    {%- set root = "greatest(0, 1 - " ~ variance ~ " / (9 * " ~ mean ~ " * " ~ mean ~ ") + " ~ z ~ " * sqrt("
        ~ variance ~ ") / (3 * " ~ mean ~ "))" -%}
    {{ mean }} * {{ root }} * {{ root }} * {{ root }}
{%- endmacro %}
