{# One row per order and business day on which what is known of it changed, with the version that
   was its state at the end of that day. #}
{{ config(pre_hook='{{ history_is_probed() }}') }}

with

touches as (

    select
        order_key,
        business_day
    from {{ ref('stg_orders') }}
    where {{ in_window('business_day') }}
    union
    select
        order_key,
        business_day
    from {{ ref('stg_order_lines') }}
    where {{ in_window('business_day') }}
    union
    select
        order_key,
        brushing_from as business_day
    from {{ ref('int_brushing_spans') }}
    where {{ in_window('brushing_from') }}
    union
    select
        order_key,
        brushing_to as business_day
    from {{ ref('int_brushing_spans') }}
    where {{ in_window('brushing_to') }}

),

states as (

    {{ states_of_orders('select ' ~ key_hash('touches.order_key') ~ ' from touches') }}

),

{# a line that came before its order waits: without a state there is no row #}
states_by_then as (

    select
        touches.business_day,
        touches.order_key,
        states.row_sha256,
        states.known_from as state_day
    from touches
    inner join states
        on touches.order_key = states.order_key
        and touches.business_day >= states.known_from
        and touches.business_day < states.known_to

),

brushing_days as (

    select distinct
        touches.business_day,
        touches.order_key
    from touches
    inner join {{ ref('int_brushing_spans') }} as spans
        on touches.order_key = spans.order_key
        and touches.business_day >= spans.brushing_from
        and touches.business_day < spans.brushing_to

),

known as (

    select
        states_by_then.business_day,
        states_by_then.order_key,
        states_by_then.row_sha256,
        states_by_then.state_day,
        brushing_days.order_key is not null as is_brushing
    from states_by_then
    left join brushing_days
        on states_by_then.business_day = brushing_days.business_day
        and states_by_then.order_key = brushing_days.order_key

)

select * from known
