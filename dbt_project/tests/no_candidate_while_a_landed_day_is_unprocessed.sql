{# Nobody is penalised on a day before which a day that had landed was never processed. #}
{{ config(meta={"dagster": {"ref": {"name": "fct_penalty_candidates"}}}) }}

with

days_processed as (

    select distinct
        platform,
        business_day
    from {{ ref('stg_deliveries') }}

),

first_days as (

    select
        candidates.platform,
        candidates.business_day,
        min(deliveries.first_landed_day) as first_landed_day
    from {{ ref('fct_penalty_candidates') }} as candidates
    inner join {{ ref('stg_deliveries') }} as deliveries
        on
            candidates.platform = deliveries.platform
            and deliveries.business_day <= candidates.business_day
    where {{ in_window('candidates.business_day') }}
    group by candidates.platform, candidates.business_day

),

days_there as (

    select
        first_days.platform,
        first_days.business_day,
        first_days.first_landed_day,
        count(days_processed.business_day) as processed_days
    from first_days
    left join days_processed
        on
            first_days.platform = days_processed.platform
            and days_processed.business_day between first_days.first_landed_day and first_days.business_day
    group by first_days.platform, first_days.business_day, first_days.first_landed_day

)

select * from days_there
where processed_days < {{ days_through('first_landed_day', 'business_day') }}
