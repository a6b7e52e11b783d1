{# The first-requested reason and the first rating count; later edits are kept and change nothing (I6). #}
{{ config(meta={"dagster": {"ref": {"name": "int_feedback_verdicts"}}}) }}

with

verdicts as (

    select distinct
        feedback_key,
        channel,
        occurred_at
    from {{ ref('int_feedback_verdicts') }}
    where {{ in_window('business_day') }}

),

versions_ranked as (

    select
        verdicts.feedback_key,
        verdicts.channel,
        verdicts.occurred_at,
        events.business_day as first_day,
        events.channel as first_channel,
        events.occurred_at as first_occurred_at,
        row_number() over (
            partition by verdicts.feedback_key
            order by events.business_day, events.updated_at, events.row_sha256
        ) as version_turn
    from verdicts
    inner join {{ ref('int_feedback_events') }} as events on verdicts.feedback_key = events.feedback_key

),

compared as (

    select
        versions.*,
        tags.business_day as tagged_day
    from versions_ranked as versions
    inner join {{ source('classified', 'feedback_tags') }} as tags
        on versions.feedback_key = tags.feedback_key
    where versions.version_turn = 1

)

select * from compared
where
    tagged_day <> first_day
    or channel <> first_channel
    or occurred_at <> first_occurred_at
