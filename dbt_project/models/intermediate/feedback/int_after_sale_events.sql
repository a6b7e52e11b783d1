{# One row per delivered version of an after-sale request, in the shape all channels share. #}
{{ config(materialized='ephemeral') }}

with

shaped as (

    select
        {{ feedback_shape({
            'feedback_key': "platform || ':after_sale:' || after_sale_id",
            'channel': "'after_sale'",
            'shop_key': 'shop_key',
            'native_order_key': 'order_key',
            'line_id': 'line_id',
            'occurred_at': 'requested_at',
            'updated_at': 'updated_at',
            'text': 'remark',
            'reason_code': 'reason_code',
            'reason_text': 'reason_text',
            'after_sale_kind': 'kind',
            'refund_amount_fen': 'refund_amount_fen',
            'blame': 'blame',
            'evidence_count': 'evidence_count',
            'evidence_valid': 'evidence_valid',
            'merchant_admitted': 'merchant_admitted',
            'platform_exempt': 'platform_exempt',
        }) }}
    from {{ ref('stg_after_sales') }}
    where
        business_day <= {{ window_end() }}
        and after_sale_id in ({{ feedback_touched(ref('stg_after_sales'), 'after_sale_id', buyers=false) }})

)

select * from shaped
