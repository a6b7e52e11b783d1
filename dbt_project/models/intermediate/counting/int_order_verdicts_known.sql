{#
    One row per verdict on an order that is recounted, as known by the window's end: what it counts as, and
    its place among all that was said of the order. Spark would work it out at every mention.
#}
{{ config(materialized='table' if target.type == 'spark' else 'ephemeral') }}

with

verdicts_known as (

    select
        verdicts.order_key,
        verdicts.business_day,
        verdicts.until_day,
        verdicts.line_id,
        verdicts.dimension,
        verdicts.needs_content_theme,
        verdicts.counts_as,
        verdicts.product_counts_as,
        verdicts.is_real,
        verdicts.is_valid,
        verdicts.channel in {{ word_decided_channels() }} and verdicts.decision_no = 0 as is_by_words,
        row_number() over (
            partition by verdicts.order_key
            order by verdicts.business_day, verdicts.occurred_at, verdicts.feedback_key, verdicts.dimension
        ) as turn
    from {{ ref('int_verdicts_in_force') }} as verdicts
    inner join {{ ref('int_orders_recounted') }} as recounted on verdicts.order_key = recounted.order_key
    where verdicts.business_day <= {{ window_end() }}

)

select * from verdicts_known
