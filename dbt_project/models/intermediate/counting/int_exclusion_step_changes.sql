{#
    One row per day on which it became known, shop, day on which orders were paid, and code: how many orders
    more or fewer the code takes out of the real counts, and how many negative ones. An order with several
    codes leaves at the first of them; `no_valid_feedback` is of orders that stay, whose negative
    feedback a guard, a person or an evaluation exclusion took away.
    Sums of these rows are all the steps there are; only orders that the window recounts are looked at.
#}

with

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
        and business_day <= {{ window_end() }}
        and order_key in (select recounted.order_key from {{ ref('int_orders_recounted') }} as recounted)

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

{# Orders of which anything was taken away are few. #}
lessened as (

    select * from counted_states
    where
        den_real > den_effective
        or num_real_overall > num_effective_overall

),

judged as (

    select
        order_key,
        business_day as from_day,
        lead(business_day) over (partition by order_key order by business_day) as until_day,
        {{ first_exclusion('excluding_codes') }} as exclusion_code
    from {{ ref('int_order_states') }}
    where
        business_day <= {{ window_end() }}
        and order_key in (select lessened.order_key from lessened)

),

spans as (

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

begun_and_ended as (

    {%- for day, sign in [('from_day', ''), ('until_day', '-')] %}
    select
        {{ day }} as business_day,
        order_day,
        platform,
        shop_key,
        exclusion_code,
        {{ sign }}orders_out as orders_out,
        {{ sign }}negatives_out as negatives_out
    from spans
    where {{ in_window(day) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

summed as (

    select
        business_day,
        order_day,
        platform,
        shop_key,
        exclusion_code,
        cast(sum(orders_out) as bigint) as orders_out,
        cast(sum(negatives_out) as bigint) as negatives_out
    from begun_and_ended
    group by business_day, order_day, platform, shop_key, exclusion_code

)

select * from summed
where
    orders_out <> 0
    or negatives_out <> 0
