{#
    One row per business day, shop or platform, length of window and step: how the real counts become
    the effective ones, code by code, as known by the end of the day. An order with several codes
    leaves at the first of them, so the steps add up.
    A slice is in a step from the later of its day and the day it became known, until the day leaves
    the window.
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

slices as (

    {%- for subject_type, subject_id in [('shop', 'shop_key'), ('platform', 'platform')] %}
    select
        platform,
        '{{ subject_type }}' as subject_type,
        {{ subject_id }} as subject_id,
        exclusion_code,
        window_days,
        first_day,
        day_after,
        orders_out,
        negatives_out
    from spans
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

{{ swept_sums(
    ['platform', 'subject_type', 'subject_id', 'exclusion_code', 'window_days'],
    ['orders_out', 'negatives_out'],
) }},

step_numbers as (

    {%- for code in order_exclusion_codes() + ['no_valid_feedback'] %}
    select {{ loop.index }} as step_no, '{{ code }}' as exclusion_code
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

steps_taken as (

    select
        sums_by_day.*,
        step_numbers.step_no
    from sums_by_day
    inner join step_numbers on sums_by_day.exclusion_code = step_numbers.exclusion_code
    where sums_by_day.orders_out > 0 or sums_by_day.negatives_out > 0

),

with_rates as (

    select
        steps_taken.business_day,
        steps_taken.platform,
        steps_taken.subject_type,
        steps_taken.subject_id,
        steps_taken.window_days,
        cast(steps_taken.step_no as integer) as step_no,
        steps_taken.exclusion_code,
        steps_taken.orders_out,
        steps_taken.negatives_out,
        cast(scores.den_real - sum(steps_taken.orders_out) over so_far as bigint) as den_after,
        cast(scores.num_real - sum(steps_taken.negatives_out) over so_far as bigint) as num_after
    from steps_taken
    inner join {{ ref('fct_ccr') }} as scores
        on
            steps_taken.business_day = scores.business_day
            and steps_taken.platform = scores.platform
            and steps_taken.subject_type = scores.subject_type
            and steps_taken.subject_id = scores.subject_id
            and steps_taken.window_days = scores.window_days
            and scores.dimension = 'overall'
    where {{ in_window('scores.business_day') }}
    window so_far as (
        partition by
            steps_taken.business_day,
            steps_taken.subject_type,
            steps_taken.subject_id,
            steps_taken.window_days
        order by steps_taken.step_no
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
