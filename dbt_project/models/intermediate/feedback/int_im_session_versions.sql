{# One row per version of a consultation session, with the messages known by then. Each row
   delivered is a version, and so is a day that brings only new messages. #}
{{ config(materialized='ephemeral') }}

with

delivered as (

    select
        *,
        row_number() over (
            partition by session_key, business_day order by updated_at desc, row_sha256 desc
        ) as rank_of_day
    from {{ ref('stg_im_sessions') }}
    where
        business_day <= {{ window_end() }}
        and session_key in (select touched.session_key from {{ ref('int_sessions_touched') }} as touched)

),

last_rows_of_day as (

    select
        session_key,
        row_sha256,
        business_day,
        lead(business_day, 1, {{ open_end() }}) over (
            partition by session_key order by business_day
        ) as next_row_day
    from delivered
    where rank_of_day = 1

),

messages_of_day as (

    select
        session_key,
        business_day,
        count(*) as message_count,
        count(case when role = 'agent' then 1 end) as agent_count,
        count(case when role = 'bot' then 1 end) as bot_count
    from {{ ref('int_first_messages') }}
    group by
        session_key,
        business_day

),

messages_by_then as (

    select
        session_key,
        business_day,
        lead(business_day, 1, {{ open_end() }}) over (
            partition by session_key order by business_day
        ) as next_message_day,
        sum(message_count) over until_then as message_count,
        sum(agent_count) over until_then as agent_count,
        sum(bot_count) over until_then as bot_count
    from messages_of_day
    window until_then as (
        partition by session_key order by business_day
        rows between unbounded preceding and current row
    )

),

versions as (

    select
        session_key,
        row_sha256,
        business_day as row_day,
        business_day as version_day
    from delivered
    union all
    select
        last_rows_of_day.session_key,
        last_rows_of_day.row_sha256,
        last_rows_of_day.business_day as row_day,
        messages_of_day.business_day as version_day
    from messages_of_day
    inner join last_rows_of_day
        on messages_of_day.session_key = last_rows_of_day.session_key
        and messages_of_day.business_day > last_rows_of_day.business_day
        and messages_of_day.business_day < last_rows_of_day.next_row_day

),

known as (

    select
        versions.version_day as business_day,
        delivered.platform,
        delivered.session_key,
        delivered.session_id,
        delivered.order_key,
        delivered.shop_key,
        delivered.buyer_key,
        delivered.rated_scope,
        delivered.row_sha256,
        coalesce(messages_by_then.message_count, 0) as message_count,
        coalesce(messages_by_then.agent_count, 0) as agent_count,
        coalesce(messages_by_then.bot_count, 0) as bot_count,
        delivered.rating,
        delivered.started_at,
        delivered.updated_at
    from versions
    inner join delivered
        on versions.session_key = delivered.session_key
        and versions.row_day = delivered.business_day
        and versions.row_sha256 = delivered.row_sha256
    left join messages_by_then
        on versions.session_key = messages_by_then.session_key
        and versions.version_day >= messages_by_then.business_day
        and versions.version_day < messages_by_then.next_message_day

)

select * from known
