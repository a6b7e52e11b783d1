{# What feedback can be about, and `overall`: an order that has a negative in any of them. #}
{% macro dimensions() %}{{ return(["overall", "product", "content", "service", "logistics"]) }}{% endmacro %}

{# The channels whose feedback is decided by its words, as a list for `in`. #}
{% macro word_decided_channels() %}{{ return("('review')") }}{% endmacro %}

{# The days that a rate looks back over. #}
{% macro window_lengths() %}{{ return([7, 30]) }}{% endmacro %}

{# A row for each length of window: `window_days`. #}
{% macro window_lengths_rows() -%}
    {%- for length in window_lengths() -%}
        select cast({{ length }} as integer) as window_days{{ " union all " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# A row for each dimension: `dimension`. #}
{% macro dimensions_rows() -%}
    {%- for dimension in dimensions() -%}
        select cast('{{ dimension }}' as string) as dimension{{ " union all " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# The column of a wide row that belongs to the row's dimension, as `<prefix>_<dimension>`. #}
{% macro of_dimension(prefix, relation="") -%}
    case dimension
        {%- for dimension in dimensions() %}
        when '{{ dimension }}' then {{ relation ~ "." if relation }}{{ prefix }}_{{ dimension }}
        {%- endfor %}
    end
{%- endmacro %}

{#
    The dimension under which a verdict of `int_verdicts_in_force` counts for an order. What holds only of
    content shown live or in a short video is, elsewhere, about the product (S36, S37); the policy may then
    count one dimension as another.
#}
{% macro counted_dimension(verdicts, has_content_theme) -%}
    case
        when {{ verdicts }}.dimension = 'content' and {{ verdicts }}.needs_content_theme and not {{ has_content_theme }}
            then {{ verdicts }}.product_counts_as
        else {{ verdicts }}.counts_as
    end
{%- endmacro %}
