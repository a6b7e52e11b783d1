{#
    One row per processed business day, shop with a score and version that judges the shop's window: the
    shop's numbers, whether that version would hold them against its ladder, what keeps it from doing so,
    and how many further negatives would end that. On an evaluation day it is what is judged by; on any
    other it is what would be, were the day one.
    Whatever the version, the numbers are those of the version in force on the window's last day.
#}

with

policies as (

    select
        business_day,
        platform,
        window_days,
        metric_rate,
        {{ iso_weekday('business_day') }} = evaluation_weekday as is_evaluation_day
    from {{ ref('int_policies_in_force') }}
    where
        kind = 'rate'
        and {{ in_window('business_day') }}

),

scores as (

    select
        policies.business_day,
        policies.platform,
        policies.is_evaluation_day,
        scores.subject_id as shop_key,
        scores.window_start,
        scores.num_effective,
        scores.den_effective,
        {# The policy says which rate counts. #}
        case when policies.metric_rate = 'adjusted' then scores.num_adjusted else scores.num_effective end
            as num_weighed,
        {%- for column in ['rate', 'ci_low', 'ci_high', 'benchmark_rate'] %}
        case when policies.metric_rate = 'adjusted' then scores.{{ column }}_adjusted else scores.{{ column }} end
            as {{ column }},
        {%- endfor %}
        scores.benchmark_level,
        scores.status,
        scores.prob_above_threshold,
        probable.num_probable,
        scores.threshold as threshold_rate,
        scores.prior_alpha,
        scores.prior_beta,
        policies.metric_rate = 'adjusted' and scores.adjustment_status <> 'ok' as lacks_adjustment
    from policies
    inner join {{ ref('fct_ccr') }} as scores
        on
            policies.business_day = scores.business_day
            and policies.platform = scores.platform
            and policies.window_days = scores.window_days
    left join {{ source('scored', 'shop_scores') }} as probable
        on
            scores.business_day = probable.business_day
            and scores.platform = probable.platform
            and scores.subject_type = probable.subject_type
            and scores.subject_id = probable.subject_id
            and scores.window_days = probable.window_days
    where
        scores.subject_type = 'shop'
        and scores.dimension = 'overall'

),

{{ negatives_in_windows('policies') }},

buyers as (

    select
        business_day,
        shop_key,
        count(distinct buyer_key) as distinct_buyers
    from negatives_in_windows
    group by business_day, shop_key

),

{# Of the guards, the first that fits the shop's type speaks, and no other. #}
guards_fitting as (

    select
        dim_shops.shop_key,
        guards.policy_id,
        guards.version,
        guards.den_lt,
        guards.num_le,
        row_number() over (
            partition by dim_shops.shop_key, guards.policy_id, guards.version order by guards.guard_no
        ) as turn
    from {{ ref('dim_shops') }} as dim_shops
    inner join {{ source('policies', 'small_n_guards') }} as guards
        on guards.shop_type is null or dim_shops.shop_type = guards.shop_type

),

judgings as (

    select
        scores.business_day,
        scores.platform,
        scores.shop_key,
        versions.policy_id,
        versions.policy_version,
        versions.is_of_last_day,
        versions.policy_sha256,
        scores.is_evaluation_day,
        {{ candidate_mode('versions.mode', 'versions.enforced_from', 'scores.business_day') }} as mode,
        scores.window_start,
        scores.num_effective,
        scores.den_effective,
        cast(scores.num_weighed as double) as num_weighed,
        scores.rate,
        scores.ci_low,
        scores.ci_high,
        scores.benchmark_rate,
        scores.benchmark_level,
        {{ ratio('scores.rate', 'scores.benchmark_rate') }} as ratio_to_benchmark,
        {{ ratio('scores.ci_low', 'scores.benchmark_rate') }} as ratio_to_benchmark_low,
        scores.prob_above_threshold,
        scores.status,
        cast(coalesce(buyers.distinct_buyers, 0) as bigint) as distinct_buyers,
        scores.threshold_rate,
        scores.prior_alpha,
        scores.prior_beta,
        case
            when scores.status <> 'ok' then scores.status
            when versions.is_too_early then 'straddles'
            when scores.den_effective < versions.min_orders then 'insufficient'
            when coalesce(buyers.distinct_buyers, 0) < versions.min_distinct_buyers then 'few_buyers'
            when
                scores.den_effective < guards_fitting.den_lt
                and scores.num_effective <= guards_fitting.num_le
                then 'small_n'
            when scores.lacks_adjustment then 'no_adjustment'
            {# Where the policy asks for no probability, the comparison is unknown and holds nobody back. #}
            when coalesce(scores.prob_above_threshold, 0) < versions.least_probability then 'improbable'
        end as held_back_by,
        {#
            The same questions turned round, for negatives of the orders that the shop has, each by a further
            buyer: fewer orders, an unknown factor or another version's days are not mended by them. Of the
            versions that ask for a probability the strictest one's is counted on: all must be satisfied.
        #}
        case
            when scores.status <> 'ok' or versions.is_too_early then null
            when scores.den_effective < versions.min_orders or scores.lacks_adjustment then null
            when versions.least_probability is not null and scores.num_probable is null then null
            else cast(greatest(
                0,
                coalesce(versions.min_distinct_buyers, 0) - coalesce(buyers.distinct_buyers, 0),
                case
                    when scores.den_effective < guards_fitting.den_lt
                        then guards_fitting.num_le + 1 - scores.num_effective
                    else 0
                end,
                case
                    when versions.least_probability is not null
                        then scores.num_probable - scores.num_effective
                    else 0
                end
            ) as bigint)
        end as negatives_until_held
    from scores
    inner join {{ ref('int_versions_judging') }} as versions
        on
            scores.business_day = versions.business_day
            and scores.platform = versions.platform
    left join buyers
        on
            scores.business_day = buyers.business_day
            and scores.shop_key = buyers.shop_key
    left join guards_fitting
        on
            scores.shop_key = guards_fitting.shop_key
            and versions.policy_id = guards_fitting.policy_id
            and versions.policy_version = guards_fitting.version
            and guards_fitting.turn = 1

)

select * from judgings
