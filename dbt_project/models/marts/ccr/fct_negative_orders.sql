{#
    One row per order and dimension (overall too) on the day on which the order became a valid
    negative (+1) or ceased to be one (-1). The sum of change over the days up to D is what was
    known by the end of D.
#}

with

dimensions as (

    {{ dimensions_rows() }}

),

{# What began is described by what was known that day; what ceased, by what was known before it. #}
changes_of_window as (

    select
        changes.business_day,
        changes.order_key,
        dimensions.dimension,
        {{ of_dimension('num_effective', 'changes') }} as change,
        changes.order_day,
        changes.platform,
        changes.subject_id as shop_key,
        {{ days_after(
            'changes.business_day',
            'case when ' ~ of_dimension('num_effective', 'changes') ~ ' > 0 then 0 else -1 end'
        ) }} as described_day
    from {{ ref('int_subject_changes') }} as changes
    cross join dimensions
    where
        changes.subject_type = 'shop'
        and {{ in_window('changes.business_day') }}
        and {{ of_dimension('num_effective', 'changes') }} <> 0

),

facts_of_changes as (

    select
        changes_of_window.*,
        states.buyer_key,
        states.has_content_theme,
        row_number() over (
            partition by
                changes_of_window.business_day,
                changes_of_window.order_key,
                changes_of_window.dimension,
                changes_of_window.order_day,
                changes_of_window.change
            order by states.business_day desc
        ) as recency
    from changes_of_window
    inner join {{ ref('int_order_states') }} as states
        on
            changes_of_window.order_key = states.order_key
            and changes_of_window.described_day >= states.business_day

),

feedback_of_changes as (

    select
        facts.business_day,
        facts.order_key,
        facts.dimension,
        facts.change,
        facts.order_day,
        facts.platform,
        facts.shop_key,
        facts.buyer_key,
        verdicts.feedback_key,
        verdicts.channel,
        verdicts.issue_codes,
        verdicts.severity,
        first_value(verdicts.feedback_key) over (
            partition by facts.business_day, facts.order_key, facts.dimension, facts.order_day, facts.change
            order by verdicts.business_day, verdicts.occurred_at, verdicts.feedback_key
        ) as first_feedback_key
    from facts_of_changes as facts
    inner join {{ ref('int_verdicts_in_force') }} as verdicts
        on
            facts.order_key = verdicts.order_key
            and verdicts.is_valid
            and facts.described_day >= verdicts.business_day
            and (verdicts.until_day is null or facts.described_day < verdicts.until_day)
            and (
                facts.dimension = 'overall'
                or facts.dimension = {{ counted_dimension('verdicts', 'facts.has_content_theme') }}
            )
    where facts.recency = 1

),

negative_orders as (

    select
        business_day,
        order_key,
        dimension,
        cast(change as tinyint) as change,
        order_day,
        platform,
        shop_key,
        buyer_key,
        {{ set_of('channel') }} as channels,
        {{ union_of('issue_codes') }} as issue_codes,
        min(first_feedback_key) as first_feedback_key,
        cast(max(severity) as smallint) as severity_max
    from feedback_of_changes
    group by business_day, order_key, dimension, change, order_day, platform, shop_key, buyer_key

)

select * from negative_orders
