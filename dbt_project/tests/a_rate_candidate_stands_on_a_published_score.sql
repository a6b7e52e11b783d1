{# The numbers of a shop's candidate are those of its score that day, and the score is a full one. #}
{{ config(meta={"dagster": {"ref": {"name": "fct_penalty_candidates"}}}) }}

select
    candidates.business_day,
    candidates.subject_id,
    candidates.num_effective,
    candidates.den_effective,
    scores.num_effective as scored_num_effective,
    scores.den_effective as scored_den_effective,
    scores.status
from {{ ref('fct_penalty_candidates') }} as candidates
left join {{ ref('fct_ccr') }} as scores
    on
        candidates.business_day = scores.business_day
        and candidates.subject_id = scores.subject_id
        and candidates.period_start = scores.window_start
        and scores.subject_type = 'shop'
        and scores.dimension = 'overall'
left join {{ source('policies', 'policy_versions') }} as versions
    on
        candidates.policy_id = versions.policy_id
        and candidates.policy_version = versions.version
where
    candidates.subject_type = 'shop'
    and {{ in_window('candidates.business_day') }}
    and (
        scores.status is distinct from 'ok'
        or candidates.num_effective <> scores.num_effective
        or candidates.den_effective <> scores.den_effective
        or candidates.rate is distinct from
        case when versions.metric_rate = 'adjusted' then scores.rate_adjusted else scores.rate end
        or (
            versions.metric_rate is distinct from 'adjusted'
            and candidates.ratio_to_benchmark_low is distinct from scores.ratio_to_benchmark_low
        )
    )
