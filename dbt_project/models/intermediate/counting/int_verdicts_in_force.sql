{#
    One row per verdict with the days it holds: from business_day to the day before until_day.
    A verdict holds until the feedback is judged again; what was taken back has no row.
#}
{{ config(materialized='view') }}

with

verdicts_in_turn as (

    select
        *,
        lead(business_day) over (
            partition by feedback_key, dimension, needs_content_theme order by business_day
        ) as until_day
    from {{ ref('int_feedback_verdicts') }}

),

verdicts_standing as (

    select * from verdicts_in_turn
    where not is_taken_back

)

select * from verdicts_standing
