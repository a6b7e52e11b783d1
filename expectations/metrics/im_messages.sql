-- One row per business day with chat messages: how often each rule was broken, and by which first.
with known_sessions as (
    select distinct
        platform,
        session_id
    from raw.im_sessions
    where business_day between $first - 7 and $last
),

judged as (
    select
        said.business_day,
        coalesce(
            said.session_id || '/' || said.message_id, said._source_file || ' line ' || said._line
        ) as witness,
        hash(said.platform, said.session_id, said.message_id, said._row_sha256) as content,
        hash(said.platform, said.session_id, said.message_id) as version,
        -- The business day opens at 00:00 in Shanghai, eight hours before UTC, in microseconds.
        epoch_us(said.business_day::timestamp) - 28_800_000_000 as opens,
        epoch_us(said.sent_at) < opens - 7 * 86_400_000_000 as is_late,
        said.role = 'consumer' as is_consumer,
        trim(said.text) = '' as is_blank,
        known.session_id is null as is_orphan,
        said.session_id is null as breach_null_session_id,
        said.message_id is null as breach_null_message_id,
        said.seq is null as breach_null_seq,
        said.role is null as breach_null_role,
        said.sent_at is null as breach_null_sent_at,
        said.text is null as breach_null_text,
        said.platform is null or said._batch_id is null or said._source_file is null
        or said._line is null or said._row_sha256 is null as breach_without_provenance,
        said.role not in ('consumer', 'agent', 'bot', 'system') as breach_unknown_role,
        said.seq < 0 as breach_negative_seq,
        epoch_us(said.sent_at) >= opens + 2 * 86_400_000_000 as breach_from_the_future
    from raw.im_messages as said
    left join known_sessions as known
        on said.platform = known.platform and said.session_id = known.session_id
    where said.business_day between $first and $last
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
    if(count(*) >= 20, avg(is_consumer::int), null) as consumer_share,
    avg(is_blank::int) as blank_share,
    if(count(*) >= 20, avg(is_orphan::int), null) as orphan_share
from judged
group by business_day
