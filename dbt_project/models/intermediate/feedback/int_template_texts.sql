{# One row per shop and review text that at least five distinct buyers sent: from the end of
   template_from it is a template. Shorter texts than twelve characters are common speech. #}
{{ config(materialized='ephemeral') }}

with

first_uses as (

    select
        shop_key,
        trim(text) as template_text,
        buyer_key,
        min(business_day) as first_used_on
    from {{ ref('int_review_events') }}
    where
        buyer_key is not null
        and length(trim(text)) >= 12
    group by
        shop_key,
        trim(text),
        buyer_key

),

buyers_numbered as (

    select
        shop_key,
        template_text,
        first_used_on,
        row_number() over (
            partition by shop_key, template_text order by first_used_on, buyer_key
        ) as buyer_no
    from first_uses

),

templates as (

    select
        shop_key,
        template_text,
        first_used_on as template_from
    from buyers_numbered
    where buyer_no = 5

)

select * from templates
