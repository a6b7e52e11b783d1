{# One row per delivered version of feedback of any channel, with the reasons, if any, why its facts
   make it no valid evaluation; what its words make it is found later. No order is looked at. #}

with

versions as (

    select * from {{ ref('int_feedback_versions') }}
    where {{ in_window('business_day') }}

),

compared as (

    select
        versions.*,
        coalesce(reviews_counted.review_no_of_month, 0) as review_no_of_month
    from versions
    left join {{ ref('int_reviews_counted') }} as reviews_counted
        on versions.feedback_key = reviews_counted.feedback_key

),

judged as (

    select
        business_day,
        platform,
        feedback_key,
        version_no,
        version_no = 1 as is_first_version,
        channel,
        shop_key,
        buyer_key,
        native_order_key,
        line_id,
        occurred_at,
        updated_at,
        text,
        reason_code,
        reason_text,
        after_sale_kind,
        rating_overall,
        rating_product,
        rating_service,
        rating_logistics,
        rated_scope,
        refund_amount_fen,
        blame,
        evidence_count,
        evidence_valid,
        merchant_admitted,
        consumer_accepted,
        compensated,
        is_default,
        is_append,
        platform_abnormal,
        platform_exempt,
        message_count,
        human_present,
        in_service_hours,
        row_sha256,
        {{ codes_that_hold({
            'platform_abnormal_flag': "platform_abnormal",
            'platform_exempt_tag': "platform_exempt",
            'auto_default_review': "is_default",
            'duplicate_version': "version_no > 1 and is_repetition",
            'edited_later_version': "version_no > 1 and not is_repetition",
            'buyer_frequency_cap': "review_no_of_month >= 4",
            'bot_only_session': "bot_present and not human_present",
            'out_of_hours_session': "not in_service_hours",
        }) }} as exclusion_codes
    from compared

)

select * from judged
