{# A shop's candidate lists as many orders as its numerator counts; an order's ticket lists the order. #}
{{ config(meta={"dagster": {"ref": {"name": "fct_candidate_orders"}}}) }}

with

listed as (

    select
        candidates.business_day,
        candidates.subject_type,
        candidates.subject_id,
        candidates.period_key,
        coalesce(candidates.num_effective, 1) as orders_counted,
        count(distinct orders.order_key) as orders_listed
    from {{ ref('fct_penalty_candidates') }} as candidates
    left join {{ ref('fct_candidate_orders') }} as orders
        on
            candidates.business_day = orders.business_day
            and candidates.subject_type = orders.subject_type
            and candidates.subject_id = orders.subject_id
            and candidates.rule_family = orders.rule_family
            and candidates.period_key = orders.period_key
    where {{ in_window('candidates.business_day') }}
    group by
        candidates.business_day,
        candidates.subject_type,
        candidates.subject_id,
        candidates.period_key,
        candidates.num_effective

)

select * from listed
where orders_counted <> orders_listed
