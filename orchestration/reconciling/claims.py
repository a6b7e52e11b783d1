"""The SQL that sets bills and tickets against the ledger, as known by the end of a day.

`$day` is that day. `signs` and `lags` are the tables of `accounts.py`; everything else
is the warehouse's.
"""

# What ought to have been taken: of each measure with money of a decision in force what was imposed and
# not given back, and whether it was carried out.
EXPECTED = """
create or replace temp table expected as
with carried_out as (
    select decision_id, min(business_day) as executed_on
    from penalties.decision_events
    where status = 'executed' and business_day <= $day
    group by decision_id
),
imposed as (
    select
        decision_id,
        measure_no,
        sum(case when entry_type = 'issue' then amount_fen else 0 end) as issued_fen,
        sum(
            case when entry_type in ('reverse', 'refund', 'exempt') then amount_fen else 0 end
        ) as given_back_fen
    from penalties.entries
    where business_day <= $day
    group by decision_id, measure_no
)
select
    decisions.decision_id,
    measures.measure_no,
    decisions.platform,
    decisions.shop_key,
    case when decisions.subject_type = 'order' then decisions.subject_key end as order_key,
    measures.measure_code,
    cast(imposed.issued_fen - imposed.given_back_fen as bigint) as amount_fen,
    decisions.business_day,
    carried_out.executed_on,
    imposed.issued_fen = imposed.given_back_fen as is_taken_back
from penalties.decisions
inner join penalties.measures on decisions.decision_id = measures.decision_id
inner join imposed
    on
        measures.decision_id = imposed.decision_id
        and measures.measure_no = imposed.measure_no
left join carried_out on decisions.decision_id = carried_out.decision_id
where imposed.issued_fen > 0
"""

# What each name on a bill or ticket stands for: of several signs that it holds, the first speaks. A sign of
# one letter is a code, and must be the whole name.
MEANT = """
create or replace temp table meant as
with names as (
    select platform, 'account' as found_in, account_name as name from staging.stg_bills
    union
    select platform, 'ticket_type', ticket_type from staging.stg_platform_tickets
)
select names.platform, names.found_in, names.name, signs.measure_code
from names
inner join signs
    on
        names.platform = signs.platform
        and names.found_in = signs.found_in
        and (names.name = signs.sign or (length(signs.sign) > 1 and contains(names.name, signs.sign)))
qualify row_number() over (partition by names.platform, names.found_in, names.name order by signs.sign_no) = 1
"""

# Bills and tickets in their latest version, each with the measure that its name stands for.
BILLED = """
create or replace temp table billed as
with latest as (
    select * from staging.stg_bills
    where business_day <= $day
    qualify row_number() over (partition by bill_key order by business_day desc, row_sha256) = 1
)
select
    latest.bill_key as claim_key,
    'bill' as claim_type,
    latest.platform,
    latest.shop_key,
    latest.order_key,
    latest.ticket_key,
    latest.kind,
    meant.measure_code,
    meant.name is not null as is_known,
    latest.amount_fen,
    latest.account_name as named,
    latest.billed_day as claimed_on
from latest
left join meant
    on
        latest.platform = meant.platform
        and meant.found_in = 'account'
        and latest.account_name = meant.name
"""

TICKETED = """
create or replace temp table ticketed as
with latest as (
    select * from staging.stg_platform_tickets
    where business_day <= $day
    qualify row_number() over (
        partition by ticket_key order by updated_at desc, business_day desc, row_sha256
    ) = 1
)
select
    latest.ticket_key as claim_key,
    'ticket' as claim_type,
    latest.platform,
    latest.shop_key,
    latest.order_key,
    latest.ticket_key,
    'deduction' as kind,
    meant.measure_code,
    meant.name is not null as is_known,
    latest.amount_fen,
    latest.ticket_type as named,
    cast(latest.created_at at time zone 'Asia/Shanghai' as date) as claimed_on
from latest
left join meant
    on
        latest.platform = meant.platform
        and meant.found_in = 'ticket_type'
        and latest.ticket_type = meant.name
"""

