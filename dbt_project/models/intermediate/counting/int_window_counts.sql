{#
    One row per subject, business day and length of window: orders and negative orders of the
    trailing days, as known by the end of the day. A subject has rows while it has a paid order
    in the longest window.
#}

with

{{ trailing_counts() }},

{# An order is of one shop, so shops add up to their category, merchant group and platform. #}
shops as (

    select
        subjects_counted.*,
        dim_shops.main_category_key,
        dim_shops.merchant_group_key
    from subjects_counted
    left join {{ ref('dim_shops') }} as dim_shops on subjects_counted.subject_id = dim_shops.shop_key
    where subjects_counted.subject_type = 'shop'

),

subjects as (

    select * from subjects_counted
    {%- for subject_type, column in [
        ('category', 'main_category_key'),
        ('merchant_group', 'merchant_group_key'),
        ('platform', 'platform'),
    ] %}
    union all
    select
        business_day,
        platform,
        '{{ subject_type }}' as subject_type,
        {{ column }} as subject_id,
        window_days,
        {{ summed_counts() }}
    from shops
    where {{ column }} is not null
    group by business_day, platform, {{ column ~ ", " if column != 'platform' }}window_days
    {%- endfor %}

)

select * from subjects
