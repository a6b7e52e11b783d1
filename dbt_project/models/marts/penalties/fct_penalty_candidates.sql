{#
    One row per subject and period that the policy in force would penalise: shops by their rate,
    orders by their ticket. What is decided, and posted, is the ledger's.
#}

with

candidates as (

    select *
    from {{ ref('penalty_rate_candidates') }}
    where {{ in_window('business_day') }}
    union all
    select *
    from {{ ref('penalty_ticket_candidates') }}
    where {{ in_window('business_day') }}

)

select * from candidates
