{#
    One row per linked feedback and dimension it speaks of, on the day the link became known, and
    again on each later day on which a person decided about it or an appeal against it was upheld. The
    latest row that a day knows holds; a dimension that is spoken of no more has a row that takes it back.
    Only first versions speak (I6). What a guard cleared is kept: it counts in the real rate.
#}

{% set least_link_confidence = 0.5 %}

with

{# What is said of a feedback's first version after it was delivered. #}
said_later as (

    select
        business_day,
        feedback_key
    from {{ ref('int_review_decisions') }}
    where {{ in_window('business_day') }}
    union
    select
        business_day,
        feedback_key
    from {{ ref('int_evaluation_exclusions') }}
    where
        is_first_version
        and is_excluding
        and {{ in_window('business_day') }}

),

days_judged as (

    select
        business_day,
        feedback_key,
        order_key,
        link_confidence,
        false as is_judged_again
    from {{ ref('int_feedback_links') }}
    where {{ in_window('business_day') }}
    union all
    select
        said_later.business_day,
        links.feedback_key,
        links.order_key,
        links.link_confidence,
        true as is_judged_again
    from said_later
    inner join {{ ref('int_feedback_links') }} as links
        on
            said_later.feedback_key = links.feedback_key
            and said_later.business_day > links.business_day

),

feedback_of_window as (

    select distinct feedback_key from days_judged

),

tags_by_dimension as (

    select
        tags.feedback_key,
        tags.dimension,
        coalesce(tags.needs_content_theme, false) as needs_content_theme,
        bool_or(tags.decision = 'negative') as is_negative,
        {{ set_of('tags.issue_code', where="tags.decision = 'negative'") }} as issue_codes,
        {{ set_of('tags.issue_code', where="tags.decision = 'guarded'") }} as guarded_issue_codes,
        max(tags.severity) as severity
    from {{ source('classified', 'feedback_tags') }} as tags
    inner join feedback_of_window on tags.feedback_key = feedback_of_window.feedback_key
    where
        tags.decision in ('negative', 'guarded')
        and tags.dimension is not null
    group by tags.feedback_key, tags.dimension, coalesce(tags.needs_content_theme, false)

),

decisions_known as (

    select
        days_judged.business_day,
        days_judged.feedback_key,
        days_judged.is_judged_again,
        decisions.business_day as decided_day,
        decisions.decision_no,
        decisions.decision,
        decisions.issue_code,
        decisions.dimension,
        decisions.needs_content_theme,
        decisions.severity,
        row_number() over (
            partition by days_judged.business_day, days_judged.feedback_key
            order by decisions.decision_no desc
        ) as recency
    from days_judged
    inner join {{ ref('int_review_decisions') }} as decisions
        on
            days_judged.feedback_key = decisions.feedback_key
            and days_judged.business_day >= decisions.business_day

),

decisions_in_force as (

    select *
    from decisions_known
    where
        recency = 1
        and decision <> 'withdrawn'

),

spoken_of as (

    select
        days_judged.business_day,
        days_judged.feedback_key,
        tags.dimension,
        tags.needs_content_theme,
        tags.issue_codes,
        tags.guarded_issue_codes,
        tags.severity,
        tags.is_negative,
        0 as decision_no
    from days_judged
    inner join tags_by_dimension as tags on days_judged.feedback_key = tags.feedback_key
    left join decisions_in_force as decisions
        on
            days_judged.business_day = decisions.business_day
            and days_judged.feedback_key = decisions.feedback_key
    where decisions.feedback_key is null
    union all
    select
        business_day,
        feedback_key,
        dimension,
        needs_content_theme,
        {{ sorted_list(["case when decision = 'negative' then issue_code end"]) }} as issue_codes,
        {{ sorted_list(["case when decision = 'guarded' then issue_code end"]) }} as guarded_issue_codes,
        severity,
        decision = 'negative' as is_negative,
        decision_no
    from decisions_in_force
    where
        decision in ('negative', 'guarded')
        and dimension is not null

),

spoken_of_before as (

    select
        days_judged.business_day,
        days_judged.feedback_key,
        tags.dimension,
        tags.needs_content_theme
    from days_judged
    inner join tags_by_dimension as tags on days_judged.feedback_key = tags.feedback_key
    where days_judged.is_judged_again
    union
    select
        business_day,
        feedback_key,
        dimension,
        needs_content_theme
    from decisions_known
    where
        is_judged_again
        and decided_day < business_day
        and decision in ('negative', 'guarded')
        and dimension is not null

),

taken_back as (

    select
        earlier.business_day,
        earlier.feedback_key,
        earlier.dimension,
        earlier.needs_content_theme,
        coalesce(decisions_in_force.decision_no, 0) as decision_no
    from spoken_of_before as earlier
    left join spoken_of
        on
            earlier.business_day = spoken_of.business_day
            and earlier.feedback_key = spoken_of.feedback_key
            and earlier.dimension = spoken_of.dimension
            and earlier.needs_content_theme = spoken_of.needs_content_theme
    left join decisions_in_force
        on
            earlier.business_day = decisions_in_force.business_day
            and earlier.feedback_key = decisions_in_force.feedback_key
    where spoken_of.feedback_key is null

),

said as (

    select
        *,
        false as is_taken_back
    from spoken_of
    union all
    select
        business_day,
        feedback_key,
        dimension,
        needs_content_theme,
        {{ sorted_list(["cast(null as string)"]) }} as issue_codes,
        {{ sorted_list(["cast(null as string)"]) }} as guarded_issue_codes,
        cast(0 as smallint) as severity,
        false as is_negative,
        decision_no,
        true as is_taken_back
    from taken_back

),

codes_excluding as (

    select
        days_judged.business_day,
        days_judged.feedback_key,
        {{ set_of('exclusions.exclusion_code') }} as exclusion_codes,
        {{ set_of(
            'exclusions.exclusion_code', where="exclusions.exclusion_code <> 'rating_text_contradiction'"
        ) }} as codes_beside_words
    from days_judged
    inner join {{ ref('int_evaluation_exclusions') }} as exclusions
        on
            days_judged.feedback_key = exclusions.feedback_key
            and days_judged.business_day >= exclusions.business_day
    where
        exclusions.is_first_version
        and exclusions.is_excluding
    group by days_judged.business_day, days_judged.feedback_key

),

feedback_judged as (

    select
        days_judged.business_day,
        events.platform,
        days_judged.feedback_key,
        days_judged.order_key,
        events.line_id,
        events.channel,
        events.occurred_at,
        said.dimension,
        said.needs_content_theme,
        said.issue_codes,
        said.guarded_issue_codes,
        said.severity,
        said.is_negative,
        said.decision_no,
        said.is_taken_back,
        days_judged.link_confidence >= {{ least_link_confidence }} and not said.is_taken_back as is_real,
        {# A person who has read the words settles what contradicts them. #}
        {{ with_codes_that_hold(
            'coalesce(case when said.decision_no > 0 then codes_excluding.codes_beside_words '
            ~ 'else codes_excluding.exclusion_codes end, ' ~ empty_list() ~ ')', {
            'low_link_confidence':
                'not said.is_taken_back and days_judged.link_confidence < ' ~ least_link_confidence,
        }) }} as exclusion_codes
    from days_judged
    inner join said
        on
            days_judged.business_day = said.business_day
            and days_judged.feedback_key = said.feedback_key
    inner join {{ ref('int_feedback_events') }} as events
        on
            days_judged.feedback_key = events.feedback_key
            and events.is_first_version
    left join codes_excluding
        on
            days_judged.feedback_key = codes_excluding.feedback_key
            and days_judged.business_day = codes_excluding.business_day

),

verdicts as (

    select
        business_day,
        platform,
        feedback_key,
        order_key,
        line_id,
        channel,
        dimension,
        needs_content_theme,
        issue_codes,
        guarded_issue_codes,
        exclusion_codes,
        cast(severity as smallint) as severity,
        is_negative,
        is_real,
        is_negative and {{ list_length('exclusion_codes') }} = 0 as is_valid,
        is_taken_back,
        cast(decision_no as integer) as decision_no,
        occurred_at
    from feedback_judged

)

select * from verdicts
