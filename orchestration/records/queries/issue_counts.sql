-- How many counting orders are about each issue, with the dimensions it counts under. An order with two
-- issues is in both, so the issues may add up to more than the orders.
with

issues_of_orders as (

    select distinct
        feedback.order_key,
        issue.issue_code,
        feedback.dimensions
    from record_feedback as feedback
    cross join unnest(feedback.issue_codes) as issue (issue_code)

)

select
    issues.issue_code,
    list_sort(list_distinct(flatten(list(issues.dimensions)))) as dimensions,
    count(distinct records.order_key) as orders,
    count(distinct records.order_key) filter (where records.tab = 'appealable') as appealable_orders,
    count(distinct records.order_key) filter (where records.decision_id is not null) as orders_in_decisions
from issues_of_orders as issues
inner join records
    on
        issues.order_key = records.order_key
        and records.is_counted
group by issues.issue_code
order by orders desc, issues.issue_code
