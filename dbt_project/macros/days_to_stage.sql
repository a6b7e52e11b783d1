{# The days of a source that a staging table takes in: those of the window, and those before its end that
   it never took in, as after the warehouse was deleted. Days are gathered first and compared then, not row by row. #}
{% macro days_to_stage(source) -%}
    select days_landed.business_day
    from (select distinct business_day from {{ source }}) as days_landed
    {%- if is_incremental() %}
    left join (select distinct business_day from {{ this }}) as days_staged
        on days_landed.business_day = days_staged.business_day
    {%- endif %}
    where
        {{ in_window('days_landed.business_day') }}
        or (
            days_landed.business_day < {{ window_start() }}
            {%- if is_incremental() %}
            and days_staged.business_day is null
            {%- endif %}
        )
{%- endmacro %}
