{#
    One row per subject, business day and length of window that has peers: its peers' orders and
    negative orders, pooled, the subject itself left out.
    Peers of a shop or a product are those of its category; where fewer than five of them have
    orders, those of the parent category; then those of the platform. Other subjects' peers are
    the platform's subjects of their type. The platform has none.
#}

{% set fewest_peers = 5 %}
{% set pool_columns = ["subjects", "den"] %}
{% for dimension in dimensions() %}{% do pool_columns.append("num_" ~ dimension) %}{% endfor %}
{% for dimension in dimensions() %}{% do pool_columns.append("by_words_" ~ dimension) %}{% endfor %}
{% set pools = [("category", "category_key"), ("parent", "family_key"), ("platform", "platform")] %}

with

subject_counts as (

    select
        counts.business_day,
        counts.platform,
        counts.subject_type,
        counts.subject_id,
        counts.window_days,
        coalesce(dim_shops.main_category_key, dim_products.category_key) as category_key,
        case when counts.den_effective > 0 then 1 else 0 end as subjects,
        counts.den_effective as den
        {%- for dimension in dimensions() %},
        counts.num_effective_{{ dimension }} as num_{{ dimension }},
        counts.num_by_words_{{ dimension }} as by_words_{{ dimension }}
        {%- endfor %}
    from {{ ref('int_window_counts') }} as counts
    left join {{ ref('dim_shops') }} as dim_shops
        on
            counts.subject_type = 'shop'
            and counts.subject_id = dim_shops.shop_key
    left join {{ ref('dim_products') }} as dim_products
        on
            counts.subject_type = 'product'
            and counts.subject_id = dim_products.product_key
    where
        {{ in_window('counts.business_day') }}
        and counts.subject_type <> 'platform'

),

{# A family is a category at the top with those right below it. #}
placed as (

    select
        subject_counts.*,
        coalesce(categories.parent_category_key, subject_counts.category_key) as family_key
    from subject_counts
    left join {{ ref('dim_categories') }} as categories
        on subject_counts.category_key = categories.category_key

),

{% for level, key in pools -%}
{{ level }}_pools as (

    select
        business_day,
        platform,
        subject_type,
        window_days,
        {{ key ~ "," if key != "platform" }}
        {%- for column in pool_columns %}
        cast(sum({{ column }}) as bigint) as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from placed
    where {{ key }} is not null
    group by business_day, platform, subject_type, window_days{{ ", " ~ key if key != "platform" }}

),

{% endfor -%}

levelled as (

    select
        placed.*,
        case
            when category_pools.subjects - placed.subjects >= {{ fewest_peers }} then 'category'
            when parent_pools.subjects - placed.subjects >= {{ fewest_peers }} then 'parent'
            else 'platform'
        end as benchmark_level
        {%- for level, key in pools %}
        {%- for column in pool_columns %},
        {{ level }}_pools.{{ column }} - placed.{{ column }} as {{ level }}_{{ column }}
        {%- endfor %}
        {%- endfor %}
    from placed
    {%- for level, key in pools %}
    left join {{ level }}_pools
        on
            placed.business_day = {{ level }}_pools.business_day
            and placed.platform = {{ level }}_pools.platform
            and placed.subject_type = {{ level }}_pools.subject_type
            and placed.window_days = {{ level }}_pools.window_days
            {{ "and placed." ~ key ~ " = " ~ level ~ "_pools." ~ key if key != "platform" }}
    {%- endfor %}

),

benchmarked as (

    select
        business_day,
        platform,
        subject_type,
        subject_id,
        window_days,
        benchmark_level
        {%- for column in pool_columns %},
        case benchmark_level
            {%- for level, key in pools %}
            when '{{ level }}' then {{ level }}_{{ column }}
            {%- endfor %}
        end as {{ column }}
        {%- endfor %}
    from levelled

),

with_peers as (

    select * from benchmarked
    where den > 0

)

select * from with_peers
