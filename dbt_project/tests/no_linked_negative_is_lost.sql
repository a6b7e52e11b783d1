{# Every dimension that linked feedback speaks of has its verdict, on the day the link became known. #}
{{ config(meta={"dagster": {"ref": {"name": "int_feedback_verdicts"}}}) }}

with

spoken_of as (

    select distinct
        links.business_day,
        links.order_key,
        links.feedback_key,
        tags.dimension
    from {{ ref('int_feedback_links') }} as links
    inner join {{ source('classified', 'feedback_tags') }} as tags on links.feedback_key = tags.feedback_key
    where
        tags.decision in ('negative', 'guarded')
        and tags.dimension is not null
        and {{ in_window('links.business_day') }}

),

judged as (

    select distinct
        business_day,
        order_key,
        feedback_key,
        dimension
    from {{ ref('int_feedback_verdicts') }}
    where {{ in_window('business_day') }}

),

differing as (

    (select * from spoken_of except select * from judged)
    union all
    (select * from judged except select * from spoken_of)

)

select * from differing
