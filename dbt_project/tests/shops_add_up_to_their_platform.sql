{# An order belongs to one shop, so the shops' orders and negatives add up to the platform's. #}
{{ config(meta={"dagster": {"ref": {"name": "fct_ccr"}}}) }}

with

added as (

    select
        business_day,
        platform,
        window_days,
        dimension
        {%- for subject_type in ["shop", "platform"] %}
        {%- for column in ["den_real", "num_real", "den_effective", "num_effective"] %},
        sum(
            case when subject_type = '{{ subject_type }}' then {{ column }} end
        ) as {{ subject_type }}_{{ column }}
        {%- endfor %}
        {%- endfor %}
    from {{ ref('fct_ccr') }}
    where
        subject_type in ('shop', 'platform')
        and {{ in_window('business_day') }}
    group by business_day, platform, window_days, dimension

)

select * from added
where
    {%- for column in ["den_real", "num_real", "den_effective", "num_effective"] %}
    shop_{{ column }} is distinct from platform_{{ column }}{{ " or" if not loop.last }}
    {%- endfor %}
