{#
    One row per subject, business day, earlier order day and cause: what became known that day about
    orders paid before it, and so changed figures that had been published.
    An order's change has one cause: where it began or ceased to count as an order, that is the cause of
    whatever happened to it that day; feedback is the cause only where the order stayed as it was.
#}

with

changes as (

    select
        business_day,
        platform,
        order_key,
        subject_id as shop_key,
        order_day,
        den_real,
        den_effective,
        num_real_overall as num_real,
        num_effective_overall as num_effective,
        min(den_real) over order_of_day < 0 and max(den_real) over order_of_day > 0 as is_moved
    from {{ ref('int_subject_changes') }}
    where
        subject_type = 'shop'
        and {{ in_window('business_day') }}
    window order_of_day as (partition by business_day, order_key)

),

late as (

    select
        *,
        case
            when den_real <> 0 and is_moved then 'order_moved'
            when den_real > 0 then 'late_order'
            when den_real < 0 then 'order_withdrawn'
            when den_effective > 0 then 'exclusion_lifted'
            when den_effective < 0 then 'exclusion_added'
        end as order_cause
    from changes
    where
        business_day > order_day
        and (den_real <> 0 or den_effective <> 0 or num_real <> 0 or num_effective <> 0)

),

judged_in_turn as (

    select
        judged.order_key,
        judged.business_day,
        judged.excluding_codes,
        lag(judged.excluding_codes) over (
            partition by judged.order_key order by judged.business_day
        ) as earlier_codes
    from {{ ref('int_order_states') }} as judged
    inner join (
        select distinct order_key from late
        where order_cause in ('exclusion_lifted', 'exclusion_added')
    ) as orders_of_window
        on judged.order_key = orders_of_window.order_key
    where judged.business_day <= {{ window_end() }}

),

codes_in_turn as (

    {%- for codes, sign in [('excluding_codes', 1), ('earlier_codes', -1)] %}
    select
        order_key,
        business_day,
        {{ each_element(codes) }} as exclusion_code,
        {{ sign }} as sign
    from judged_in_turn
    where {{ in_window('business_day') }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

codes_compared as (

    select
        order_key,
        business_day,
        exclusion_code,
        sum(sign) as sign
    from codes_in_turn
    group by order_key, business_day, exclusion_code

),

{# Of several codes that came or went together, the first in the alphabet stands for them. #}
codes_changed as (

    select
        order_key,
        business_day,
        min(case when sign > 0 then exclusion_code end) as code_added,
        min(case when sign < 0 then exclusion_code end) as code_lifted
    from codes_compared
    group by order_key, business_day

),

appeals_upheld as (

    select distinct
        business_day,
        feedback_key
    from {{ ref('int_evaluation_exclusions') }}
    where
        is_first_version
        and is_excluding
        and exclusion_code in {{ appeal_exclusions() }}
        and {{ in_window('business_day') }}

),

{# What was said of the order that day, the first that explains the change before the others. #}
feedback_in_turn as (

    select
        late.business_day,
        late.order_key,
        late.order_day,
        late.shop_key,
        verdicts.feedback_key,
        verdicts.channel,
        case
            when links.business_day = late.business_day then 'late_feedback'
            when appeals_upheld.feedback_key is not null then 'appeal'
            else 'review_decision'
        end as cause,
        row_number() over (
            partition by late.business_day, late.order_key, late.order_day, late.shop_key
            order by
                case
                    when late.num_effective > 0 then verdicts.is_valid
                    when late.num_effective < 0 then links.business_day < late.business_day
                    else verdicts.is_real
                end desc,
                verdicts.occurred_at,
                verdicts.feedback_key
        ) as turn
    from late
    inner join {{ ref('int_feedback_verdicts') }} as verdicts
        on
            late.order_key = verdicts.order_key
            and late.business_day = verdicts.business_day
    inner join {{ ref('int_feedback_links') }} as links on verdicts.feedback_key = links.feedback_key
    left join appeals_upheld
        on
            verdicts.feedback_key = appeals_upheld.feedback_key
            and verdicts.business_day = appeals_upheld.business_day
    where
        late.order_cause is null
        and {{ in_window('verdicts.business_day') }}

),

explained as (

    select
        late.business_day,
        late.platform,
        late.shop_key,
        late.order_day,
        late.order_key,
        coalesce(late.order_cause, feedback_in_turn.cause, 'unexplained') as cause,
        coalesce(
            case
                when late.order_cause = 'exclusion_added' then codes_changed.code_added
                when late.order_cause = 'exclusion_lifted' then codes_changed.code_lifted
                when late.order_cause is null then feedback_in_turn.channel
            end,
            'order'
        ) as detail,
        case
            when late.order_cause is null then feedback_in_turn.feedback_key
            else late.order_key
        end as arrival_key,
        late.den_real,
        late.den_effective,
        late.num_real,
        late.num_effective
    from late
    left join codes_changed
        on
            late.order_key = codes_changed.order_key
            and late.business_day = codes_changed.business_day
    left join feedback_in_turn
        on
            late.order_key = feedback_in_turn.order_key
            and late.business_day = feedback_in_turn.business_day
            and late.order_day = feedback_in_turn.order_day
            and late.shop_key = feedback_in_turn.shop_key
            and feedback_in_turn.turn = 1

),

restatements as (

    {%- for subject_type, subject in [('shop', 'shop_key'), ('platform', 'platform')] %}
    select
        business_day,
        platform,
        '{{ subject_type }}' as subject_type,
        {{ subject }} as subject_id,
        order_day,
        cause,
        detail,
        cast(sum(den_real) as bigint) as den_real_change,
        cast(sum(num_real) as bigint) as num_real_change,
        cast(sum(den_effective) as bigint) as den_effective_change,
        cast(sum(num_effective) as bigint) as num_effective_change,
        cast(count(distinct order_key) as bigint) as order_count,
        min(arrival_key) as example_key
    from explained
    group by business_day, platform{{ ", " ~ subject if subject != 'platform' }}, order_day, cause, detail
    {{ "union all" if not loop.last }}
    {%- endfor %}

)

select * from restatements
