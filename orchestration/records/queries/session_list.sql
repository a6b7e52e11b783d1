-- The sessions of a numerator, with whether each can be reported to the platform, until when, and why not.
with

reports as (

    select
        sessions.*,
        appeals.state as report_state,
        policy.policy_id,
        policy.policy_version,
        policy.appealable,
        cast(coalesce(
            sessions.started_on + policy.report_window_days, sessions.rated_known_on + policy.window_days
        ) as date) as report_until
    from sessions
    left join session_policies as policy on true
    left join (
        select *
        from record_appeals
        where subject_type in ('session', 'feedback')
        qualify row_number() over (
            partition by subject_key order by is_open desc, moved_on desc, appeal_key desc
        ) = 1
    ) as appeals on sessions.feedback_key = appeals.subject_key
    where
        case
            when $measured = 'rated' then sessions.is_rated and sessions.rating <= 3
            else sessions.in_service_hours and sessions.is_dissatisfied
        end

),

judged as (

    select
        *,
        case
            when not coalesce(is_rated and rating <= 3, false) then 'not_rated'
            when report_state is not null then 'reported'
            when policy_id is null then 'no_policy'
            when not coalesce(appealable, true) then 'closed'
            when report_until < $known_on then 'too_late'
            else 'open'
        end as report
    from reports

)

select
    shop_key,
    session_key,
    feedback_key,
    started_at,
    started_on,
    order_key,
    rating,
    is_dissatisfied,
    issue_codes,
    words,
    consumer_words,
    turns,
    unanswered_turns,
    first_response_s,
    mean_response_s,
    slowest_response_s,
    report,
    case report
        when 'open' then 'can be reported by ' || coalesce(cast(report_until as varchar), 'any day')
        when 'not_rated' then 'it does not count in the rate, so there is nothing to report'
        when 'reported' then 'an appeal is there: ' || report_state
        when 'no_policy' then 'no policy about chat ratings is in force on the platform'
        when 'closed' then policy_id || ' ' || policy_version || ' opens no report'
        else 'the last day to report was ' || report_until
    end as report_reason,
    report_until,
    case when report = 'open' then report_until - $known_on end as days_left
from judged
order by started_at desc, session_key
