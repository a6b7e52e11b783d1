{#
    One row per business day, shop or platform, length of window and step: how the real counts become
    the effective ones, code by code, as known by the end of the day. An order with several codes
    leaves at the first of them, so the steps add up. The last step is `no_valid_feedback`: orders that
    stay, whose negative feedback a guard, a person or an evaluation exclusion took away.
    Swept like the scores: an order is in a step from the later of its day and the day its state came
    into force, until the state has a successor or the day leaves the window.
#}

{% set longest = window_lengths() | max %}

with

{# Orders of which anything was taken away are few; the others are never looked at again. #}
changes as (

    select
        order_key,
        platform,
        subject_id as shop_key,
        order_day,
        business_day,
        den_real,
        den_effective,
        num_real_overall,
        num_effective_overall
    from {{ ref('int_subject_changes') }}
    where
        subject_type = 'shop'
        and order_day > {{ days_after(window_start(), -longest) }}
        and business_day <= {{ window_end() }}

),

counted_states as (

    select
        order_key,
        platform,
        shop_key,
        order_day,
        business_day as from_day,
        lead(business_day) over by_order as until_day,
        {%- for column in ['den_real', 'den_effective', 'num_real_overall', 'num_effective_overall'] %}
        sum({{ column }}) over by_order_so_far as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from changes
    window
        by_order as (partition by order_key, shop_key, order_day order by business_day),
        by_order_so_far as (
            partition by order_key, shop_key, order_day order by business_day
            rows between unbounded preceding and current row
        )

),

lessened as (

    select * from counted_states
    where
        den_real > den_effective
        or num_real_overall > num_effective_overall

),

judged as (

    select
        orders.order_key,
        orders.business_day as from_day,
        lead(orders.business_day) over (
            partition by orders.order_key order by orders.business_day
        ) as until_day,
        {{ first_exclusion('orders.excluding_codes') }} as exclusion_code
    from {{ ref('int_orders_counted') }} as orders
    inner join (select distinct order_key from lessened) as orders_lessened
        on orders.order_key = orders_lessened.order_key
    where orders.business_day <= {{ window_end() }}

),

items as (

    select
        lessened.platform,
        lessened.shop_key,
        lessened.order_day,
        greatest(lessened.from_day, judged.from_day) as from_day,
        least(
            coalesce(lessened.until_day, judged.until_day), coalesce(judged.until_day, lessened.until_day)
        ) as until_day,
        case
            when lessened.den_real > lessened.den_effective then judged.exclusion_code
            else 'no_valid_feedback'
        end as exclusion_code,
        lessened.den_real - lessened.den_effective as orders_out,
        lessened.num_real_overall - lessened.num_effective_overall as negatives_out
    from lessened
    inner join judged
        on
            lessened.order_key = judged.order_key
            and (judged.until_day is null or lessened.from_day < judged.until_day)
            and (lessened.until_day is null or judged.from_day < lessened.until_day)

),

window_lengths as (

    {{ window_lengths_rows() }}

),

spans as (

    select
        items.platform,
        items.shop_key,
        items.exclusion_code,
        items.orders_out,
        items.negatives_out,
        window_lengths.window_days,
        greatest(items.from_day, items.order_day, {{ window_start() }}) as first_day,
        least(
            coalesce(items.until_day, {{ days_after('items.order_day', 'window_lengths.window_days') }}),
            {{ days_after('items.order_day', 'window_lengths.window_days') }}
        ) as day_after
    from items
    cross join window_lengths

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
