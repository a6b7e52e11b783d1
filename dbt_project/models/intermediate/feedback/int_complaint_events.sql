{# One row per delivered version of a complaint, in the shape all channels share. Platforms give a
   complaint's category as a code or as a phrase, so it stands as reason_code and as reason_text. #}
{{ config(materialized='ephemeral') }}

with

shaped as (

    select
        {{ feedback_shape({
            'feedback_key': "platform || ':complaint:' || complaint_id",
            'channel': "'complaint'",
            'shop_key': 'shop_key',
            'buyer_key': 'buyer_key',
            'native_order_key': 'order_key',
            'occurred_at': 'created_at',
            'updated_at': 'updated_at',
            'text': 'text',
            'reason_code': 'category',
            'reason_text': 'category',
            'blame': 'blame',
            'evidence_count': 'evidence_count',
            'evidence_valid': 'evidence_valid',
            'merchant_admitted': 'merchant_admitted',
            'consumer_accepted': 'consumer_accepted',
            'compensated': 'compensated',
        }) }}
    from {{ ref('stg_complaints') }}
    where
        business_day <= {{ window_end() }}
        and complaint_id in ({{ feedback_touched(ref('stg_complaints'), 'complaint_id') }})

)

select * from shaped
