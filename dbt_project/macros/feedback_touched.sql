{#
    The ids, as a query, of feedback that the window's days may say something new of: of which something was
    delivered, or which names an order of which something was, or, where it names none, whose buyer has such
    an order. Everything is looked at anew for these, with all their versions, and for no others.
    `staged` is their staging table, `buyers` whether it knows who gave them.
#}
{% macro feedback_touched(staged, id, buyers=true) -%}
    select {{ id }} from {{ staged }} where {{ in_window('business_day') }}
    union
    select {{ id }}
    from {{ staged }}
    where order_key in (select order_key from {{ ref('stg_orders') }} where {{ in_window('business_day') }})
    {%- if buyers %}
    union
    select {{ id }}
    from {{ staged }}
    where
        order_key is null
        and buyer_key in (select buyer_key from {{ ref('stg_orders') }} where {{ in_window('business_day') }})
    {%- endif %}
{%- endmacro %}
