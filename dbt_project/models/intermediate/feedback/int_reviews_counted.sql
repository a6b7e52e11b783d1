{# One row per review a buyer wrote: the how-manieth of this buyer on this shop in the calendar
   month it is, in the order in which they became known. Appended and default reviews are none. #}
{{ config(materialized='ephemeral') }}

with

counted as (

    select
        feedback_key,
        row_number() over (
            partition by buyer_key, shop_key, date_trunc('month', {{ shanghai_date('occurred_at') }})
            order by business_day, occurred_at, feedback_key
        ) as review_no_of_month
    from {{ ref('int_feedback_versions') }}
    where
        channel = 'review'
        and version_no = 1
        and buyer_key is not null
        and not coalesce(is_default, false)
        and not coalesce(is_append, false)

)

select * from counted
