-- One row per appeal of the shops as it stood by the end of known_on, with the order it is about; NULL
-- where it is about a decision on the whole shop, a bill, or a session that belongs to no known order.
create or replace temp table record_appeals as
with

events as (

    select
        *,
        row_number() over (partition by appeal_key order by seq desc) as recency
    from appeals.appeal_events
    where
        business_day <= $known_on
        and shop_key in (select unnest($shops))

),

appeals_standing as (

    select
        appeal_key,
        to_state as state,
        subject_type,
        subject_key,
        result_reason,
        deadline_on,
        due_on,
        business_day as moved_on,
        decision_id,
        to_state in ('submitted', 'under_review', 'returned', 'human_review', 'reconsidering') as is_open
    from events
    where recency = 1

),

orders_of_subjects as (

    select
        'feedback' as subject_kind,
        feedback_key as subject_key,
        order_key
    from intermediate.int_feedback_links
    where business_day <= $known_on
    union all
    select
        'decision' as subject_kind,
        decision_id as subject_key,
        subject_key as order_key
    from penalties.decisions
    where subject_type = 'order'

)

select
    standing.*,
    case when standing.subject_type = 'order' then standing.subject_key else of_subjects.order_key end as order_key
from appeals_standing as standing
left join orders_of_subjects as of_subjects
    on
        standing.subject_key = of_subjects.subject_key
        and of_subjects.subject_kind
        = case standing.subject_type when 'session' then 'feedback' else standing.subject_type end
