-- One row per business day with orders: how often each rule was broken, and by which order first.
with judged as (
    select
        business_day,
        coalesce(order_id, _source_file || ' line ' || _line) as witness,
        hash(platform, order_id, _row_sha256) as content,
        hash(platform, order_id, updated_at) as version,
        -- The business day opens at 00:00 in Shanghai, eight hours before UTC, in microseconds.
        epoch_us(business_day::timestamp) - 28_800_000_000 as opens,
        epoch_us(updated_at) < opens - 7 * 86_400_000_000 as is_late,
        shipped_at < paid_at or signed_at < shipped_at as is_disordered,
        order_id is null as breach_null_order_id,
        shop_id is null as breach_null_shop_id,
        buyer_id is null as breach_null_buyer_id,
        status is null as breach_null_status,
        created_at is null as breach_null_created_at,
        pay_amount_fen is null as breach_null_pay_amount_fen,
        updated_at is null as breach_null_updated_at,
        platform is null or _batch_id is null or _source_file is null or _line is null
        or _row_sha256 is null as breach_without_provenance,
        not regexp_full_match(buyer_id, '[0-9a-f]{32}') as breach_raw_buyer_id,
        status not in ('created', 'paid', 'shipped', 'signed', 'finished', 'cancelled', 'closed')
            as breach_unknown_status,
        order_kind not in ('normal', 'sample', 'gift', 'lottery', 'top_up', 'internal', 'presale')
            as breach_unknown_order_kind,
        risk_flag not in ('none', 'risk_review', 'abnormal_cancel') as breach_unknown_risk_flag,
        least(pay_amount_fen, list_amount_fen) < 0 as breach_negative_amount,
        paid_at < created_at as breach_paid_before_created,
        epoch_us(greatest(created_at, paid_at, updated_at)) >= opens + 2 * 86_400_000_000
            as breach_from_the_future
    from raw.orders
    where business_day between $first and $last
)

select
    business_day,
    count(*) as row_count,
    count_if(columns('^breach_(.+)$')) as '\1_count',
    array_to_string(
        list_sort(list_distinct(min(if(columns('^breach_(.+)$'), witness, null), $offenders_named))), ', '
    ) as '\1_witness',
    if(count(*) >= 20, 1 - count(distinct content) / count(*), null) as repeated_share,
    (count(distinct content) - count(distinct version)) / count(*) as conflicting_share,
    avg(is_late::int) as late_share,
    avg(coalesce(is_disordered, false)::int) as disordered_share
from judged
group by business_day
