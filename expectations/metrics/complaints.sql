-- One row per business day with complaints: how often each rule was broken, and by which first.
with judged as (
    select
        business_day,
        coalesce(complaint_id, _source_file || ' line ' || _line) as witness,
        hash(platform, complaint_id, _row_sha256) as content,
        hash(platform, complaint_id, updated_at) as version,
        -- The business day opens at 00:00 in Shanghai, eight hours before UTC, in microseconds.
        epoch_us(business_day::timestamp) - 28_800_000_000 as opens,
        epoch_us(updated_at) < opens - 7 * 86_400_000_000 as is_late,
        coalesce(trim(text), '') <> '' as is_written,
        coalesce(order_id, buyer_id) is not null as is_linkable,
        complaint_id is null as breach_null_complaint_id,
        shop_id is null as breach_null_shop_id,
        created_at is null as breach_null_created_at,
        updated_at is null as breach_null_updated_at,
        platform is null or _batch_id is null or _source_file is null or _line is null
        or _row_sha256 is null as breach_without_provenance,
        not regexp_full_match(buyer_id, '[0-9a-f]{32}') as breach_raw_buyer_id,
        blame not in ('merchant', 'consumer', 'logistics', 'platform', 'none', 'unknown')
            as breach_unknown_blame,
        evidence_count < 0 as breach_negative_evidence,
        updated_at < created_at as breach_updated_before_created,
        epoch_us(greatest(created_at, updated_at)) >= opens + 2 * 86_400_000_000
            as breach_from_the_future
    from raw.complaints
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
    if(count(*) >= 20, avg(is_written::int), null) as text_share,
    if(count(*) >= 20, avg(is_linkable::int), null) as linkable_share
from judged
group by business_day
