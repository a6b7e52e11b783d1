-- One row per session of the shops that started in the range: its first rating, whether the rate asks it,
-- how fast people answered, and what the classifier says of it.
create or replace temp table sessions as
with

delivered as (

    select
        *,
        row_number() over (partition by session_key order by business_day, updated_at, row_sha256) as version_no
    from staging.stg_im_sessions
    where
        business_day <= $known_on
        and shop_key in (select unnest($shops))

),

started as (

    select
        *,
        platform || ':im_session:' || session_id as feedback_key,
        cast(started_at at time zone 'Asia/Shanghai' as date) as started_on,
        extract(hour from started_at at time zone 'Asia/Shanghai') between 8 and 22 as in_service_hours
    from delivered
    where
        version_no = 1
        and cast(started_at at time zone 'Asia/Shanghai' as date) between $first and $last

),

-- the first rating speaks; what it is changed to later does not
first_ratings as (

    select
        session_key,
        rating,
        rated_scope,
        business_day as rated_known_on
    from delivered
    where rating is not null
    qualify row_number() over (partition by session_key order by version_no) = 1

),

messages as (

    select
        stg.session_key,
        stg.message_id,
        stg.role,
        stg.text,
        stg.sent_at,
        stg.sent_at at time zone 'Asia/Shanghai' as sent_local,
        row_number() over (partition by stg.session_key order by stg.seq, stg.sent_at, stg.message_id) as place
    from (
        select *
        from staging.stg_im_messages
        where business_day <= $known_on
        qualify row_number() over (partition by session_key, message_id order by business_day, row_sha256) = 1
    ) as stg
    inner join started on stg.session_key = started.session_key
    where stg.role <> 'system'

),

in_turns as (

    select
        *,
        sum(case when begins then 1 else 0 end) over (partition by session_key order by place) as turn
    from (
        select
            *,
            role = 'consumer'
            and coalesce(lag(role) over (partition by session_key order by place), '') <> 'consumer' as begins
        from messages
    )

),

turns as (

    select
        session_key,
        turn,
        min(sent_local) filter (where begins) as asked_at,
        min(sent_local) filter (where role = 'agent') as answered_at
    from in_turns
    where turn > 0
    group by session_key, turn

),

-- the clock of customer service runs from 08:00 to 22:59:59; a turn without answer waits ten minutes (C8)
waits as (

    select
        session_key,
        turn,
        answered_at is not null as is_answered,
        case
            when answered_at is null then 600
            else greatest(0, cast(
                date_diff('day', asked_at, answered_at) * 54000
                + least(greatest(epoch(answered_at - date_trunc('day', answered_at)) - 28800, 0), 54000)
                - least(greatest(epoch(asked_at - date_trunc('day', asked_at)) - 28800, 0), 54000) as bigint
            ))
        end as waited_s
    from turns

),

response as (

    select
        session_key,
        cast(count(*) as integer) as turns,
        cast(count(*) filter (where not is_answered) as integer) as unanswered_turns,
        min_by(waited_s, turn) as first_response_s,
        avg(waited_s) as mean_response_s,
        max(waited_s) as slowest_response_s
    from waits
    group by session_key

),

said as (

    select
        session_key,
        list(text order by place) as consumer_words
    from messages
    where
        role = 'consumer'
        and text is not null
    group by session_key

),

tags as (

    select
        feedback_key,
        bool_or(is_dissatisfied) as is_dissatisfied,
        list_sort(list_distinct(list(issue_code) filter (where decision = 'negative'))) as issue_codes
    from classified.feedback_tags
    where
        feedback_key in (select feedback_key from started)
        and business_day <= $known_on
    group by feedback_key

),

spans as (

    select
        tags.feedback_key,
        list_sort(list_distinct(list(spans.span_text))) as words
    from classified.feedback_tags as tags
    inner join classified.evidence_spans as spans
        on
            tags.feedback_key = spans.feedback_key
            and tags.tag_no = spans.tag_no
    where
        tags.decision = 'negative'
        and tags.feedback_key in (select feedback_key from started)
    group by tags.feedback_key

),

exclusions as (

    select
        feedback_key,
        list_sort(list_distinct(list(exclusion_code))) as exclusion_codes
    from (
        select
            found.feedback_key,
            found.exclusion_code
        from intermediate.int_evaluation_exclusions as found
        inner join session_policies as policy on true
        inner join policies.policy_exclusions as listed
            on
                policy.policy_id = listed.policy_id
                and policy.policy_version = listed.version
                and listed.scope = 'evaluation'
                and found.exclusion_code = listed.exclusion_code
        where found.business_day <= $known_on
        union
        select
            feedback_key,
            exclusion_code
        from appeals.upheld_feedback
        where business_day <= $known_on
    )
    group by feedback_key

)

select
    started.shop_key,
    started.session_key,
    started.feedback_key,
    started.started_at,
    started.started_on,
    coalesce(links.order_key, started.order_key) as order_key,
    ratings.rating,
    ratings.rated_scope,
    ratings.rated_known_on,
    coalesce(ratings.rated_scope = 'human', false)
    and started.in_service_hours
    and exclusions.exclusion_codes is null as is_rated,
    started.in_service_hours,
    exclusions.exclusion_codes,
    tags.is_dissatisfied,
    coalesce(tags.issue_codes, cast([] as varchar[])) as issue_codes,
    coalesce(spans.words, cast([] as varchar[])) as words,
    coalesce(said.consumer_words, cast([] as varchar[])) as consumer_words,
    coalesce(response.turns, 0) as turns,
    coalesce(response.unanswered_turns, 0) as unanswered_turns,
    response.first_response_s,
    response.mean_response_s,
    response.slowest_response_s
from started
left join first_ratings as ratings on started.session_key = ratings.session_key
left join response on started.session_key = response.session_key
left join said on started.session_key = said.session_key
left join tags on started.feedback_key = tags.feedback_key
left join spans on started.feedback_key = spans.feedback_key
left join exclusions on started.feedback_key = exclusions.feedback_key
left join (
    select
        feedback_key,
        arg_max(order_key, business_day) as order_key
    from intermediate.int_feedback_links
    where business_day <= $known_on
    group by feedback_key
) as links on started.feedback_key = links.feedback_key
