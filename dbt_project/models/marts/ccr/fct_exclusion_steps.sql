{#
    One row per business day, shop or platform, length of window and step: how the real counts become
    the effective ones, code by code, as known by the end of the day. An order with several codes
    leaves at the first of them, so the steps add up.
    Swept like the scores: a slice is in a step from the later of its day and the day it became known,
    until the day leaves the window.
#}

{% set longest = window_lengths() | max %}

with

window_lengths as (

    {{ window_lengths_rows() }}

),

spans as (

    select
        changes.platform,
        changes.shop_key,
        changes.exclusion_code,
        changes.orders_out,
        changes.negatives_out,
        window_lengths.window_days,
        greatest(changes.business_day, changes.order_day, {{ window_start() }}) as first_day,
        {{ days_after('changes.order_day', 'window_lengths.window_days') }} as day_after
    from {{ ref('int_exclusion_step_changes') }} as changes
    cross join window_lengths
    where
        changes.business_day <= {{ window_end() }}
        and changes.order_day > {{ days_after(window_start(), -longest) }}

),

steps_by_day as (

    {%- for day, sign in [('first_day', ''), ('day_after', '-')] %}
    select
        platform,
        shop_key,
        exclusion_code,
        window_days,
        {{ day }} as day,
        {{ sign }}orders_out as orders_out,
        {{ sign }}negatives_out as negatives_out
    from spans
    where
        first_day < day_after
        and {{ day }} <= {{ window_end() }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

steps_of_subjects as (

    {%- for subject_type, subject_id in [('shop', 'shop_key'), ('platform', 'platform')] %}
    select
        platform,
        '{{ subject_type }}' as subject_type,
        {{ subject_id }} as subject_id,
        exclusion_code,
        window_days,
        day,
        sum(orders_out) as orders_out,
        sum(negatives_out) as negatives_out
    from steps_by_day
    group by platform, {{ "shop_key, " if subject_type == 'shop' }}exclusion_code, window_days, day
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

levels as (

    select
        platform,
        subject_type,
        subject_id,
        exclusion_code,
        window_days,
        day as from_day,
        lead(day) over by_day as until_day,
        sum(orders_out) over so_far as orders_out,
        sum(negatives_out) over so_far as negatives_out
    from steps_of_subjects
    window
        by_day as (
            partition by platform, subject_type, subject_id, exclusion_code, window_days order by day
        ),
        so_far as (
            partition by platform, subject_type, subject_id, exclusion_code, window_days order by day
            rows between unbounded preceding and current row
        )

),

step_numbers as (

    {%- for code in order_exclusion_codes() + ['no_valid_feedback'] %}
    select {{ loop.index }} as step_no, '{{ code }}' as exclusion_code
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

steps as (

    select
        platform_days.business_day,
        levels.platform,
        levels.subject_type,
        levels.subject_id,
        levels.window_days,
        step_numbers.step_no,
        levels.exclusion_code,
        cast(levels.orders_out as bigint) as orders_out,
        cast(levels.negatives_out as bigint) as negatives_out
    from levels
    inner join {{ ref('int_platform_days') }} as platform_days
        on
            levels.platform = platform_days.platform
            and platform_days.business_day >= levels.from_day
            and (levels.until_day is null or platform_days.business_day < levels.until_day)
    inner join step_numbers on levels.exclusion_code = step_numbers.exclusion_code
    where
        {{ in_window('platform_days.business_day') }}
        and (levels.orders_out > 0 or levels.negatives_out > 0)

),

with_rates as (

    select
        steps.business_day,
        steps.platform,
        steps.subject_type,
        steps.subject_id,
        steps.window_days,
        cast(steps.step_no as integer) as step_no,
        steps.exclusion_code,
        steps.orders_out,
        steps.negatives_out,
        cast(scores.den_real - sum(steps.orders_out) over so_far as bigint) as den_after,
        cast(scores.num_real - sum(steps.negatives_out) over so_far as bigint) as num_after
    from steps
    inner join {{ ref('fct_ccr') }} as scores
        on
            steps.business_day = scores.business_day
            and steps.platform = scores.platform
            and steps.subject_type = scores.subject_type
            and steps.subject_id = scores.subject_id
            and steps.window_days = scores.window_days
            and scores.dimension = 'overall'
    where {{ in_window('scores.business_day') }}
    window so_far as (
        partition by steps.business_day, steps.subject_type, steps.subject_id, steps.window_days
        order by steps.step_no
        rows between unbounded preceding and current row
    )

),

waterfall as (

    select
        with_rates.*,
        {{ ratio('num_after', 'den_after') }} as rate_after
    from with_rates

)

select * from waterfall
