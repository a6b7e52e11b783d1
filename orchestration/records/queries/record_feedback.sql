-- One row per feedback that makes a listed order negative (or did), with its issues, dimensions and words,
-- and the appeal about it or its order.
create or replace temp table record_feedback as
with

verdicts as (

    select
        orders.order_key,
        verdicts.feedback_key,
        verdicts.channel,
        verdicts.occurred_at,
        verdicts.decision_no,
        verdicts.dimension,
        verdicts.needs_content_theme,
        verdicts.issue_codes,
        case
            when verdicts.dimension = 'content' and verdicts.needs_content_theme and not orders.has_content_theme
                then verdicts.product_counts_as
            else verdicts.counts_as
        end as counted_as
    from record_orders as orders
    inner join intermediate.int_verdicts_in_force as verdicts
        on
            orders.order_key = verdicts.order_key
            and verdicts.is_valid
            and orders.described_on >= verdicts.business_day
            and (verdicts.until_day is null or orders.described_on < verdicts.until_day)

),

words as (

    select
        verdicts.feedback_key,
        list_distinct(list(
            case
                when evidence.issue_code = 'no_reply' and regexp_full_match(evidence.span_text, '[0-9]+')
                    then 'waited ' || evidence.span_text || ' s'
                when evidence.span_field like 'rating%' then evidence.span_field || ' ' || evidence.span_text
                else evidence.span_text
            end
        )) as words
    from verdicts
    inner join intermediate.int_evidence as evidence
        on
            verdicts.feedback_key = evidence.feedback_key
            and verdicts.decision_no = evidence.decision_no
            and verdicts.dimension = evidence.dimension
            and verdicts.needs_content_theme = evidence.needs_content_theme
    where evidence.span_text is not null
    group by verdicts.feedback_key

),

feedback as (

    select
        order_key,
        feedback_key,
        channel,
        cast(min(occurred_at) at time zone 'Asia/Shanghai' as date) as said_on,
        list_sort(list_distinct(flatten(list(issue_codes)))) as issue_codes,
        list_sort(list_distinct(list(counted_as))) as dimensions
    from verdicts
    group by order_key, feedback_key, channel

)

select
    feedback.*,
    list_sort(coalesce(words.words, cast([] as varchar[]))) as words,
    exists (
        select 1
        from record_appeals as appeals
        where
            appeals.order_key = feedback.order_key
            and appeals.state <> 'approved'
            and (appeals.subject_type in ('order', 'decision') or appeals.subject_key = feedback.feedback_key)
    ) as is_appealed
from feedback
left join words on feedback.feedback_key = words.feedback_key
