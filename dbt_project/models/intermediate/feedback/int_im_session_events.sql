{# One row per version of a consultation session from the day on which both its row and a message
   are known (a rated session needs no message), in the shape all channels share. #}
{{ config(materialized='ephemeral') }}

with

versions as (

    select
        *,
        bool_or(message_count > 0 or rating is not null) over (
            partition by session_key order by business_day, updated_at, row_sha256
            rows between unbounded preceding and current row
        ) as is_event
    from {{ ref('int_im_session_versions') }}

),

shaped as (

    select
        {{ feedback_shape({
            'feedback_key': "platform || ':im_session:' || session_id",
            'channel': "'im_session'",
            'shop_key': 'shop_key',
            'buyer_key': 'buyer_key',
            'native_order_key': 'order_key',
            'occurred_at': 'started_at',
            'updated_at': 'updated_at',
            'rating_service': 'rating',
            'rated_scope': 'rated_scope',
            'message_count': 'message_count',
            'human_present': "agent_count > 0 or coalesce(rated_scope = 'human', false)",
            'bot_present': "bot_count > 0 or coalesce(rated_scope = 'bot', false)",
            'in_service_hours': shanghai_hour('started_at') ~ ' between 8 and 22',
        }) }}
    from versions
    where is_event

)

select * from shaped
