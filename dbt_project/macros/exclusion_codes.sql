{# The codes that keep an order out, in the order in which a waterfall takes them off. #}
{% macro order_exclusion_codes() %}
    {{ return([
        "unpaid", "closed_before_pay", "cancelled_before_ship", "zero_amount", "lottery_or_lucky_bag",
        "gift_line_only", "sample_order", "collection_or_topup", "internal_purchase",
        "low_price_lt_1yuan", "low_price_lt_30pct", "instant_refund", "risk_review",
        "platform_abnormal_cancel", "brushing_cluster",
    ]) }}
{% endmacro %}

{# The codes of evaluations that an upheld appeal or report keeps out. #}
{% macro appeal_exclusions() %}{{ return("('appeal_upheld', 'report_upheld')") }}{% endmacro %}

{# The first of a list's codes in that order; NULL where it has none. #}
{% macro first_exclusion(codes) -%}
    case
        {%- for code in order_exclusion_codes() %}
        when {{ list_holds(codes, code) }} then '{{ code }}'
        {%- endfor %}
    end
{%- endmacro %}

{# Whether a list holds a code. #}
{% macro list_holds(list, code) %}{{ return(adapter.dispatch("list_holds")(list, code)) }}{% endmacro %}

{% macro duckdb__list_holds(list, code) %}list_contains({{ list }}, '{{ code }}'){% endmacro %}

{% macro spark__list_holds(list, code) %}array_contains({{ list }}, '{{ code }}'){% endmacro %}
