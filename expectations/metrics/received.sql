-- One row per processed business day: how the source $source arrived, over all platforms.
-- What has no suite of its own is answered for by its neighbour: lines by the orders, sessions by
-- their messages, and a delivery under a name that is no source by the orders.
with history as (
    select *
    from (
        select
            *,
            case
                when source = 'im_sessions' then 'im_messages'
                when source in ('reviews', 'after_sales', 'complaints', 'im_messages') then source
                else 'orders'
            end as answered_by
        from raw.deliveries
        where business_day <= $last
    )
    where answered_by = $source
),

-- A platform owes orders from the first day it lands, another source once it has sent it.
owing as (
    select
        platform,
        source,
        if(
            source = 'orders',
            min(first_landed_day),
            min(business_day) filter (where status <> 'missing')
        ) as owes_since
    from history
    where source in (
        'orders', 'order_lines', 'reviews', 'after_sales', 'complaints', 'im_sessions', 'im_messages'
    )
    group by platform, source
),

-- A source that was not delivered is missing, whether landing wrote that down or not.
missed as (
    select
        processed_days.business_day,
        count(*) as missing_delivery_count,
        string_agg(
            owing.platform || ' ' || owing.source, ', ' order by owing.platform, owing.source
        ) as missing_delivery_witness
    from processed_days
    inner join owing on processed_days.business_day >= owing.owes_since
    anti join history
        on processed_days.business_day = history.business_day
        and owing.platform = history.platform
        and owing.source = history.source
        and history.status <> 'missing'
    group by processed_days.business_day
),

compared as (
    select
        today.business_day,
        today.platform || ' ' || today.source as delivery,
        today.source,
        today.status,
        today.refusal,
        today.row_count,
        today.quarantined_count,
        today.quarantined_count / nullif(today.row_count + today.quarantined_count, 0)
            as quarantined_part,
        -- Below twenty rows a day the ratio is chance, not news.
        case
            when today.status in ('present', 'empty')
                and count(past.business_day) >= 4
                and avg(past.row_count) >= 20
                then today.row_count / avg(past.row_count)
        end as volume_ratio
    from history as today
    left join history as past
        on today.platform = past.platform
        and today.source = past.source
        and past.status in ('present', 'empty')
        and past.business_day between today.business_day - 56 and today.business_day - 7
        and (today.business_day - past.business_day) % 7 = 0
    where today.business_day >= $first
    group by
        today.business_day,
        today.platform,
        today.source,
        today.status,
        today.refusal,
        today.row_count,
        today.quarantined_count
),

summed as (
    select
        business_day,
        sum(row_count) filter (where source = $source) as accepted_count,
        sum(quarantined_count) filter (where source = $source) as quarantined_count,
        max(quarantined_part) as worst_quarantined_share,
        max_by(delivery, (quarantined_part, delivery)) filter (where quarantined_part is not null)
            as worst_quarantined_witness,
        count_if(status = 'refused') as refused_delivery_count,
        string_agg(coalesce(refusal, delivery), '; ' order by delivery)
            filter (where status = 'refused') as refused_delivery_witness,
        min(volume_ratio) as lowest_volume_ratio,
        min_by(delivery, (volume_ratio, delivery)) filter (where volume_ratio is not null)
            as lowest_volume_witness,
        max(volume_ratio) as highest_volume_ratio,
        max_by(delivery, (volume_ratio, delivery)) filter (where volume_ratio is not null)
            as highest_volume_witness
    from compared
    group by business_day
)

select
    processed_days.business_day,
    coalesce(accepted_count, 0) as accepted_count,
    quarantined_count,
    if(
        accepted_count + quarantined_count >= 20,
        quarantined_count / (accepted_count + quarantined_count),
        null
    ) as quarantined_share,
    summed.* exclude (business_day, accepted_count, quarantined_count),
    missed.* exclude (business_day)
from processed_days
left join summed using (business_day)
left join missed using (business_day)
