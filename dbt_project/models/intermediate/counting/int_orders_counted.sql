{#
    One row per judged order and business day, as the rules of that day count it. Orders are judged
    once against every code; which codes keep an order out is the choice of the platform's policies
    in force that day, and one of them is enough. Without a policy every code does.
#}
{{ config(materialized='view') }}

with

codes_listed as (

    select
        policies.business_day,
        policies.platform,
        {{ set_of('exclusions.exclusion_code') }} as listed_codes
    from {{ ref('int_policies_in_force') }} as policies
    left join {{ source('policies', 'policy_exclusions') }} as exclusions
        on
            policies.policy_id = exclusions.policy_id
            and policies.policy_version = exclusions.version
            and exclusions.scope = 'order'
    group by policies.business_day, policies.platform

),

chosen as (

    select
        judged.business_day,
        judged.platform,
        judged.order_key,
        judged.shop_key,
        judged.buyer_key,
        judged.order_day,
        judged.status,
        judged.created_at,
        judged.paid_at,
        judged.shipped_at,
        judged.signed_at,
        judged.refunded_at,
        judged.pay_amount_fen,
        judged.line_set,
        judged.has_content_theme,
        judged.is_paid,
        judged.exclusion_codes,
        case
            when codes_listed.platform is null then judged.exclusion_codes
            else {{ codes_in_both('judged.exclusion_codes', 'codes_listed.listed_codes') }}
        end as excluding_codes
    from {{ ref('int_orders_judged') }} as judged
    left join codes_listed
        on
            judged.business_day = codes_listed.business_day
            and judged.platform = codes_listed.platform

),

counted as (

    select
        chosen.*,
        is_paid and {{ list_length('excluding_codes') }} = 0 as is_effective
    from chosen

)

select * from counted
