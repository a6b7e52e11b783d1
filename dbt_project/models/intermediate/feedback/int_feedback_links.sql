{# One row per feedback whose order is known, on the day the link became known. A link never
   changes; one that is inferred with a confidence below 0.5 is kept and must not count. #}

with

possible_links as (

    select * from {{ ref('int_native_links') }}
    union all
    select * from {{ ref('int_inferred_links') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by feedback_key order by business_day asc, link_confidence desc
        ) as choice
    from possible_links

),

first_links as (

    select
        business_day,
        feedback_key,
        order_key,
        link_method,
        link_confidence
    from ranked
    where
        choice = 1
        and {{ in_window('business_day') }}

)

select * from first_links
