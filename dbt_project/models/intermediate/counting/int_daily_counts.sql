{#
    One row per shop, product or creator, day on which orders were paid, and day on which that
    became known: what to add. Sums of these rows are all the counts there are.
#}

with

summed as (

    select
        business_day,
        order_day,
        platform,
        subject_type,
        subject_id,
        {{ summed_counts() }}
    from {{ ref('int_subject_changes') }}
    where {{ in_window('business_day') }}
    group by business_day, order_day, platform, subject_type, subject_id

),

counted as (

    select * from summed
    where {{ any_count() }}

)

select * from counted
