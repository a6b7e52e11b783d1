-- One row per business day with after-sales: how often each rule was broken, and by which first.
with judged as (
    select
        business_day,
        coalesce(after_sale_id, _source_file || ' line ' || _line) as witness,
        hash(platform, after_sale_id, _row_sha256) as content,
        hash(platform, after_sale_id, updated_at) as version,
        -- The business day opens at 00:00 in Shanghai, eight hours before UTC, in microseconds.
        epoch_us(business_day::timestamp) - 28_800_000_000 as opens,
        epoch_us(updated_at) < opens - 7 * 86_400_000_000 as is_late,
        coalesce(reason_code, reason_text, remark) is not null as has_reason,
        after_sale_id is null as breach_null_after_sale_id,
        order_id is null as breach_null_order_id,
        shop_id is null as breach_null_shop_id,
        requested_at is null as breach_null_requested_at,
        updated_at is null as breach_null_updated_at,
        platform is null or _batch_id is null or _source_file is null or _line is null
        or _row_sha256 is null as breach_without_provenance,
        kind not in (
            'refund_only', 'return_refund', 'exchange', 'reship', 'repair', 'price_protection'
        ) as breach_unknown_kind,
        blame not in ('merchant', 'consumer', 'logistics', 'platform', 'none', 'unknown')
            as breach_unknown_blame,
        refund_amount_fen < 0 as breach_negative_amount,
        evidence_count < 0 as breach_negative_evidence,
        updated_at < requested_at as breach_updated_before_requested,
        epoch_us(greatest(requested_at, updated_at)) >= opens + 2 * 86_400_000_000
            as breach_from_the_future
    from raw.after_sales
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
    if(count(*) >= 20, avg(has_reason::int), null) as reason_share
from judged
group by business_day
