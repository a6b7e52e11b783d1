{# One row per delivered version of a review, in the shape all channels share. #}
{{ config(materialized='ephemeral') }}

with

{# What is said of a review depends on how many its buyer wrote (int_reviews_counted). #}
reviews_touched as (

    {{ feedback_touched(ref('stg_reviews'), 'review_id', buyers=false) }}
    union
    select review_id
    from {{ ref('stg_reviews') }}
    where
        buyer_key in (
            select buyer_key from {{ ref('stg_reviews') }}
            where
                review_id in (
                    select review_id from {{ ref('stg_reviews') }} where {{ in_window('business_day') }}
                )
        )

),

shaped as (

    select
        {{ feedback_shape({
            'feedback_key': "platform || ':review:' || review_id",
            'channel': "'review'",
            'shop_key': 'shop_key',
            'buyer_key': 'buyer_key',
            'native_order_key': 'order_key',
            'line_id': 'line_id',
            'occurred_at': 'created_at',
            'updated_at': 'updated_at',
            'text': 'text',
            'rating_overall': 'rating_overall',
            'rating_product': 'rating_product',
            'rating_service': 'rating_service',
            'rating_logistics': 'rating_logistics',
            'is_default': 'is_default',
            'is_append': 'is_append',
            'platform_abnormal': 'platform_abnormal',
        }) }}
    from {{ ref('stg_reviews') }}
    where
        business_day <= {{ window_end() }}
        and review_id in (select reviews_touched.review_id from reviews_touched)

)

select * from shaped
