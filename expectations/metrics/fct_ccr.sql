-- One row per processed business day: how often the scores broke each rule, and for whom first.
with scored as (
    select *
    from ccr.fct_ccr
    where business_day between $first and $last
),

rule_book as (
    select
        policy_id,
        version as policy_version,
        max(min_orders) as min_orders,
        max(effective_from) as effective_from,
        min(effective_to) as effective_to
    from policies.policy_versions
    group by all
),

judged as (
    select
        scored.*,
        subject_id as witness,
        hash(platform, subject_type, subject_id, window_days, dimension) as grain,
        platform is null or subject_type is null or subject_id is null or window_days is null
        or dimension is null as breach_null_key,
        subject_type not in (
            'shop', 'product', 'creator', 'category', 'merchant_group', 'platform'
        )
        or dimension not in ('overall', 'product', 'content', 'service', 'logistics')
            as breach_unknown_word,
        status is null or status not in ('ok', 'insufficient', 'no_orders', 'provisional')
            as breach_unknown_status,
        (window_start = business_day - (window_days::int - 1)) is not true as breach_wrong_window,
        (num_effective between 0 and den_effective) is not true as breach_effective_numerator,
        (num_real between 0 and den_real) is not true as breach_real_numerator,
        (num_effective <= num_real and den_effective <= den_real) is not true
            as breach_effective_above_real,
        abs(rate - num_effective / nullif(den_effective, 0)) > 1e-12
        or abs(rate_real - num_real / nullif(den_real, 0)) > 1e-12 as breach_wrong_rate,
        (rate is null) <> (den_effective = 0) or (rate_real is null) <> (den_real = 0)
            as breach_rate_without_orders,
        (ci_low is null) <> (den_effective = 0) or (ci_high is null) <> (den_effective = 0)
        or ci_low < -1e-12 or ci_low > rate + 1e-12
        or rate > ci_high + 1e-12 or ci_high > 1 + 1e-12
            as breach_interval,
        benchmark_rate not between 0 and 1 or benchmark_den < 0 or benchmark_subjects < 0
        or (benchmark_rate is not null and coalesce(benchmark_den, 0) = 0)
            as breach_benchmark,
        case
            when benchmark_rate > 0 and rate is not null
                then (
                    abs(ratio_to_benchmark - rate / benchmark_rate)
                    <= 1e-9 * greatest(1, ratio_to_benchmark)
                    and abs(ratio_to_benchmark_low - ci_low / benchmark_rate)
                    <= 1e-9 * greatest(1, ratio_to_benchmark_low)
                ) is not true
            else coalesce(ratio_to_benchmark, ratio_to_benchmark_low) is not null
        end as breach_ratio,
        policy_id is null or policy_version is null as breach_without_policy,
        policy_version is not null
        and (
            effective_from is null
            or business_day < effective_from
            or business_day >= effective_to
        ) as breach_policy_not_in_force,
        status = 'ok' and den_effective < greatest(coalesce(min_orders, 1), 1)
            as breach_ok_below_minimum
    from scored
    left join rule_book using (policy_id, policy_version)
),

rows_counted as (
    select
        business_day,
        count(*) as row_count,
        count(*) - count(distinct grain) as repeated_grain_count,
        count_if(columns('^breach_(.+)$')) as '\1_count',
        array_to_string(
            list_sort(list_distinct(min(if(columns('^breach_(.+)$'), witness, null), $offenders_named))), ', '
        ) as '\1_witness',
        count_if(is_shop and status = 'insufficient')
        / nullif(count_if(is_shop and status in ('ok', 'insufficient')), 0) as insufficient_share,
        count_if(is_shop and status = 'ok' and benchmark_rate is not null)
        / nullif(count_if(is_shop and status = 'ok'), 0) as benchmark_share,
        count_if(is_shop and status = 'ok' and benchmark_subjects >= 5)
        / nullif(count_if(is_shop and status = 'ok' and benchmark_subjects is not null), 0)
            as broad_benchmark_share,
        min(rate) filter (where is_market) as lowest_market_rate,
        max(rate) filter (where is_market) as highest_market_rate,
        max(1 - den_effective / den_real) filter (where is_market) as highest_excluded_share
    from (
        select
            *,
            subject_type = 'shop' and window_days = 30 and dimension = 'overall' as is_shop,
            -- A market of fewer than five hundred orders has no rate worth a warning.
            subject_type = 'platform' and window_days = 30 and dimension = 'overall'
            and status <> 'provisional' and den_effective >= 500 as is_market
        from judged
    )
    group by business_day
),

subjects as (
    select
        business_day,
        subject_id,
        max(num_effective) filter (where dimension = 'overall') as overall_effective,
        coalesce(max(num_effective) filter (where dimension <> 'overall'), 0) as largest_effective,
        sum(num_effective) filter (where dimension <> 'overall') as total_effective,
        max(num_real) filter (where dimension = 'overall') as overall_real,
        coalesce(max(num_real) filter (where dimension <> 'overall'), 0) as largest_real,
        sum(num_real) filter (where dimension <> 'overall') as total_real,
        min(den_effective) = max(den_effective) and min(den_real) = max(den_real) as is_one_base
    from scored
    group by business_day, platform, subject_type, subject_id, window_days
),

subjects_counted as (
    select
        business_day,
        count_if(
            (overall_effective >= largest_effective and overall_real >= largest_real) is not true
        ) as overall_below_dimension_count,
        min(subject_id) filter (
            where (overall_effective >= largest_effective and overall_real >= largest_real)
            is not true
        ) as overall_below_dimension_witness,
        count_if(overall_effective > total_effective or overall_real > total_real)
            as overall_above_total_count,
        min(subject_id) filter (
            where overall_effective > total_effective or overall_real > total_real
        ) as overall_above_total_witness,
        count_if(is_one_base is not true) as several_denominators_count,
        min(subject_id) filter (where is_one_base is not true) as several_denominators_witness
    from subjects
    group by business_day
),

totals as (
    select
        business_day,
        platform,
        count_if(subject_type = 'platform') as platform_rows,
        sum(num_effective) filter (where subject_type = 'shop') as shops_num,
        sum(den_effective) filter (where subject_type = 'shop') as shops_den,
        sum(num_effective) filter (where subject_type = 'platform') as platform_num,
        sum(den_effective) filter (where subject_type = 'platform') as platform_den
    from scored
    where dimension = 'overall' and subject_type in ('shop', 'platform')
    group by business_day, platform, window_days
),

totals_counted as (
    select
        business_day,
        count_if(
            coalesce(shops_num, 0) <> coalesce(platform_num, 0)
            or coalesce(shops_den, 0) <> coalesce(platform_den, 0)
        ) as shops_unlike_platform_count,
        min(platform) filter (
            where coalesce(shops_num, 0) <> coalesce(platform_num, 0)
            or coalesce(shops_den, 0) <> coalesce(platform_den, 0)
        ) as shops_unlike_platform_witness
    from totals
    group by business_day
),

unscored as (
    select
        business_day,
        count(*) as unscored_platform_count,
        min(delivered.platform) as unscored_platform_witness
    from raw.deliveries as delivered
    where delivered.source = 'orders' and delivered.row_count > 0
        and delivered.business_day between $first and $last
        and not exists (
            select 1
            from totals
            where totals.business_day = delivered.business_day
                and totals.platform = delivered.platform
                and totals.platform_rows > 0
        )
    group by business_day
)

select *
from processed_days
left join rows_counted using (business_day)
left join subjects_counted using (business_day)
left join totals_counted using (business_day)
left join unscored using (business_day)