# One claim for one measure: of an order by the order; of a shop first where the amounts agree, then in
# the order of their days. What is left over on either side has no counterpart.
MATCHED = """
create or replace temp table matched as
with claims as (
    select * from {claims} where kind = 'deduction' and measure_code is not null
),
claims_ranked as (
    select
        *,
        row_number() over (
            partition by shop_key, order_key, measure_code order by claimed_on, claim_key
        ) as turn,
        row_number() over (
            partition by shop_key, order_key, measure_code, amount_fen order by claimed_on, claim_key
        ) as turn_of_amount
    from claims
),
expected_ranked as (
    select
        *,
        row_number() over (
            partition by shop_key, order_key, measure_code, amount_fen order by business_day, decision_id
        ) as turn_of_amount
    from expected
),
of_equal_amount as (
    select claims_ranked.claim_key, expected_ranked.decision_id, expected_ranked.measure_no
    from claims_ranked
    inner join expected_ranked
        on
            claims_ranked.shop_key = expected_ranked.shop_key
            and claims_ranked.order_key is not distinct from expected_ranked.order_key
            and claims_ranked.measure_code = expected_ranked.measure_code
            and claims_ranked.amount_fen = expected_ranked.amount_fen
            and claims_ranked.turn_of_amount = expected_ranked.turn_of_amount
),
claims_left as (
    select
        claims.*,
        row_number() over (
            partition by claims.shop_key, claims.order_key, claims.measure_code
            order by claims.claimed_on, claims.claim_key
        ) as turn
    from claims
    where claims.claim_key not in (select claim_key from of_equal_amount)
),
expected_left as (
    select
        expected.*,
        row_number() over (
            partition by expected.shop_key, expected.order_key, expected.measure_code
            order by expected.business_day, expected.decision_id
        ) as turn
    from expected
    where not exists (
        select 1 from of_equal_amount
        where
            of_equal_amount.decision_id = expected.decision_id
            and of_equal_amount.measure_no = expected.measure_no
    )
),
of_another_amount as (
    select claims_left.claim_key, expected_left.decision_id, expected_left.measure_no
    from claims_left
    inner join expected_left
        on
            claims_left.shop_key = expected_left.shop_key
            and claims_left.order_key is not distinct from expected_left.order_key
            and claims_left.measure_code = expected_left.measure_code
            and claims_left.turn = expected_left.turn
),
pairs as (
    select * from of_equal_amount
    union all
    select * from of_another_amount
)
select
    claims.claim_key,
    claims.claim_type,
    claims.platform,
    coalesce(claims.shop_key, expected.shop_key) as shop_key,
    coalesce(claims.order_key, expected.order_key) as order_key,
    coalesce(claims.measure_code, expected.measure_code) as measure_code,
    claims.named,
    claims.claimed_on,
    claims.amount_fen as claimed_fen,
    expected.decision_id,
    expected.measure_no,
    expected.amount_fen as expected_fen,
    expected.is_taken_back,
    expected.executed_on,
    expected.platform as expected_platform
from claims
left join pairs on claims.claim_key = pairs.claim_key
full join expected
    on
        pairs.decision_id = expected.decision_id
        and pairs.measure_no = expected.measure_no
"""

# A claim without a counterpart repeats another where the order, or the ticket, has one already.
EXCEPTIONS_OF_CLAIMS = """
with given_back as (
    select shop_key, order_key, measure_code, sum(amount_fen) as refunded_fen
    from billed
    where kind = 'refund' and measure_code is not null
    group by all
),
earlier as (
    select
        {claims}.claim_key,
        row_number() over (
            partition by {claims}.shop_key, {claims}.order_key, {claims}.measure_code,
                case when {claims}.order_key is null then {claims}.ticket_key end,
                case
                    when {claims}.order_key is null and {claims}.ticket_key is null then {claims}.claim_key
                end
            order by {claims}.claimed_on, {claims}.claim_key
        ) as turn
    from {claims}
    where {claims}.kind = 'deduction' and {claims}.measure_code is not null
),
judged as (
    select
        matched.*,
        earlier.turn as turn,
        coalesce(given_back.refunded_fen, 0) as refunded_fen,
        lags.bill_lag_days
    from matched
    left join earlier on matched.claim_key = earlier.claim_key
    left join given_back
        on
            matched.shop_key = given_back.shop_key
            and matched.order_key is not distinct from given_back.order_key
            and matched.measure_code = given_back.measure_code
    left join lags on coalesce(matched.platform, matched.expected_platform) = lags.platform
)
select
    case
        when claim_key is null then 'missing'
        when decision_id is null and turn > 1 then 'duplicate'
        when decision_id is null then 'without_basis'
        when is_taken_back then 'refund_due'
        when claimed_fen > expected_fen then 'over_amount'
        else 'under_amount'
    end as exception,
    coalesce(platform, expected_platform) as platform,
    shop_key,
    order_key,
    coalesce(claim_type, '{claim_type}') as claim_type,
    claim_key,
    decision_id,
    measure_code,
    named,
    claimed_on,
    claimed_fen,
    expected_fen,
    refunded_fen,
    case
        when claim_key is null then 'the decision was carried out on ' || executed_on
        when decision_id is null and turn > 1 then 'claim ' || turn || ' of one order or ticket'
        when decision_id is null then 'no decision in force stands behind it'
        when is_taken_back then 'the decision was taken back'
        else 'the decision takes ' || expected_fen || ' fen'
    end as detail
from judged
where
    (
        claim_key is null
        and not is_taken_back
        and executed_on + coalesce(bill_lag_days, 0) <= $day
        and (select count(*) from {claims} where {claims}.platform = judged.expected_platform) > 0
    )
    or (claim_key is not null and decision_id is null and refunded_fen < claimed_fen)
    or (decision_id is not null and claim_key is not null and is_taken_back and refunded_fen < claimed_fen)
    or (
        decision_id is not null
        and claim_key is not null
        and not is_taken_back
        and claimed_fen <> expected_fen
        and claimed_fen - refunded_fen <> expected_fen
    )
union all
select
    'unknown_account',
    platform,
    shop_key,
    order_key,
    claim_type,
    claim_key,
    null,
    null,
    named,
    claimed_on,
    amount_fen,
    null,
    0,
    'nobody said what it stands for: add its name to the accounts'
from {claims}
where not is_known
"""
