{#
    One row per order, subject and day on which what the order counts for the subject changed:
    +1 where it began to count, -1 where it ceased. A state is taken back on the day that its
    successor is known, so the sum up to a day is what was known by its end.
    Feedback on a line belongs to the line's product and creator; feedback on the whole order
    only where there is one. Gifts are no product of their own here.
#}

with

states as (

    select * from {{ ref('int_order_states_counted') }}

),

feedback_known as (

    select * from {{ ref('int_order_verdicts_known') }}

),

lines_sold as (

    select
        states.order_key,
        states.business_day,
        lines.line_id,
        lines.product_key,
        lines.creator_key,
        lines.is_gift
    from states
    inner join {{ ref('int_order_lines_known') }} as lines
        on
            states.order_key = lines.order_key
            and states.state_day = lines.business_day

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
        cast(null as string) as subject_id,
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
        states.is_first,
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

{# Nothing ends where an order's first state begins: most rows, and nothing to sum. #}
first_states as (

    select
        business_day,
        platform,
        order_key,
        subject_type,
        subject_id,
        order_day
        {%- for column in count_columns() %},
        cast({{ column }} as bigint) as {{ column }}
        {%- endfor %}
    from subject_states
    where
        is_first
        and {{ in_window('business_day') }}

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
    where
        {{ in_window(day) }}
        {{ "and not is_first" if day == "business_day" }}
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

    select * from first_states
    union all
    select * from summed
    where {{ any_count() }}

)

select * from changes
