{# Excluded is not deleted: an order that is out has a code, one that is in has none (I3). #}
{{ config(meta={"dagster": {"ref": {"name": "int_orders_judged"}}}) }}

select
    order_key,
    business_day,
    is_effective,
    exclusion_codes
from {{ ref('int_orders_judged') }}
where
    {{ in_window('business_day') }}
    and is_effective <> ({{ list_length('exclusion_codes') }} = 0)
