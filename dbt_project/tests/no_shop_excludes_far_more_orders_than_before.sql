{# Not an error: a shop whose exclusions jumped should be looked at. #}
{{ config(severity="warn", meta={"dagster": {"ref": {"name": "fct_exclusion_alerts"}}}) }}

select
    business_day,
    shop_key,
    excluded,
    den_real,
    share,
    share_before
from {{ ref('fct_exclusion_alerts') }}
where {{ in_window('business_day') }}
