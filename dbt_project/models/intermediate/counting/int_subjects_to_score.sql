{#
    One row per business day and shop or product that the rate policy in force measures, over the
    policy's window: the counts, the benchmark and whatever else its score is made from.
    The score itself needs beta functions, which SQL does not have: `scored.shop_scores`.
#}

with

shops as (

    select
        shop_key,
        main_category_key,
        {# a name for the unknown type, so that it can be joined on #}
        coalesce(shop_type, '') as shop_type
    from {{ ref('dim_shops') }}

),

members as (

    select
        'shop' as subject_type,
        shop_key as subject_id,
        main_category_key as category_key,
        shop_type
    from shops
    union all
    select
        'product' as subject_type,
        dim_products.product_key as subject_id,
        dim_products.category_key,
        coalesce(shops.shop_type, '') as shop_type
    from {{ ref('dim_products') }} as dim_products
    left join shops on dim_products.shop_key = shops.shop_key

),

shop_types as (

    select distinct shop_type
    from members

),

guards_fitting as (

    select
        guards.policy_id,
        guards.version,
        shop_types.shop_type,
        guards.den_lt,
        guards.num_le,
        guards.score,
        row_number() over (
            partition by guards.policy_id, guards.version, shop_types.shop_type order by guards.guard_no
        ) as turn
    from {{ source('policies', 'small_n_guards') }} as guards
    inner join shop_types on guards.shop_type is null or guards.shop_type = shop_types.shop_type

),

{# Whoever judges the window must be satisfied: the probability that counts is the highest one asked for. #}
probabilities_asked as (

    select
        business_day,
        platform,
        max(least_probability) as least_probability
    from {{ ref('int_versions_judging') }}
    where {{ in_window('business_day') }}
    group by business_day, platform

),

subjects as (

    select
        counts.business_day,
        counts.platform,
        counts.subject_type,
        counts.subject_id,
        counts.window_days,
        members.category_key,
        {# A family is a category at the top with those right below it. #}
        coalesce(categories.parent_category_key, members.category_key) as family_key,
        counts.num_effective_overall as num,
        counts.den_effective as den,
        {{ ratio('benchmarks.num_overall', 'benchmarks.den') }} as benchmark_rate,
        policies.policy_id,
        policies.policy_version,
        policies.min_orders,
        {# Of the guards, the first that fits the shop's type speaks, and no other. #}
        case
            when
                counts.den_effective < guards_fitting.den_lt
                and counts.num_effective_overall <= guards_fitting.num_le
                then guards_fitting.score
        end as guard_score,
        {# Only shops are held against a ladder. #}
        case when counts.subject_type = 'shop' then probabilities_asked.least_probability end
            as least_probability
    from {{ ref('int_window_counts') }} as counts
    inner join {{ ref('int_policies_in_force') }} as policies
        on
            counts.business_day = policies.business_day
            and counts.platform = policies.platform
            and counts.window_days = policies.window_days
            and policies.kind = 'rate'
    inner join members
        on
            counts.subject_type = members.subject_type
            and counts.subject_id = members.subject_id
    left join {{ ref('dim_categories') }} as categories on members.category_key = categories.category_key
    left join {{ ref('int_benchmarks') }} as benchmarks
        on
            counts.business_day = benchmarks.business_day
            and counts.platform = benchmarks.platform
            and counts.subject_type = benchmarks.subject_type
            and counts.subject_id = benchmarks.subject_id
            and counts.window_days = benchmarks.window_days
    left join guards_fitting
        on
            policies.policy_id = guards_fitting.policy_id
            and policies.policy_version = guards_fitting.version
            and members.shop_type = guards_fitting.shop_type
            and guards_fitting.turn = 1
    left join probabilities_asked
        on
            counts.business_day = probabilities_asked.business_day
            and counts.platform = probabilities_asked.platform
    where {{ in_window('counts.business_day') }}

)

select * from subjects
