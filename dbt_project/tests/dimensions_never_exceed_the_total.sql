{# An order may be a negative of several dimensions, and is one of the total: dimensions overlap (I2). #}
{{ config(meta={"dagster": {"ref": {"name": "fct_ccr"}}}) }}

with

compared as (

    select
        business_day,
        subject_type,
        subject_id,
        window_days,
        max(case when dimension = 'overall' then num_effective end) as total_effective,
        max(case when dimension <> 'overall' then num_effective end) as largest_effective,
        sum(case when dimension <> 'overall' then num_effective end) as added_effective,
        max(case when dimension = 'overall' then num_real end) as total_real,
        max(case when dimension <> 'overall' then num_real end) as largest_real,
        sum(case when dimension <> 'overall' then num_real end) as added_real
    from {{ ref('fct_ccr') }}
    where {{ in_window('business_day') }}
    group by business_day, subject_type, subject_id, window_days

)

select * from compared
where
    total_effective not between largest_effective and added_effective
    or total_real not between largest_real and added_real
