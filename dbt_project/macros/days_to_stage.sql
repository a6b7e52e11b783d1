{# The days of a source that a staging table takes in: those of the window, and those before its end that
   it never took in, as after the warehouse was deleted. #}
{% macro days_to_stage(source) -%}
    select distinct business_day
    from {{ source }}
    where
        {{ in_window('business_day') }}
        or (
            business_day < {{ window_start() }}
            {%- if is_incremental() %}
            and business_day not in (select staged.business_day from {{ this }} as staged)
            {%- endif %}
        )
{%- endmacro %}
