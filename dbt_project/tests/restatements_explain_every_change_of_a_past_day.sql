{#
    What an order day counted at its own end, and what it counts as known on the last day of the run,
    differ by the restatements of the days in between, for each shop and for the platform.
#}
{{ config(meta={"dagster": {"ref": {"name": "fct_restatements"}}}) }}

{% set counts = ['den_real', 'num_real', 'den_effective', 'num_effective'] %}

with

counted as (

    select
        platform,
        subject_id as shop_key,
        order_day,
        business_day > order_day as is_later,
        den_real,
        num_real_overall as num_real,
        den_effective,
        num_effective_overall as num_effective
    from {{ ref('int_daily_counts') }}
    where
        subject_type = 'shop'
        and business_day <= {{ window_end() }}

),

differing as (

    {%- for subject_type, subject in [('shop', 'shop_key'), ('platform', 'platform')] %}
    select
        '{{ subject_type }}' as subject_type,
        {{ subject }} as subject_id,
        order_day
        {%- for count in counts %},
        sum({{ count }}) - sum(case when is_later then 0 else {{ count }} end) as {{ count }}
        {%- endfor %}
    from counted
    group by {{ subject }}, order_day
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

restated as (

    select
        subject_type,
        subject_id,
        order_day
        {%- for count in counts %},
        sum({{ count }}_change) as {{ count }}
        {%- endfor %}
    from {{ ref('fct_restatements') }}
    where business_day <= {{ window_end() }}
    group by subject_type, subject_id, order_day

),

compared as (

    select
        coalesce(differing.subject_type, restated.subject_type) as subject_type,
        coalesce(differing.subject_id, restated.subject_id) as subject_id,
        coalesce(differing.order_day, restated.order_day) as order_day
        {%- for count in counts %},
        coalesce(differing.{{ count }}, 0) - coalesce(restated.{{ count }}, 0) as {{ count }}_unexplained
        {%- endfor %}
    from differing
    full outer join restated
        on
            differing.subject_type = restated.subject_type
            and differing.subject_id = restated.subject_id
            and differing.order_day = restated.order_day

)

select * from compared
where
    {%- for count in counts %}
    {{ count }}_unexplained <> 0{{ " or" if not loop.last }}
    {%- endfor %}
