{# Code by code, what is taken off the real counts leaves exactly the effective ones. #}
{{ config(meta={"dagster": {"ref": {"name": "fct_exclusion_steps"}}}) }}

with

taken_off as (

    select
        business_day,
        subject_type,
        subject_id,
        window_days,
        sum(orders_out) as orders_out,
        sum(negatives_out) as negatives_out
    from {{ ref('fct_exclusion_steps') }}
    where {{ in_window('business_day') }}
    group by business_day, subject_type, subject_id, window_days

)

select
    scores.business_day,
    scores.subject_type,
    scores.subject_id,
    scores.window_days
from {{ ref('fct_ccr') }} as scores
left join taken_off
    on
        scores.business_day = taken_off.business_day
        and scores.subject_type = taken_off.subject_type
        and scores.subject_id = taken_off.subject_id
        and scores.window_days = taken_off.window_days
where
    {{ in_window('scores.business_day') }}
    and scores.subject_type in ('shop', 'platform')
    and scores.dimension = 'overall'
    and (
        scores.den_real - scores.den_effective <> coalesce(taken_off.orders_out, 0)
        or scores.num_real - scores.num_effective <> coalesce(taken_off.negatives_out, 0)
    )
