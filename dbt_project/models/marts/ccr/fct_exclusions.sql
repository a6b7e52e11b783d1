{#
    One row per business day, platform, scope and code: how many items of the trailing thirty
    days the code keeps out, as known by the end of the day. An item with several codes is
    counted under each.
    Swept like the scores: an item counts from the later of its day and the day its row came into
    force, until the row has a successor or the day leaves the window.
#}

{% set trailing_days = 30 %}

with

feedback_of_window as (

    select
        feedback_key,
        platform,
        business_day,
        is_first_version,
        {{ shanghai_date('occurred_at') }} as item_day
    from {{ ref('int_feedback_events') }}
    where
        {{ shanghai_date('occurred_at') }} > {{ days_after(window_start(), -trailing_days) }}
        and business_day <= {{ window_end() }}

),

links_of_window as (

    select
        links.order_key,
        links.business_day,
        feedback.platform,
        feedback.item_day
    from {{ ref('int_feedback_links') }} as links
    inner join feedback_of_window as feedback
        on
            links.feedback_key = feedback.feedback_key
            and feedback.is_first_version
    where links.business_day <= {{ window_end() }}

),

orders_of_window as (

    select order_key
    from {{ ref('int_orders_judged') }}
    where
        {{ shanghai_date('created_at') }} > {{ days_after(window_start(), -trailing_days) }}
        and business_day <= {{ window_end() }}
    union
    select order_key from links_of_window

),

orders_in_force as (

    select
        judged.order_key,
        judged.platform,
        judged.business_day as from_day,
        lead(judged.business_day) over (
            partition by judged.order_key order by judged.business_day
        ) as until_day,
        {{ shanghai_date('judged.created_at') }} as item_day,
        judged.is_effective,
        judged.excluding_codes
    from {{ ref('int_orders_counted') }} as judged
    inner join orders_of_window on judged.order_key = orders_of_window.order_key
    where judged.business_day <= {{ window_end() }}

),

{# What only the link shows, and what a person may settle; a feedback of two dimensions has it once. #}
verdict_codes as (

    select distinct
        business_day,
        until_day,
        feedback_key,
        {{ each_element('exclusion_codes') }} as exclusion_code
    from {{ ref('int_verdicts_in_force') }}
    where business_day <= {{ window_end() }}

),

feedback_with_verdict as (

    select distinct feedback_key from {{ ref('int_verdicts_in_force') }}

),

items as (

    select
        platform,
        'order' as scope,
        item_day,
        from_day,
        until_day,
        {{ each_element('excluding_codes') }} as exclusion_code
    from orders_in_force
    union all
    {# Every delivered version is an item: duplicate and edited ones are later versions. #}
    select
        excluded.platform,
        'evaluation' as scope,
        {{ shanghai_date('excluded.occurred_at') }} as item_day,
        excluded.business_day as from_day,
        cast(null as date) as until_day,
        excluded.exclusion_code
    from {{ ref('int_evaluation_exclusions') }} as excluded
    left join feedback_with_verdict
        on
            excluded.feedback_key = feedback_with_verdict.feedback_key
            and excluded.is_first_version
            and excluded.exclusion_code = 'rating_text_contradiction'
    where
        excluded.is_excluding
        and feedback_with_verdict.feedback_key is null
        and {{ shanghai_date('excluded.occurred_at') }} > {{ days_after(window_start(), -trailing_days) }}
        and excluded.business_day <= {{ window_end() }}
    union all
    select
        feedback.platform,
        'evaluation' as scope,
        feedback.item_day,
        verdict_codes.business_day as from_day,
        verdict_codes.until_day,
        verdict_codes.exclusion_code
    from verdict_codes
    inner join feedback_of_window as feedback
        on
            verdict_codes.feedback_key = feedback.feedback_key
            and feedback.is_first_version
    where verdict_codes.exclusion_code in ('low_link_confidence', 'rating_text_contradiction')
    union all
    {# Feedback counts for nothing while its order is out. #}
    select
        links.platform,
        'evaluation' as scope,
        links.item_day,
        greatest(orders.from_day, links.business_day) as from_day,
        orders.until_day,
        'order_excluded' as exclusion_code
    from links_of_window as links
    inner join orders_in_force as orders
        on
            links.order_key = orders.order_key
            and (orders.until_day is null or links.business_day < orders.until_day)
    where not orders.is_effective

),

spans as (

    select
        platform,
        scope,
        exclusion_code,
        greatest(from_day, item_day, {{ window_start() }}) as first_day,
        least(
            coalesce(until_day, {{ days_after('item_day', trailing_days) }}),
            {{ days_after('item_day', trailing_days) }}
        ) as day_after
    from items

),

steps as (

    select
        platform,
        scope,
        exclusion_code,
        first_day as day,
        1 as step
    from spans
    where
        first_day < day_after
        and first_day <= {{ window_end() }}
    union all
    select
        platform,
        scope,
        exclusion_code,
        day_after as day,
        -1 as step
    from spans
    where
        first_day < day_after
        and day_after <= {{ window_end() }}

),

steps_by_day as (

    select
        platform,
        scope,
        exclusion_code,
        day,
        sum(step) as step
    from steps
    group by platform, scope, exclusion_code, day

),

levels as (

    select
        platform,
        scope,
        exclusion_code,
        day as from_day,
        lead(day) over by_day as until_day,
        cast(sum(step) over so_far as bigint) as item_count
    from steps_by_day
    window
        by_day as (partition by platform, scope, exclusion_code order by day),
        so_far as (
            partition by platform, scope, exclusion_code
            order by day
            rows between unbounded preceding and current row
        )

),

counted as (

    select
        platform_days.business_day,
        levels.platform,
        levels.scope,
        levels.exclusion_code,
        levels.item_count
    from levels
    inner join {{ ref('int_platform_days') }} as platform_days
        on
            levels.platform = platform_days.platform
            and platform_days.business_day >= levels.from_day
            and (levels.until_day is null or platform_days.business_day < levels.until_day)
    where
        {{ in_window('platform_days.business_day') }}
        and levels.item_count > 0

)

select * from counted
