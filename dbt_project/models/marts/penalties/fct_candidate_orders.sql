{#
    One row per piece of evidence of each order that a candidate rests on, as known on the
    candidate's day: the words, or the rating, reason or waiting time that speaks for itself.
#}

with

candidate_orders as (

    select
        candidates.business_day,
        candidates.platform,
        candidates.shop_key,
        candidates.subject_type,
        candidates.subject_id,
        candidates.rule_family,
        candidates.period_key,
        evaluated.order_key
    from {{ ref('fct_penalty_candidates') }} as candidates
    inner join {{ ref('penalty_evaluated_orders') }} as evaluated
        on
            candidates.business_day = evaluated.business_day
            and candidates.subject_id = evaluated.shop_key
    where
        candidates.subject_type = 'shop'
        and {{ in_window('candidates.business_day') }}
    union all
    select
        business_day,
        platform,
        shop_key,
        subject_type,
        subject_id,
        rule_family,
        period_key,
        subject_id as order_key
    from {{ ref('fct_penalty_candidates') }}
    where
        subject_type = 'order'
        and {{ in_window('business_day') }}

),

orders_as_known as (

    select
        candidate_orders.*,
        states.buyer_key,
        states.has_content_theme,
        row_number() over (
            partition by
                candidate_orders.business_day,
                candidate_orders.subject_id,
                candidate_orders.rule_family,
                candidate_orders.order_key
            order by states.business_day desc
        ) as recency
    from candidate_orders
    inner join {{ ref('int_order_states') }} as states
        on
            candidate_orders.order_key = states.order_key
            and states.business_day <= candidate_orders.business_day

),

words as (

    select
        orders.business_day,
        orders.platform,
        orders.shop_key,
        orders.subject_type,
        orders.subject_id,
        orders.rule_family,
        orders.period_key,
        orders.order_key,
        verdicts.feedback_key,
        verdicts.channel,
        {{ counted_dimension('verdicts', 'orders.has_content_theme') }} as dimension,
        evidence.issue_code,
        evidence.tag_no,
        evidence.span_no,
        evidence.span_field,
        evidence.span_text,
        orders.buyer_key
    from orders_as_known as orders
    inner join {{ ref('int_verdicts_in_force') }} as verdicts
        on
            orders.order_key = verdicts.order_key
            and verdicts.is_valid
            and verdicts.business_day <= orders.business_day
            and (verdicts.until_day is null or orders.business_day < verdicts.until_day)
    inner join {{ ref('int_evidence') }} as evidence
        on
            verdicts.feedback_key = evidence.feedback_key
            and verdicts.decision_no = evidence.decision_no
            and verdicts.dimension = evidence.dimension
            and verdicts.needs_content_theme = evidence.needs_content_theme
    where orders.recency = 1

)

select * from words
