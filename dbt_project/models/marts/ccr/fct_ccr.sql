{#
    One row per business day, subject, length of window and dimension: the rate of negative
    orders among effective orders, as known by the end of the day.
#}

with

dimensions as (

    {{ dimensions_rows() }}

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
        benchmarks.den as benchmark_den,
        {{ of_dimension('num', 'benchmarks') }} as benchmark_num,
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

rated as (

    select
        counted.*,
        {{ ratio('num_effective', 'den_effective') }} as rate,
        {{ ratio('num_real', 'den_real') }} as rate_real,
        {{ wilson_low('num_effective', 'den_effective') }} as ci_low,
        {{ wilson_high('num_effective', 'den_effective') }} as ci_high,
        {{ ratio('benchmark_num', 'benchmark_den') }} as benchmark_rate
    from counted

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

)

select * from scored
