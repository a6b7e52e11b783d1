{#
    One row per day on which it became known, platform, scope, code and day of the items: by how many
    items more or fewer the code keeps out. An item's span begins with +1 and ends with -1, so the sum up
    to a day is what was known by its end; only what the window's days touch is looked at.
#}

with

orders_touched as (

    select order_key from {{ ref('int_order_states') }} where {{ in_window('business_day') }}
    union
    select order_key from {{ ref('int_feedback_links') }} where {{ in_window('business_day') }}

),

orders_in_force as (

    select
        order_key,
        platform,
        business_day as from_day,
        lead(business_day) over (partition by order_key order by business_day) as until_day,
        created_day as item_day,
        is_effective,
        excluding_codes
    from {{ ref('int_order_states') }}
    where
        business_day <= {{ window_end() }}
        and order_key in (select orders_touched.order_key from orders_touched)

),

{# What only the link shows, and what a person may settle; a feedback of two dimensions has it once. #}
verdict_codes as (

    select distinct
        business_day as from_day,
        until_day,
        feedback_key,
        {{ each_element('exclusion_codes') }} as exclusion_code
    from {{ ref('int_verdicts_in_force') }}
    where
        {{ in_window('business_day') }}
        or {{ in_window('until_day') }}

),

links_touched as (

    select
        links.feedback_key,
        links.order_key,
        links.business_day
    from {{ ref('int_feedback_links') }} as links
    where
        links.business_day <= {{ window_end() }}
        and links.order_key in (select orders_touched.order_key from orders_touched)

),

feedback_touched as (

    select
        feedback_key,
        platform,
        {{ shanghai_date('occurred_at') }} as item_day
    from {{ ref('int_feedback_events') }}
    where
        is_first_version
        and feedback_key in (
            select verdict_codes.feedback_key from verdict_codes
            union
            select links_touched.feedback_key from links_touched
        )

),

{# From its verdict on, the verdict says whether the rating contradicts the words. #}
first_verdicts as (

    select
        feedback_key,
        min(business_day) as business_day
    from {{ ref('int_verdicts_in_force') }}
    where business_day <= {{ window_end() }}
    group by feedback_key

),

spans as (

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
        first_verdicts.business_day as until_day,
        excluded.exclusion_code
    from {{ ref('int_evaluation_exclusions') }} as excluded
    left join first_verdicts
        on
            excluded.feedback_key = first_verdicts.feedback_key
            and excluded.is_first_version
            and excluded.exclusion_code = 'rating_text_contradiction'
    where
        excluded.is_excluding
        and excluded.business_day <= {{ window_end() }}
        and (
            {{ in_window('excluded.business_day') }}
            or {{ in_window('first_verdicts.business_day') }}
        )
    union all
    select
        feedback.platform,
        'evaluation' as scope,
        feedback.item_day,
        verdict_codes.from_day,
        verdict_codes.until_day,
        verdict_codes.exclusion_code
    from verdict_codes
    inner join feedback_touched as feedback on verdict_codes.feedback_key = feedback.feedback_key
    where verdict_codes.exclusion_code in ('low_link_confidence', 'rating_text_contradiction')
    union all
    {# Feedback counts for nothing while its order is out. #}
    select
        feedback.platform,
        'evaluation' as scope,
        feedback.item_day,
        greatest(orders.from_day, links.business_day) as from_day,
        orders.until_day,
        'order_excluded' as exclusion_code
    from links_touched as links
    inner join feedback_touched as feedback on links.feedback_key = feedback.feedback_key
    inner join orders_in_force as orders on links.order_key = orders.order_key
    where not orders.is_effective

),

changes as (

    {%- for day, change in [('from_day', 1), ('until_day', -1)] %}
    select
        {{ day }} as business_day,
        platform,
        scope,
        exclusion_code,
        item_day,
        {{ change }} as change
    from spans
    where
        {{ in_window(day) }}
        and (until_day is null or from_day < until_day)
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

summed as (

    select
        business_day,
        platform,
        scope,
        exclusion_code,
        item_day,
        cast(sum(change) as bigint) as change
    from changes
    group by business_day, platform, scope, exclusion_code, item_day

)

select * from summed
where change <> 0
