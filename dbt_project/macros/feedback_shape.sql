{# The select list of a delivered version of feedback, the same for every channel: each column from
   the expression given for it, NULL where the channel has no such thing. #}
{% macro feedback_shape(given) %}
    {%- set shape = {
        'feedback_key': dbt.type_string(),
        'channel': dbt.type_string(),
        'shop_key': dbt.type_string(),
        'buyer_key': dbt.type_string(),
        'native_order_key': dbt.type_string(),
        'line_id': dbt.type_string(),
        'occurred_at': none,
        'updated_at': none,
        'text': dbt.type_string(),
        'reason_code': dbt.type_string(),
        'reason_text': dbt.type_string(),
        'after_sale_kind': dbt.type_string(),
        'rating_overall': 'smallint',
        'rating_product': 'smallint',
        'rating_service': 'smallint',
        'rating_logistics': 'smallint',
        'rated_scope': dbt.type_string(),
        'refund_amount_fen': dbt.type_bigint(),
        'blame': dbt.type_string(),
        'evidence_count': dbt.type_int(),
        'evidence_valid': dbt.type_boolean(),
        'merchant_admitted': dbt.type_boolean(),
        'consumer_accepted': dbt.type_boolean(),
        'compensated': dbt.type_boolean(),
        'is_default': dbt.type_boolean(),
        'is_append': dbt.type_boolean(),
        'platform_abnormal': dbt.type_boolean(),
        'platform_exempt': dbt.type_boolean(),
        'message_count': dbt.type_int(),
        'human_present': dbt.type_boolean(),
        'bot_present': dbt.type_boolean(),
        'in_service_hours': dbt.type_boolean(),
    } -%}
    {%- for column in given if column not in shape -%}
        {{ exceptions.raise_compiler_error(
            "feedback has no column '" ~ column ~ "': add it to the macro feedback_shape"
        ) }}
    {%- endfor -%}
    business_day,
    platform,
    row_sha256
    {%- for column, type in shape.items() %},
    {% if type is none %}{{ given[column] }}{% else %}cast({{ given.get(column, 'null') }} as {{ type | lower }}){% endif %} as {{ column }}
    {%- endfor %}
{%- endmacro %}
