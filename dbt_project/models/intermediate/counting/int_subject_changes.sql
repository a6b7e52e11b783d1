{#
    One row per order, subject and day on which what the order counts for the subject changed:
    +1 where it began to count, -1 where it ceased. A state is taken back on the day that its
    successor is known, so the sum up to a day is what was known by its end.
    Feedback on a line belongs to the line's product and creator; feedback on the whole order
    only where there is one. Gifts are no product of their own here.
#}

with

orders_touched as (

    select order_key from {{ ref('int_orders_judged') }} where {{ in_window('business_day') }}
    union
    select order_key from {{ ref('int_feedback_verdicts') }} where {{ in_window('business_day') }}

),

line_sets as (

    select
        lines.order_key,
        lines.business_day,
        {{ set_hash([
            'lines.line_id', 'lines.product_key', 'lines.creator_key', 'lines.is_gift',
        ]) }} as line_set
    from {{ ref('int_order_lines_known') }} as lines
    inner join orders_touched on lines.order_key = orders_touched.order_key
    where lines.business_day <= {{ window_end() }}
    group by lines.order_key, lines.business_day

),

orders_judged as (

    select
        judged.order_key,
        judged.business_day,
        judged.platform,
        judged.shop_key,
        judged.order_day,
        judged.is_paid,
        judged.is_effective,
        judged.has_content_theme,
        {{ row_hash([
            'judged.shop_key', 'judged.order_day', 'judged.is_paid', 'judged.is_effective',
            'judged.has_content_theme', 'line_sets.line_set',
        ]) }} as facts
    from {{ ref('int_orders_counted') }} as judged
    inner join orders_touched on judged.order_key = orders_touched.order_key
    left join line_sets
        on
            judged.order_key = line_sets.order_key
            and judged.business_day = line_sets.business_day
    where judged.business_day <= {{ window_end() }}

),

orders_compared as (

    select
        orders_judged.*,
        lag(facts) over (partition by order_key order by business_day) as earlier_facts
    from orders_judged

),

{# Shipping, signing and the like judge an order anew and change nothing here: most rows go. #}
orders_changed as (

    select
        orders_compared.*,
        lead(business_day) over (partition by order_key order by business_day) as next_judged_day
    from orders_compared
    where facts is distinct from earlier_facts

),

feedback_known as (

    select
        verdicts.order_key,
        verdicts.business_day,
        verdicts.until_day,
        verdicts.line_id,
        verdicts.dimension,
        verdicts.needs_content_theme,
        verdicts.counts_as,
        verdicts.product_counts_as,
        verdicts.is_real,
        verdicts.is_valid,
        verdicts.channel in {{ word_decided_channels() }} and verdicts.decision_no = 0 as is_by_words,
        row_number() over (
            partition by verdicts.order_key
            order by verdicts.business_day, verdicts.occurred_at, verdicts.feedback_key, verdicts.dimension
        ) as turn
    from {{ ref('int_verdicts_in_force') }} as verdicts
    inner join orders_touched on verdicts.order_key = orders_touched.order_key
    where verdicts.business_day <= {{ window_end() }}

),

days_of_change as (

    select order_key, business_day from orders_changed
    union
    select order_key, business_day from feedback_known
    union
    select order_key, until_day as business_day
    from feedback_known
    where until_day <= {{ window_end() }}

),

days_succeeding as (

    select
        order_key,
        business_day,
        lead(business_day) over (partition by order_key order by business_day) as next_day
    from days_of_change

),

{# A state matters to the window if it begins or ends in it. #}
states as (

    select
        days_succeeding.order_key,
        days_succeeding.business_day,
        days_succeeding.next_day,
        orders_changed.business_day as judged_day,
        orders_changed.platform,
        orders_changed.shop_key,
        orders_changed.order_day,
        orders_changed.is_effective,
        orders_changed.has_content_theme
    from days_succeeding
    inner join orders_changed
        on
            days_succeeding.order_key = orders_changed.order_key
            and days_succeeding.business_day >= orders_changed.business_day
            and (
                orders_changed.next_judged_day is null
                or days_succeeding.business_day < orders_changed.next_judged_day
            )
    where
        orders_changed.is_paid
        and (
            {{ in_window('days_succeeding.business_day') }}
            or {{ in_window('days_succeeding.next_day') }}
        )

),

lines_sold as (

    select
        states.order_key,
        states.business_day,
        lines.line_id,
        lines.product_key,
        lines.creator_key,
        coalesce(lines.is_gift, false) as is_gift
    from states
    inner join {{ ref('int_order_lines_known') }} as lines
        on
            states.order_key = lines.order_key
            and states.judged_day = lines.business_day

),

subjects as (

    select
        order_key,
        business_day,
        'shop' as subject_type,
        shop_key as subject_id
    from states
    {%- for subject_type, column in [('product', 'product_key'), ('creator', 'creator_key')] %}
    union all
    select distinct
        order_key,
        business_day,
        '{{ subject_type }}' as subject_type,
        {{ column }} as subject_id
    from lines_sold
    where
        not is_gift
        and {{ column }} is not null
    {%- endfor %}

),

feedback_of_states as (

    select
        states.order_key,
        states.business_day,
        {{ counted_dimension('feedback_known', 'states.has_content_theme') }} as dimension,
        feedback_known.is_real,
        feedback_known.is_valid,
        feedback_known.is_by_words,
        feedback_known.turn,
        lines_sold.line_id is not null as has_line,
        case when not lines_sold.is_gift then lines_sold.product_key end as product_key,
        case when not lines_sold.is_gift then lines_sold.creator_key end as creator_key
    from states
    inner join feedback_known
        on
            states.order_key = feedback_known.order_key
            and states.business_day >= feedback_known.business_day
            and (feedback_known.until_day is null or states.business_day < feedback_known.until_day)
    left join lines_sold
        on
            states.order_key = lines_sold.order_key
            and states.business_day = lines_sold.business_day
            and feedback_known.line_id = lines_sold.line_id

),

{# What every line that was bought has in common. #}
sole_subjects as (

    select
        lines_sold.order_key,
        lines_sold.business_day,
        case
            when count(distinct lines_sold.product_key) = 1 then min(lines_sold.product_key)
        end as product_key,
        case
            when count(distinct coalesce(lines_sold.creator_key, '')) = 1 then min(lines_sold.creator_key)
        end as creator_key
    from lines_sold
    inner join (select distinct order_key from feedback_known) as orders_spoken_of
        on lines_sold.order_key = orders_spoken_of.order_key
    where not lines_sold.is_gift
    group by lines_sold.order_key, lines_sold.business_day

),

feedback_of_subjects as (

    select
        order_key,
        business_day,
        'shop' as subject_type,
        cast(null as varchar) as subject_id,
        dimension,
        is_real,
        is_valid,
        is_by_words,
        turn
    from feedback_of_states
    {%- for subject_type, column in [('product', 'product_key'), ('creator', 'creator_key')] %}
    union all
    select
        feedback_of_states.order_key,
        feedback_of_states.business_day,
        '{{ subject_type }}' as subject_type,
        case
            when feedback_of_states.has_line then feedback_of_states.{{ column }}
            else sole_subjects.{{ column }}
        end as subject_id,
        feedback_of_states.dimension,
        feedback_of_states.is_real,
        feedback_of_states.is_valid,
        feedback_of_states.is_by_words,
        feedback_of_states.turn
    from feedback_of_states
    left join sole_subjects
        on
            feedback_of_states.order_key = sole_subjects.order_key
            and feedback_of_states.business_day = sole_subjects.business_day
    {%- endfor %}

),

negatives_of_subjects as (

    select
        order_key,
        business_day,
        subject_type,
        subject_id
        {%- for kind, flag in [('real', 'is_real'), ('effective', 'is_valid')] %}
        {%- for dimension in dimensions() %},
        bool_or(
            {{ flag }}{{ " and dimension = '" ~ dimension ~ "'" if dimension != 'overall' }}
        ) as {{ kind }}_{{ dimension }}
        {%- endfor %}
        {%- endfor %}
        {%- for dimension in dimensions() %}
        {%- set counts = "is_valid" ~ (" and dimension = '" ~ dimension ~ "'" if dimension != 'overall' else "") %},
        {# The first feedback that counts is one that its words decided. #}
        coalesce(
            min(case when {{ counts }} then turn end)
            = min(case when {{ counts }} and is_by_words then turn end),
            false
        ) as by_words_{{ dimension }}
        {%- endfor %}
    from feedback_of_subjects
    group by order_key, business_day, subject_type, subject_id

),

subject_states as (

    select
        states.order_key,
        states.business_day,
        states.next_day,
        states.platform,
        subjects.subject_type,
        subjects.subject_id,
        states.order_day,
        cast(1 as tinyint) as den_real,
        cast(states.is_effective as tinyint) as den_effective
        {%- for dimension in dimensions() %},
        cast(coalesce(negatives.real_{{ dimension }}, false) as tinyint) as num_real_{{ dimension }}
        {%- endfor %}
        {%- for dimension in dimensions() %},
        cast(
            states.is_effective and coalesce(negatives.effective_{{ dimension }}, false) as tinyint
        ) as num_effective_{{ dimension }}
        {%- endfor %}
        {%- for dimension in dimensions() %},
        cast(
            states.is_effective and coalesce(negatives.by_words_{{ dimension }}, false) as tinyint
        ) as num_by_words_{{ dimension }}
        {%- endfor %}
    from states
    inner join subjects
        on
            states.order_key = subjects.order_key
            and states.business_day = subjects.business_day
    left join negatives_of_subjects as negatives
        on
            subjects.order_key = negatives.order_key
            and subjects.business_day = negatives.business_day
            and subjects.subject_type = negatives.subject_type
            and (subjects.subject_type = 'shop' or subjects.subject_id = negatives.subject_id)

),

begun_and_ended as (

    {%- for day, sign in [('business_day', ''), ('next_day', '-')] %}
    select
        {{ day }} as business_day,
        platform,
        order_key,
        subject_type,
        subject_id,
        order_day
        {%- for column in count_columns() %},
        {{ sign }}{{ column }} as {{ column }}
        {%- endfor %}
    from subject_states
    where {{ in_window(day) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

summed as (

    select
        business_day,
        platform,
        order_key,
        subject_type,
        subject_id,
        order_day,
        {{ summed_counts() }}
    from begun_and_ended
    group by business_day, platform, order_key, subject_type, subject_id, order_day

),

changes as (

    select * from summed
    where {{ any_count() }}

)

select * from changes
