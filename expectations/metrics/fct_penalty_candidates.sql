-- One row per processed business day: how often the candidates broke each rule, and which first.
with rule_book as (
    select
        policy_id,
        version as policy_version,
        max(sha256) as sha256,
        max(mode) as policy_mode,
        max(effective_from) as effective_from,
        min(effective_to) as effective_to,
        max(enforced_from) as enforced_from
    from policies.policy_versions
    group by all
),

rules as (
    select distinct
        policy_id,
        version as policy_version,
        rule_id,
        true as is_rule
    from policies.ladder_conditions
    union
    select distinct
        policy_id,
        version as policy_version,
        rule_id,
        true as is_rule
    from policies.ticket_rules
),

listed as (
    select
        business_day,
        subject_type,
        subject_id,
        rule_family,
        period_key,
        count(distinct order_key) as orders_with_words
    from penalties.fct_candidate_orders
    where business_day between $first and $last and trim(span_text) <> ''
    group by all
),

judged as (
    select
        candidate.*,
        subject_id as witness,
        hash(platform, shop_key, policy_id, rule_family, subject_type, subject_id, period_key)
            as identity,
        subject_type = 'shop' as is_shop,
        platform is null or shop_key is null or policy_id is null or rule_family is null
        or subject_type is null or subject_id is null or period_key is null
            as breach_null_identity,
        tier is null or rule_id is null or severity is null as breach_without_rule,
        policy_version is null or policy_sha256 is null as breach_without_version,
        mode is null or mode not in ('enforce', 'shadow') as breach_unknown_mode,
        policy_sha256 is distinct from sha256 as breach_unknown_policy,
        is_rule is null as breach_unknown_rule,
        business_day < effective_from or business_day >= effective_to as breach_policy_not_in_force,
        mode = 'enforce'
        and (policy_mode = 'enforce' and business_day >= enforced_from) is not true
            as breach_enforced_without_mandate,
        period_start > period_end or period_end > business_day as breach_period,
        if(
            subject_type = 'shop',
            (num_effective between 1 and den_effective) is not true,
            num_effective > den_effective
        ) as breach_numerator,
        if(subject_type = 'shop', rate is null or ci_low is null or ci_high is null, false)
        or abs(rate - coalesce(num_weighed, num_effective) / nullif(den_effective, 0)) > 1e-12
        or ci_low < -1e-12 or ci_low > rate + 1e-12
        or rate > ci_high + 1e-12 or ci_high > 1 + 1e-12
            as breach_rate,
        case
            when benchmark_rate > 0
                then abs(ratio_to_benchmark - rate / benchmark_rate)
                    > 1e-9 * greatest(1, ratio_to_benchmark)
                    or abs(ratio_to_benchmark_low - ci_low / benchmark_rate)
                    > 1e-9 * greatest(1, ratio_to_benchmark_low)
                    or (rate is null) <> (ratio_to_benchmark is null)
                    or (ci_low is null) <> (ratio_to_benchmark_low is null)
            else coalesce(ratio_to_benchmark, ratio_to_benchmark_low) is not null
        end as breach_ratio,
        subject_type = 'order' and (pay_amount_fen >= 0) is not true as breach_ticket_amount,
        coalesce(orders_with_words, 0) = 0 as breach_without_words,
        subject_type = 'shop' and coalesce(orders_with_words, 0) <> coalesce(num_effective, 0)
            as breach_orders_not_listed
    from penalties.fct_penalty_candidates as candidate
    left join rule_book using (policy_id, policy_version)
    left join rules using (policy_id, policy_version, rule_id)
    left join listed using (business_day, subject_type, subject_id, rule_family, period_key)
    where business_day between $first and $last
),

candidates_counted as (
    select
        business_day,
        count(*) as row_count,
        count(*) - count(distinct identity) as repeated_identity_count,
        count_if(columns('^breach_(.+)$')) as '\1_count',
        array_to_string(
            list_sort(list_distinct(min(if(columns('^breach_(.+)$'), witness, null), $offenders_named))), ', '
        ) as '\1_witness',
        max(ratio_to_benchmark_low) as highest_ratio
    from judged
    group by business_day
),

markets as (
    select
        business_day,
        platform,
        count_if(
            subject_type = 'shop' and window_days = 30 and status = 'ok'
        ) as judged_shops,
        max(den_effective) filter (where subject_type = 'platform' and window_days = 7)
            as orders_of_week
    from ccr.fct_ccr
    where business_day between $first and $last and dimension = 'overall'
    group by all
),

burdens as (
    select
        judged.business_day,
        judged.platform,
        if(
            any_value(judged_shops) >= 20,
            count(distinct shop_key) filter (where is_shop) / any_value(judged_shops),
            null
        ) as candidate_shop_share,
        if(
            any_value(orders_of_week) >= 500,
            count_if(subject_type = 'order') / any_value(orders_of_week),
            null
        ) as ticket_share
    from judged
    left join markets using (business_day, platform)
    group by judged.business_day, judged.platform
),

burdens_counted as (
    select
        business_day,
        max(candidate_shop_share) as candidate_shop_share,
        max(ticket_share) as ticket_share
    from burdens
    group by business_day
)

select *
from processed_days
left join candidates_counted using (business_day)
left join burdens_counted using (business_day)
