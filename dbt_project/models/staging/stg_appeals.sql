{#
    One row per delivered version of an event of an appeal: equal rows of one delivery day are one.
    What the appeal is about has the key that the subject has elsewhere.
#}

with

versions as (

    select
        platform,
        appeal_id,
        event_no,
        any_value(event) as event,
        any_value(shop_id) as shop_id,
        any_value(subject_type) as subject_type,
        any_value(subject_id) as subject_id,
        any_value(channel) as channel,
        any_value(decision_id) as decision_id,
        any_value(reason_code) as reason_code,
        any_value(statement) as statement,
        any_value(evidence) as evidence,
        any_value(noticed_at) as noticed_at,
        any_value(result_reason) as result_reason,
        any_value(reviewer_kind) as reviewer_kind,
        any_value(actor) as actor,
        any_value(happened_at) as happened_at,
        any_value(note) as note,
        count(*) as delivered_count,
        business_day,
        _row_sha256
    from {{ source('raw', 'appeals') }}
    group by
        platform,
        appeal_id,
        event_no,
        business_day,
        _row_sha256

),

named as (

    select
        business_day,
        platform,
        platform || ':appeal:' || appeal_id as appeal_key,
        appeal_id,
        event_no,
        event,
        platform || ':' || shop_id as shop_key,
        subject_type,
        case subject_type
            when 'feedback' then platform || ':' || channel || ':' || subject_id
            when 'session' then platform || ':im_session:' || subject_id
            when 'order' then platform || ':' || subject_id
            when 'decision' then coalesce(subject_id, decision_id)
            when 'bill' then platform || ':bill:' || subject_id
        end as subject_key,
        decision_id,
        reason_code,
        {{ mask_personal('statement') }} as statement,
        length(statement) as statement_length,
        evidence,
        noticed_at,
        result_reason,
        reviewer_kind,
        actor,
        happened_at,
        {{ mask_personal('note') }} as note,
        delivered_count,
        _row_sha256 as row_sha256
    from versions

)

select * from named
