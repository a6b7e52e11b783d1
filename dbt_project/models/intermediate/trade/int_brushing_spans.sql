{# One row per order and span of days in which it stood in a cluster large enough to be brushing:
   from the end of brushing_from until the day before brushing_to. Two clusters of
   one order may give spans that overlap. #}
{{ config(materialized='table' if target.type == 'spark' else 'ephemeral') }}

with

members as (

    select * from {{ ref('int_order_cluster_members') }}

),

changes as (

    select 1 as change
    union all
    select -1 as change

),

comings_and_goings as (

    select
        members.cluster_key,
        members.orders_at_least,
        members.order_key,
        case when changes.change = 1 then members.known_from else members.known_to end as changed_on,
        changes.change
    from members
    cross join changes

),

{# an order with two lines of the product is one member, until the last of them goes #}
member_days as (

    select
        cluster_key,
        orders_at_least,
        order_key,
        changed_on,
        sum(sum(change)) over (
            partition by cluster_key, order_key order by changed_on
            rows between unbounded preceding and current row
        ) > 0 as is_member
    from comings_and_goings
    group by
        cluster_key,
        orders_at_least,
        order_key,
        changed_on

),

member_compared as (

    select
        *,
        lag(is_member, 1, false) over (partition by cluster_key, order_key order by changed_on) as was_member
    from member_days

),

member_changes as (

    select
        *,
        case when is_member then 1 else -1 end as change,
        lead(changed_on) over (partition by cluster_key, order_key order by changed_on) as member_until
    from member_compared
    where is_member <> was_member

),

cluster_days as (

    select
        cluster_key,
        changed_on,
        sum(sum(change)) over (
            partition by cluster_key order by changed_on
            rows between unbounded preceding and current row
        ) >= orders_at_least as is_large
    from member_changes
    group by
        cluster_key,
        orders_at_least,
        changed_on

),

cluster_compared as (

    select
        *,
        lag(is_large, 1, false) over (partition by cluster_key order by changed_on) as was_large
    from cluster_days

),

cluster_changes as (

    select
        *,
        lead(changed_on) over (partition by cluster_key order by changed_on) as large_until
    from cluster_compared
    where is_large <> was_large

),

spans as (

    select
        member_changes.order_key,
        greatest(member_changes.changed_on, cluster_changes.changed_on) as brushing_from,
        least(member_changes.member_until, cluster_changes.large_until) as brushing_to
    from member_changes
    inner join cluster_changes
        on member_changes.cluster_key = cluster_changes.cluster_key
        and member_changes.changed_on < cluster_changes.large_until
        and member_changes.member_until > cluster_changes.changed_on
    where
        member_changes.is_member
        and cluster_changes.is_large

)

select * from spans
