{# From the published figure to the mature one it is the restatements of the days between, order day by order day. #}
{{ config(meta={"dagster": {"ref": {"name": "fct_ccr_mature"}}}) }}

with

compared as (

    select
        mature.business_day,
        mature.subject_type,
        mature.subject_id,
        mature.window_days,
        mature.den_change,
        mature.num_change,
        coalesce(sum(restated.den_effective_change), 0) as den_restated,
        coalesce(sum(restated.num_effective_change), 0) as num_restated
    from {{ ref('fct_ccr_mature') }} as mature
    left join {{ ref('fct_restatements') }} as restated
        on
            mature.subject_type = restated.subject_type
            and mature.subject_id = restated.subject_id
            and mature.platform = restated.platform
            and restated.business_day > mature.window_end
            and restated.business_day <= mature.business_day
            and restated.order_day between mature.window_start and mature.window_end
    where
        mature.subject_type in ('shop', 'platform')
        and mature.dimension = 'overall'
        and mature.den_published is not null
        and {{ in_window('mature.business_day') }}
    group by
        mature.business_day,
        mature.subject_type,
        mature.subject_id,
        mature.window_days,
        mature.den_change,
        mature.num_change

)

select * from compared
where
    den_change <> den_restated
    or num_change <> num_restated
