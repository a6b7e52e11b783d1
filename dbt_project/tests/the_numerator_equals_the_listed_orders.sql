{# A shop's numerator is the number of its orders listed as negative, whichever dimension is asked. #}
{{ config(meta={"dagster": {"ref": {"name": "fct_ccr"}}}) }}

with

listed as (

    select
        scores.business_day,
        scores.subject_id,
        scores.window_days,
        scores.dimension,
        scores.num_effective,
        coalesce(sum(negatives.change), 0) as listed_orders
    from {{ ref('fct_ccr') }} as scores
    left join {{ ref('fct_negative_orders') }} as negatives
        on
            scores.subject_id = negatives.shop_key
            and scores.dimension = negatives.dimension
            and negatives.business_day <= scores.business_day
            and negatives.order_day between scores.window_start and scores.business_day
    where
        scores.subject_type = 'shop'
        and {{ in_window('scores.business_day') }}
    group by
        scores.business_day,
        scores.subject_id,
        scores.window_days,
        scores.dimension,
        scores.num_effective

)

select * from listed
where num_effective <> listed_orders
