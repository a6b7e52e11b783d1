{#
    One row per business day, subject, length of window and dimension: the rate of negative
    orders among effective orders, as known by the end of the day; beside it the same rate with what
    words decided weighed by how far the classifier over- or undercounts, and the score of the shops
    and products that the policy in force measures.
#}

with

dimensions as (

    {{ dimensions_rows() }}

),

weights as (

    select
        business_day,
        platform,
        window_days,
        factor,
        {{ ratio('ci_low', 'rate_plain') }} as factor_low,
        {{ ratio('ci_high', 'rate_plain') }} as factor_high,
        status
    from {{ source('classified', 'rate_adjustment') }}
    where
        {{ in_window('business_day') }}
        and channel in {{ word_decided_channels() }}

),

counted as (

    select
        counts.business_day,
        counts.platform,
        counts.subject_type,
        counts.subject_id,
        counts.window_days,
        dimensions.dimension,
        counts.den_real,
        {{ of_dimension('num_real', 'counts') }} as num_real,
        counts.den_effective,
        {{ of_dimension('num_effective', 'counts') }} as num_effective,
        {{ of_dimension('num_by_words', 'counts') }} as num_by_words,
        benchmarks.den as benchmark_den,
        {{ of_dimension('num', 'benchmarks') }} as benchmark_num,
        {{ of_dimension('by_words', 'benchmarks') }} as benchmark_by_words,
        benchmarks.subjects as benchmark_subjects,
        benchmarks.benchmark_level
    from {{ ref('int_window_counts') }} as counts
    cross join dimensions
    left join {{ ref('int_benchmarks') }} as benchmarks
        on
            counts.business_day = benchmarks.business_day
            and counts.platform = benchmarks.platform
            and counts.subject_type = benchmarks.subject_type
            and counts.subject_id = benchmarks.subject_id
            and counts.window_days = benchmarks.window_days
    where {{ in_window('counts.business_day') }}

),

weighed as (

    select
        counted.*,
        {%- for name, factor in [
            ('num_adjusted', 'factor'), ('num_adjusted_low', 'factor_low'), ('num_adjusted_high', 'factor_high'),
        ] %}
        case
            when counted.num_by_words = 0 then cast(counted.num_effective as double)
            when weights.status = 'ok'
                then least(
                    cast(counted.den_effective as double),
                    counted.num_effective - counted.num_by_words + counted.num_by_words * weights.{{ factor }}
                )
        end as {{ name }},
        {%- endfor %}
        case
            when counted.benchmark_by_words = 0 then cast(counted.benchmark_num as double)
            when weights.status = 'ok'
                then least(
                    cast(counted.benchmark_den as double),
                    counted.benchmark_num - counted.benchmark_by_words
                    + counted.benchmark_by_words * weights.factor
                )
        end as benchmark_num_adjusted,
        case
            when counted.den_effective = 0 then 'no_orders'
            {# Without a negative that words decided there is nothing to weigh. #}
            when counted.num_by_words = 0 then 'ok'
            else coalesce(weights.status, 'no_texts')
        end as adjustment_status
    from counted
    left join weights
        on
            counted.business_day = weights.business_day
            and counted.platform = weights.platform
            and counted.window_days = weights.window_days

),

rated as (

    select
        weighed.*,
        {{ ratio('num_adjusted', 'den_effective') }} as rate_adjusted,
        {{ wilson_low('num_adjusted_low', 'den_effective') }} as ci_low_adjusted,
        {{ wilson_high('num_adjusted_high', 'den_effective') }} as ci_high_adjusted,
        {{ ratio('benchmark_num_adjusted', 'benchmark_den') }} as benchmark_rate_adjusted,
        {{ ratio('num_effective', 'den_effective') }} as rate,
        {{ ratio('num_real', 'den_real') }} as rate_real,
        {{ wilson_low('num_effective', 'den_effective') }} as ci_low,
        {{ wilson_high('num_effective', 'den_effective') }} as ci_high,
        {{ ratio('benchmark_num', 'benchmark_den') }} as benchmark_rate
    from weighed

),

scored as (

    select
        rated.business_day,
        rated.platform,
        rated.subject_type,
        rated.subject_id,
        rated.window_days,
        rated.dimension,
        {{ days_after('rated.business_day', '1 - rated.window_days') }} as window_start,
        rated.den_real,
        rated.num_real,
        rated.den_effective,
        rated.num_effective,
        rated.rate,
        rated.rate_real,
        rated.ci_low,
        rated.ci_high,
        rated.benchmark_rate,
        rated.benchmark_den,
        rated.benchmark_subjects,
        rated.benchmark_level,
        {{ ratio('rated.rate', 'rated.benchmark_rate') }} as ratio_to_benchmark,
        {{ ratio('rated.ci_low', 'rated.benchmark_rate') }} as ratio_to_benchmark_low,
        case when rated.den_effective > 0 then rated.num_adjusted end as num_adjusted,
        rated.rate_adjusted,
        rated.ci_low_adjusted,
        rated.ci_high_adjusted,
        rated.benchmark_rate_adjusted,
        rated.adjustment_status,
        case
            when rated.den_effective = 0 then 'no_orders'
            when
                platform_days.unprocessed_days > 0
                or case rated.window_days
                    {%- for length in window_lengths() %}
                    when {{ length }} then platform_days.days_with_orders_{{ length }}d
                    {%- endfor %}
                end < rated.window_days
                then 'provisional'
            {# Without a policy there is no volume that would be enough. #}
            when policies.min_orders is null or rated.den_effective < policies.min_orders then 'insufficient'
            else 'ok'
        end as status,
        policies.policy_id,
        policies.policy_version
        {%- for column in score_columns() %},
        shop_scores.{{ column }}
        {%- endfor %}
    from rated
    inner join {{ ref('int_platform_days') }} as platform_days
        on
            rated.business_day = platform_days.business_day
            and rated.platform = platform_days.platform
    left join {{ ref('int_policies_in_force') }} as policies
        on
            rated.business_day = policies.business_day
            and rated.platform = policies.platform
            and policies.kind = 'rate'
    left join {{ source('scored', 'shop_scores') }} as shop_scores
        on
            rated.business_day = shop_scores.business_day
            and rated.platform = shop_scores.platform
            and rated.subject_type = shop_scores.subject_type
            and rated.subject_id = shop_scores.subject_id
            and rated.window_days = shop_scores.window_days
            and rated.dimension = 'overall'

)

select * from scored
