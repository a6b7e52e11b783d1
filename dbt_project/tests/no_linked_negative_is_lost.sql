{#
    Every dimension that linked feedback speaks of has a verdict that holds by the last day of the
    run: what a person said of it last, else what the classifier read. No other verdict holds.
#}
{{ config(meta={"dagster": {"ref": {"name": "int_feedback_verdicts"}}}) }}

with

decisions_ranked as (

    select
        *,
        row_number() over (partition by feedback_key order by decision_no desc) as recency
    from {{ ref('int_review_decisions') }}
    where business_day <= {{ window_end() }}

),

decisions_in_force as (

    select * from decisions_ranked
    where
        recency = 1
        and decision <> 'withdrawn'

),

feedback_of_window as (

    select links.feedback_key
    from {{ ref('int_feedback_links') }} as links
    where {{ in_window('links.business_day') }}
    union
    select links.feedback_key
    from {{ ref('int_feedback_links') }} as links
    inner join decisions_ranked on links.feedback_key = decisions_ranked.feedback_key
    where
        {{ in_window('decisions_ranked.business_day') }}
        and links.business_day <= {{ window_end() }}

),

spoken_of as (

    select distinct
        tags.feedback_key,
        tags.dimension
    from {{ source('classified', 'feedback_tags') }} as tags
    inner join feedback_of_window on tags.feedback_key = feedback_of_window.feedback_key
    left join decisions_in_force on tags.feedback_key = decisions_in_force.feedback_key
    where
        tags.decision in ('negative', 'guarded')
        and tags.dimension is not null
        and decisions_in_force.feedback_key is null
    union
    select
        decisions.feedback_key,
        decisions.dimension
    from decisions_in_force as decisions
    inner join feedback_of_window on decisions.feedback_key = feedback_of_window.feedback_key
    where
        decisions.decision in ('negative', 'guarded')
        and decisions.dimension is not null

),

judged as (

    select distinct
        verdicts.feedback_key,
        verdicts.dimension
    from {{ ref('int_verdicts_in_force') }} as verdicts
    inner join feedback_of_window on verdicts.feedback_key = feedback_of_window.feedback_key
    where
        verdicts.business_day <= {{ window_end() }}
        and (verdicts.until_day is null or verdicts.until_day > {{ window_end() }})

),

differing as (

    (select * from spoken_of except select * from judged)
    union all
    (select * from judged except select * from spoken_of)

)

select * from differing
