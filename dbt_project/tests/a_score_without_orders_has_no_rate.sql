{# Unknown is not zero: without an effective order nothing is said, and with one something is (I5). #}
{{ config(meta={"dagster": {"ref": {"name": "fct_ccr"}}}) }}

select
    business_day,
    subject_type,
    subject_id,
    window_days,
    dimension,
    den_effective,
    rate,
    ci_low,
    ci_high,
    status
from {{ ref('fct_ccr') }}
where
    {{ in_window('business_day') }}
    and (
        (den_effective = 0) <> (status = 'no_orders')
        or (den_effective = 0) <> (rate is null)
        or (den_effective = 0) <> (ci_low is null)
        or (den_effective = 0) <> (ci_high is null)
        or not (rate between ci_low and ci_high)
    )
