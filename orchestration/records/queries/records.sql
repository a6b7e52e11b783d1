-- One row per listed order: what it is about, what it rests on, how its appeal stands, and the money.
create or replace temp table records as
with

platform_policies as (

    select
        platform,
        policy_id,
        policy_version,
        -- where orders get tickets, the terms of tickets are those an appeal goes by
        row_number() over (partition by platform order by kind <> 'per_order_ticket', metric_id, policy_id) as rank
    from intermediate.int_policies_in_force
    where business_day = $known_on

),

orders as (

    select
        orders.*,
        decisions.decision_id,
        decisions.subject_type as decision_about,
        decisions.tier as decision_tier,
        decisions.mode as decision_mode,
        decisions.status as decision_status,
        case when decisions.mode = 'enforce' then decisions.rule_id end as rule_id,
        decisions.amount_fen,
        decisions.appeal_deadline,
        decisions.mode = 'enforce' and decisions.subject_type = 'order' as has_ticket,
        decisions.mode = 'enforce' and decisions.subject_type = 'order' and not decisions.appealable
            as is_closed_by_rule,
        case when decisions.mode = 'enforce' then decisions.policy_id else policies.policy_id end as policy_id,
        case
            when decisions.mode = 'enforce' then decisions.policy_version else policies.policy_version
        end as policy_version
    from record_orders as orders
    left join record_decisions as decisions
        on
            orders.order_key = decisions.order_key
            and decisions.preference = 1
    left join platform_policies as policies
        on
            split_part(orders.shop_key, ':', 1) = policies.platform
            and policies.rank = 1

),

-- what a version says of an issue, through its list or through the rules about it
issues_closed as (

    select
        policy_id,
        version,
        unnest(never_issues) as issue_code
    from policies.policy_appeals
    union
    select
        policy_id,
        version,
        issue_code
    from policies.ticket_rules
    group by policy_id, version, issue_code
    having not bool_or(appealable)

),

closed as (

    select
        policy_id,
        version,
        list(issue_code order by issue_code) as issue_codes
    from issues_closed
    group by policy_id, version

),

judged as (

    select
        feedback.*,
        orders.is_closed_by_rule,
        coalesce(terms.appealable, terms.policy_id is not null) as is_open_by_policy,
        len(list_intersect(feedback.issue_codes, coalesce(closed.issue_codes, cast([] as varchar[]))))
        < len(feedback.issue_codes) as has_open_issue,
        case
            when orders.has_ticket then orders.appeal_deadline
            else greatest(
                case when orders.decision_mode = 'enforce' then orders.appeal_deadline end,
                cast(coalesce(
                    feedback.said_on + terms.report_window_days, orders.noticed_on + terms.window_days
                ) as date)
            )
        end as deadline
    from record_feedback as feedback
    inner join orders on feedback.order_key = orders.order_key
    left join policies.policy_appeals as terms
        on
            orders.policy_id = terms.policy_id
            and orders.policy_version = terms.version
    left join closed
        on
            orders.policy_id = closed.policy_id
            and orders.policy_version = closed.version

),

with_chance as (

    select
        *,
        is_open_by_policy
        and has_open_issue
        and not coalesce(is_closed_by_rule, false) as is_appealable
    from judged

),

of_orders as (

    select
        order_key,
        list_sort(list(feedback_key)) as feedback_keys,
        list_sort(list_distinct(list(channel))) as channels,
        list_sort(list_distinct(flatten(list(issue_codes)))) as issue_codes,
        list_sort(list_distinct(flatten(list(dimensions)))) as dimensions,
        list_sort(list_distinct(flatten(list(words)))) as words,
        coalesce(bool_or(is_appealable), false) as is_appealable,
        coalesce(bool_or(
            is_appealable and not is_appealed and (deadline is null or deadline >= $known_on)
        ), false) as is_open_to_appeal,
        max(deadline) filter (where is_appealable and not is_appealed) as deadline,
        bool_or(is_open_by_policy) as is_open_by_policy,
        bool_or(is_closed_by_rule) as is_closed_by_rule
    from with_chance
    group by order_key

),

-- the appeal that speaks for the order: an open one, else the last that moved
appeals_speaking as (

    select appeals.*
    from record_appeals as appeals
    inner join record_orders as orders on appeals.order_key = orders.order_key
    where
        not orders.is_counted
        or (
            appeals.state <> 'approved'
            and (
                appeals.subject_type in ('order', 'decision')
                or appeals.subject_key in (select feedback_key from record_feedback)
            )
        )
    qualify row_number() over (
        partition by appeals.order_key
        order by appeals.is_open desc, appeals.moved_on desc, appeals.appeal_key desc
    ) = 1

),

given_back as (

    select
        decision_id,
        cast(sum(amount_fen) as bigint) as returned_fen
    from penalties.entries
    where
        entry_type in ('exempt', 'reverse', 'refund')
        and business_day <= $known_on
    group by decision_id

),

stated as (

    select
        orders.*,
        of_orders.* exclude (order_key),
        appeals.appeal_key,
        appeals.result_reason,
        appeals.due_on,
        case
            when appeals.is_open then appeals.state
            when orders.is_counted and of_orders.is_open_to_appeal then 'appealable'
            when appeals.state is not null then appeals.state
            when orders.is_counted and of_orders.is_appealable then 'expired'
            else 'not_appealable'
        end as appeal_state,
        coalesce(given_back.returned_fen, 0) as returned_fen
    from orders
    left join of_orders on orders.order_key = of_orders.order_key
    left join appeals_speaking as appeals on orders.order_key = appeals.order_key
    left join given_back on orders.decision_id = given_back.decision_id

),

in_tabs as (

    select
        *,
        case
            when appeal_state = 'appealable' then 'appealable'
            when appeal_state in ('submitted', 'under_review', 'returned', 'human_review', 'reconsidering')
                then 'in_progress'
            when appeal_state = 'approved' then 'upheld'
            when appeal_state in ('rejected', 'final_rejected', 'expired') then 'failed'
            else 'none'
        end as tab
    from stated

)

select
    shop_key,
    order_key,
    order_day,
    noticed_on,
    is_counted,
    channels,
    issue_codes,
    dimensions,
    words,
    feedback_keys,
    policy_id,
    policy_version,
    rule_id,
    tab,
    appeal_state,
    case
        when appeal_state = 'expired' then 'the last day to appeal was ' || deadline
        when appeal_state <> 'not_appealable' then result_reason
        when not is_counted then 'it counts no more'
        when policy_id is null then 'no policy of the platform was in force'
        when is_closed_by_rule then 'rule ' || rule_id || ' opens no appeal'
        when not is_open_by_policy then policy_id || ' ' || policy_version || ' opens no appeal'
        else policy_id || ' ' || policy_version || ' opens no appeal about '
            || array_to_string(issue_codes, ', ')
    end as appeal_reason,
    appeal_key,
    case when appeal_state in ('appealable', 'expired') then deadline end as appeal_deadline,
    case when appeal_state = 'appealable' then deadline - $known_on end as days_left,
    case when tab = 'in_progress' then due_on end as answer_due_on,
    decision_id,
    decision_about,
    decision_tier,
    decision_mode,
    decision_status,
    pay_amount_fen,
    case when has_ticket then amount_fen end as amount_fen,
    case when has_ticket then returned_fen end as returned_fen
from in_tabs
